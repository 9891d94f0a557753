/** What staging and production deploys share: one Deployment's image, replicas and flags' reference in one write. */
import type { RolloutReceipt, RolloutRequest, WorkloadChange, WorkloadState } from './contract';
import { unresolved } from './release';
import type { Milliseconds } from './spec';
import type { Change, Check } from './step';

type Workload = Change<WorkloadChange, WorkloadState>;

/** A change of one Deployment; the environments differ in what is at stake, not in how it is done. */
export function setImage(id: string, title: string, at: Pick<Workload, 'ifItFails' | 'rank' | 'production' | 'byHand'>): Workload {
  return {
    kind: 'change',
    id,
    title,
    capture: 'readWorkload',
    apply: 'setWorkload',
    undo: 'restoreWorkload',
    policy: 'write',
    subject: ({ namespace, deployment }) => `${namespace}/deployment/${deployment}`,
    summary: ({ deployment, image, replicas }) =>
      `${deployment} → ${shortImage(image ?? '')}${replicas === undefined ? '' : `, ${replicas > 0 ? replicas : "the live colour's"} replicas`}`,
    undoes: ({ deployment }) => `${deployment}: image, replicas and flags as before`,
    takes: () => 2_000,
    ...at,
  };
}

/** The kubectl commands that put one Deployment back. */
export function imageByHand(to: WorkloadState, { namespace, deployment, container, replicas, flagsConfigMap }: WorkloadChange): string {
  const kubectl = `kubectl -n ${namespace}`;
  return [
    `${kubectl} set image deployment/${deployment} ${container}=${to.image}`,
    ...(replicas === undefined ? [] : [`${kubectl} scale deployment/${deployment} --replicas=${to.replicas}`]),
    ...(flagsConfigMap === undefined || flagsConfigMap === to.flagsConfigMap
      ? []
      : [
          // The flags' names are unique by their hash.
          to.flagsConfigMap === null || flagsConfigMap === null
            ? `${kubectl} edit deployment/${deployment}   # ${to.flagsConfigMap === null ? `take ${flagsConfigMap} out of` : `add ${to.flagsConfigMap} to`} envFrom`
            : `${kubectl} get deployment/${deployment} -o yaml | sed 's/${flagsConfigMap}/${to.flagsConfigMap}/' | ${kubectl} replace -f -`,
        ]),
  ].join(' && ');
}

/** An image as people read it: the name's last part with its tag, or with the digest's beginning. */
export function shortImage(image: string): string {
  const [name = image, digest] = image.split('@');
  const last = name.slice(name.lastIndexOf('/') + 1);
  if (image === unresolved || digest === undefined) return image === unresolved ? image : last;
  return `${last}@${digest === unresolved ? digest : digest.slice(0, 'sha256:'.length + 8)}`;
}

/** A commit as people read it. */
export function shortCommit(commit: string): string {
  return commit === unresolved ? commit : commit.slice(0, 10);
}

/** Waits until a Deployment's rollout is complete. */
export function awaitRollout(id: string, title: string): Check<RolloutRequest, RolloutReceipt> {
  return {
    kind: 'check',
    id,
    title,
    does: 'awaitRollout',
    policy: 'wait',
    summary: ({ namespace, deployment }) => `rollout of ${namespace}/${deployment}`,
    takes: usualRollout,
    ifItFails: 'ask',
    receipt: ({ ready, desired }) => `${ready} of ${desired} ready`,
  };
}

/** A rollout that goes well takes about a tenth of the time that it may take. */
function usualRollout({ deadline }: { readonly deadline: Milliseconds }): Milliseconds {
  return deadline / 10;
}
