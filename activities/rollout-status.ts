import type { Container, Deployment, Pod } from './ports/kubernetes';

/** What a Deployment and its pods say about a rollout. */
export type RolloutStatus =
  | { readonly kind: 'done'; readonly ready: number; readonly desired: number; readonly revision: string }
  | { readonly kind: 'waiting'; readonly for: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'foreign'; readonly found: string };

/** Reasons with which a pod does not get on by itself. */
const blocking: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'Unschedulable',
]);

/**
 * kubectl's rules of a complete rollout, in its order, and ours before them: it must be our image, a scale of 0 is never complete, and a pod
 * that blocks is named at once rather than at the deadline.
 */
export function rolloutStatus(deployment: Deployment, pods: readonly Pod[], container: string, image: string): RolloutStatus {
  const { meta, replicas: desired, revision, status } = deployment;
  const found = imageOf(deployment.containers, container);
  if (found !== image) return { kind: 'foreign', found: found ?? `no container ${container}` };
  if (deployment.paused) return { kind: 'failed', reason: 'it is paused: nothing is rolled out' };
  if (desired === 0) return { kind: 'failed', reason: 'it is scaled to 0: 0 of 0 is never ready' };
  const blocked = blockedPods(pods, container, image);
  if (blocked.length > 0) return { kind: 'failed', reason: blocked.join('; ') };
  if (status.observedGeneration < meta.generation) return { kind: 'waiting', for: 'the controller to see the change' };
  const late = status.conditions.find(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded');
  if (late) return { kind: 'failed', reason: `its progress deadline is exceeded${refusedPods(deployment)}` };
  const counts = `${status.updated} of ${desired} updated, ${status.available} available, ${status.replicas - status.updated} old`;
  if (status.updated < desired || status.replicas > status.updated || status.available < status.updated) {
    return { kind: 'waiting', for: `pods: ${counts}${unreadyPods(pods, container, image)}${refusedPods(deployment)}` };
  }
  return { kind: 'done', ready: status.ready, desired, revision };
}

/** The image of one container by name. */
export function imageOf(containers: readonly Container[], name: string): string | null {
  return containers.find((container) => container.name === name)?.image ?? null;
}

/** Pods of this image that do not get on, one sentence each. */
function blockedPods(pods: readonly Pod[], container: string, image: string): readonly string[] {
  return pods
    .filter(({ deleting, containers }) => !deleting && imageOf(containers, container) === image)
    .flatMap(({ name, waiting }) => {
      const block = waiting.find(({ reason }) => blocking.has(reason));
      return block ? [`pod ${name}: ${block.reason}${block.message ? ` (${block.message.slice(0, 160)})` : ''}`] : [];
    });
}

/** Pods of this image that run and are not ready, by name: at most three. */
function unreadyPods(pods: readonly Pod[], container: string, image: string): string {
  const names = pods
    .filter(({ deleting, ready, containers }) => !deleting && !ready && imageOf(containers, container) === image)
    .map(({ name }) => name);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return names.length === 0 ? '' : `; not ready: ${names.slice(0, 3).join(', ')}${more}`;
}

/** Quota and admission refuse pods before they exist: only the Deployment tells. */
function refusedPods({ status }: Deployment): string {
  const refused = status.conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  return refused ? `; pods are refused: ${refused.message.slice(0, 160)}` : '';
}
