import type { Undo, UndoReceipt, WorkloadChange, WorkloadState, WorkloadTarget, Write } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { respectBudgets } from './budgets';
import { failure } from './failures';
import { writeForward } from './forward';
import type { Ports } from './ports';
import type { Container, Deployment, Kubernetes, Operation, Reference } from './ports/kubernetes';
import { putBack } from './put-back';
import { label, writerOf, type Intent } from './safe-write';

/** The fields of a Deployment that are ours. */
type Own = Pick<WorkloadState, 'image' | 'replicas' | 'flagsConfigMap'>;

/** A Deployment's image, replicas and flags' reference: read, set, put back. */
export function workloadActivities({ kubernetes }: Ports) {
  async function readDeployment(target: WorkloadTarget): Promise<Deployment> {
    const reference = referenceOf(target);
    const deployment = await kubernetes.read(reference);
    if (deployment) return deployment;
    throw failure('NotFound', `${label(reference)} does not exist`, { remedy: 'Create it or correct the spec, then retry.' });
  }

  return {
    async readWorkload(target: WorkloadTarget): Promise<WorkloadState> {
      return stateOf(await readDeployment(target), target);
    },

    /** All of it in one conditional write, so that there is one rollout (runbook, steps 1.1 and 2.2). */
    async setWorkload(write: Write<WorkloadChange, WorkloadState>, attempt: Attempt): Promise<WorkloadState> {
      const { change, from, key } = write;
      const before = await readDeployment(change);
      refusePaused(before);
      if (change.replicas !== undefined && !change.replicasStay) await respectBudgets(kubernetes, change, before, change.replicas);
      const written = goingForward(change);
      const target = { ...from, ...asked(written) };
      const intent: Intent<'Deployment'> = {
        ...common(written, key, target),
        stand: (deployment) => {
          if (deployment === null || deployment.meta.uid !== from.uid) return 'foreign';
          const own = ownOf(deployment, change);
          return isSame(own, target, written) ? 'there' : isSame(own, from, written) ? 'from' : 'foreign';
        },
        expected: describe(from),
      };
      const deployment = await writeForward(kubernetes, write, intent, attempt);
      return stateOf(deployment ?? (await readDeployment(change)), change);
    },

    /**
     * The recorded values in one write; does not wait for the rollout. An image or a reference that is neither recorded nor ours is foreign;
     * replicas may have been changed by an autoscaler and are put back with a note.
     */
    async restoreWorkload({ to, change, key, hold }: Undo<WorkloadChange, WorkloadState>, attempt: Attempt): Promise<UndoReceipt> {
      const ours = { ...to, ...asked(change) };
      const intent: Intent<'Deployment'> = {
        ...common(change, key, to),
        hold,
        stand: (deployment) => {
          if (deployment === null || deployment.meta.uid !== to.uid) return 'foreign';
          const own = ownOf(deployment, change);
          if (isSame(own, to, change)) return 'there';
          const tolerated = { ...own, replicas: to.replicas };
          return isSame(tolerated, to, change) || isSame(tolerated, { ...ours, replicas: to.replicas }, change) ? 'from' : 'foreign';
        },
        expected: `${describe(to)} or ${describe(ours)}`,
      };
      const isBack = (deployment: Deployment) => isSame(ownOf(deployment, change), to, change);
      const remark = (deployment: Deployment) => {
        const { replicas } = ownOf(deployment, change);
        const isKnown = change.replicas === undefined || [to.replicas, ours.replicas].includes(replicas);
        return isKnown ? null : `replicas were ${replicas}, put back to ${to.replicas}`;
      };
      const did = await putBack(kubernetes, intent, { isBack, remark }, attempt);
      return { result: did.wrote ? 'restored' : 'already-there', ...(did.remark === null ? {} : { note: did.remark }) };
    },
  };
}

/** Which image or flags a Deployment has instead of those that were asked for, and by whom; null where it has them. */
export async function workloadDrift(kubernetes: Kubernetes, change: WorkloadChange): Promise<string | null> {
  const { replicas: _, ...unscaled } = change;
  const deployment = await kubernetes.read(referenceOf(change));
  if (deployment === null) return 'does not exist any more';
  const own = ownOf(deployment, change);
  const wanted = { ...own, ...asked(unscaled) };
  if (isSame(own, wanted, unscaled)) return null;
  const field = containerField(change, own.image === wanted.image ? 'f:envFrom' : 'f:image');
  return `holds ${describe(own)}, last written by ${writerOf(deployment.meta, field)}; expected ${describe(wanted)}`;
}

/** The path of a container's field in managedFields: by the very field, because the times there are whole seconds and do not settle a tie. */
export function containerField({ container }: Pick<WorkloadTarget, 'container'>, field: 'f:image' | 'f:envFrom'): readonly string[] {
  return ['f:spec', 'f:template', 'f:spec', 'f:containers', `k:{"name":"${container}"}`, field];
}

function referenceOf({ cluster, namespace, deployment }: WorkloadTarget): Reference<'Deployment'> {
  return { kind: 'Deployment', cluster, namespace, name: deployment };
}

function common(change: WorkloadChange, key: string, target: Own) {
  return {
    reference: referenceOf(change),
    key,
    field: containerField(change, 'f:image'),
    found: (deployment: Deployment | null) => (deployment === null ? 'nothing' : describe(ownOf(deployment, change))),
    mutate: (deployment: Deployment | null) =>
      ({ kind: 'patch', operations: deployment ? setOwn(deployment, change, target) : [] }) as const,
  };
}

/** What is written of a change: replicas that are stated for the undo alone stay as they are. */
function goingForward(change: WorkloadChange): WorkloadChange {
  if (!change.replicasStay) return change;
  const { replicas: _, ...rest } = change;
  return rest;
}

/** What the change asks for; what it does not name stays out. */
function asked({ image, replicas, flagsConfigMap }: WorkloadChange): Partial<Own> {
  return {
    ...(image === undefined ? {} : { image }),
    ...(replicas === undefined ? {} : { replicas }),
    ...(flagsConfigMap === undefined ? {} : { flagsConfigMap }),
  };
}

/** Compares only what the change names: replicas that we never set are not ours. */
function isSame(a: Own, b: Own, { image, replicas, flagsConfigMap }: WorkloadChange): boolean {
  return (
    (image === undefined || a.image === b.image) &&
    (replicas === undefined || a.replicas === b.replicas) &&
    (flagsConfigMap === undefined || a.flagsConfigMap === b.flagsConfigMap)
  );
}

function setOwn(deployment: Deployment, change: WorkloadChange, target: Own): readonly Operation[] {
  const { at, container } = containerOf(deployment, change);
  const path = `/spec/template/spec/containers/${at}`;
  return [
    ...(change.image === undefined ? [] : setImage(path, container, target.image)),
    ...(change.replicas === undefined ? [] : [{ op: 'add', path: '/spec/replicas', value: target.replicas } as const]),
    ...(change.flagsConfigMap === undefined ? [] : setReference(path, container, flagsAt(container, change), target.flagsConfigMap)),
  ];
}

function setImage(path: string, { name, image }: Container, wanted: string): readonly Operation[] {
  return [
    { op: 'test', path: `${path}/name`, value: name },
    { op: 'test', path: `${path}/image`, value: image },
    { op: 'replace', path: `${path}/image`, value: wanted },
  ];
}

/** The `envFrom` entry of the flags: replaced, appended, or taken away again together with a list that it leaves empty. */
function setReference(path: string, { envFrom }: Container, at: number, name: string | null): readonly Operation[] {
  const entry = { configMapRef: { name } };
  const present = envFrom?.[at];
  if (name === null) {
    if (present === undefined) return [];
    return [{ op: 'remove', path: envFrom?.length === 1 ? `${path}/envFrom` : `${path}/envFrom/${at}` }];
  }
  if (present !== undefined) {
    const reference = `${path}/envFrom/${at}/configMapRef/name`;
    return [
      { op: 'test', path: reference, value: present },
      { op: 'replace', path: reference, value: name },
    ];
  }
  return [
    envFrom === null ? { op: 'add', path: `${path}/envFrom`, value: [entry] } : { op: 'add', path: `${path}/envFrom/-`, value: entry },
  ];
}

function containerOf(deployment: Deployment, { container: name }: Pick<WorkloadTarget, 'container'>): { at: number; container: Container } {
  const at = deployment.containers.findIndex((container) => container.name === name);
  const container = deployment.containers[at];
  if (container) return { at, container };
  throw failure('Misconfigured', `Deployment ${deployment.meta.name} has no container ${name}`, {
    remedy: `It has: ${deployment.containers.map((container) => container.name).join(', ')}. Correct image.container in the spec.`,
  });
}

/** The entry of the flags: the prefix with a content's hash, or alone. Others that only begin alike (`…-defaults`) are not ours. */
function flagsAt({ envFrom }: Container, { flagsPrefix }: Pick<WorkloadTarget, 'flagsPrefix'>): number {
  if (flagsPrefix === undefined) return -1;
  const isFlags = (name: string) => name.startsWith(flagsPrefix) && contentHash.test(name.slice(flagsPrefix.length));
  return (envFrom ?? []).findIndex((name) => name !== null && isFlags(name));
}
const contentHash = /^(?:-[0-9a-f]{10})?$/;

/** The fields of a Deployment that a deployment writes, as they stand. */
export function ownOf(deployment: Deployment, target: Pick<WorkloadTarget, 'container' | 'flagsPrefix'>): Own {
  const { container } = containerOf(deployment, target);
  return { image: container.image, replicas: deployment.replicas, flagsConfigMap: container.envFrom?.[flagsAt(container, target)] ?? null };
}
function stateOf(deployment: Deployment, target: WorkloadTarget): WorkloadState {
  const { uid, resourceVersion } = deployment.meta;
  return { uid, resourceVersion, ...ownOf(deployment, target) };
}

function describe({ image, replicas, flagsConfigMap }: Own): string {
  return `${image} with ${replicas} replicas${flagsConfigMap === null ? '' : ` and ${flagsConfigMap}`}`;
}

/** A paused Deployment takes the change and rolls nothing out. */
function refusePaused({ meta, paused }: Deployment): void {
  if (!paused) return;
  throw failure('RolloutFailed', `Deployment ${meta.name} is paused: nothing would be rolled out`, {
    remedy: `Resume it (kubectl rollout resume deployment/${meta.name}), then retry.`,
  });
}
