/** What a Deployment says about its rollout. Pure. */
import { timestamp } from '../objects';
import { type Condition, conditionOf, type Deployment, type DeploymentStatus, nonZero, type ReplicaSet } from './kinds';
import { limitsOf, sum } from './rollout-plan';

type Counters = Required<Omit<DeploymentStatus, 'conditions'>>;

export function countReplicas(deployment: Deployment, all: readonly ReplicaSet[], current: ReplicaSet | undefined): Counters {
  const available = sum(all, ({ status }) => status?.availableReplicas);
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum(all, ({ status }) => status?.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(all, ({ status }) => status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(all, ({ spec }) => spec.replicas) - available),
  };
}

/** @param rolling false while paused or being scaled: then progress is not judged. */
export function statusOf(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
  rolling: boolean,
): DeploymentStatus {
  const counters = countReplicas(deployment, all, current);
  const before = deployment.status?.conditions ?? [];
  const available = setCondition(before, availability(deployment, counters));
  const judged = rolling ? judgeProgress(deployment, counters, current, available) : pauseOf(deployment, available);
  const failure = conditionOf((current ?? all.at(-1))?.status?.conditions, 'ReplicaFailure');
  const kept = judged.filter(({ type }) => type !== 'ReplicaFailure');
  return { ...nonZero(counters), conditions: failure ? setCondition(judged, failure) : kept };
}

function availability(deployment: Deployment, { availableReplicas }: Counters): Condition {
  return availableReplicas >= deployment.spec.replicas - limitsOf(deployment).unavailable
    ? makeCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
    : makeCondition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');
}

function judgeProgress(
  deployment: Deployment,
  now: Counters,
  current: ReplicaSet | undefined,
  conditions: readonly Condition[],
): readonly Condition[] {
  const present = conditionOf(conditions, 'Progressing');
  const isDone = now.replicas === now.updatedReplicas && present?.reason === 'NewReplicaSetAvailable';
  if (deployment.spec.progressDeadlineSeconds === undefined || isDone) return conditions;
  const subject = `ReplicaSet "${current?.metadata.name ?? deployment.metadata.name}"`;
  if (isComplete(deployment, now)) {
    return setCondition(
      conditions,
      makeCondition('Progressing', 'True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`),
    );
  }
  if (hasProgressed(deployment.status ?? {}, now)) {
    const progress = makeCondition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`);
    // Renewed each time: the deadline counts from its last update.
    const since = present?.status === 'True' ? { lastTransitionTime: present.lastTransitionTime ?? timestamp() } : {};
    return [...conditions.filter((condition) => condition !== present), { ...progress, ...since }];
  }
  const deadline = deadlineOf(deployment, present);
  return deadline !== null && deadline <= Date.now()
    ? setCondition(conditions, makeCondition('Progressing', 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`))
    : conditions;
}

/** When a rollout that makes no progress is given up, in epoch milliseconds; null where nothing is under way. */
export function deadlineOf(deployment: Deployment, progressing: Condition | undefined): number | null {
  const { progressDeadlineSeconds } = deployment.spec;
  if (progressDeadlineSeconds === undefined || deployment.spec.paused === true) return null;
  const reason = progressing?.reason;
  if (!progressing || reason === 'NewReplicaSetAvailable' || reason === 'ProgressDeadlineExceeded') return null;
  return Date.parse(progressing.lastUpdateTime ?? '') + progressDeadlineSeconds * 1_000;
}

export function isComplete({ spec }: Deployment, { replicas, updatedReplicas, availableReplicas }: Counters): boolean {
  return updatedReplicas === spec.replicas && replicas === spec.replicas && availableReplicas === spec.replicas;
}

function hasProgressed(before: DeploymentStatus, now: Counters): boolean {
  const old = (before.replicas ?? 0) - (before.updatedReplicas ?? 0);
  return (
    now.updatedReplicas > (before.updatedReplicas ?? 0) ||
    now.replicas - now.updatedReplicas < old ||
    now.readyReplicas > (before.readyReplicas ?? 0) ||
    now.availableReplicas > (before.availableReplicas ?? 0)
  );
}

function pauseOf({ spec }: Deployment, conditions: readonly Condition[]): readonly Condition[] {
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  const isPaused = reason === 'DeploymentPaused';
  if (spec.progressDeadlineSeconds === undefined || reason === 'ProgressDeadlineExceeded' || isPaused || spec.paused !== true)
    return conditions;
  return setCondition(conditions, makeCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused'));
}

export function makeCondition(type: string, status: string, reason: string, message: string): Condition {
  const now = timestamp();
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** A condition with the same status and reason stays as it was. */
export function setCondition(conditions: readonly Condition[], next: Condition): readonly Condition[] {
  const present = conditionOf(conditions, next.type);
  if (present?.status === next.status && present.reason === next.reason) return conditions;
  const since = present?.status === next.status && present.lastTransitionTime ? { lastTransitionTime: present.lastTransitionTime } : {};
  return [...conditions.filter((condition) => condition !== present), { ...next, ...since }];
}
