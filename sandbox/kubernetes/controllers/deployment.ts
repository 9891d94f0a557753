import { sameJson } from '../json';
import type { ControllerClient } from './client';
import { conditionOf, type Deployment, type ReplicaSet } from './kinds';
import { podsOf, replicaSetsOf } from './owned';
import { annotate, draftReplicaSet, findCurrent, nextRevision, revisionAnnotation, revisionOf, sizes } from './revisions';
import { isScaling, type Sizing, sizeNew, sizeOld, sizeScaled } from './rollout-plan';
import { countReplicas, deadlineOf, isComplete, makeCondition, setCondition, statusOf } from './rollout-status';

/** Takes the next step of a rollout, then writes the status. @returns milliseconds after which to look again, or null. */
export function syncDeployment(client: ControllerClient, seen: Deployment): number | null {
  if (seen.metadata.deletionTimestamp !== undefined) return null;
  const all = replicaSetsOf(client, seen);
  const rolling = seen.spec.paused !== true && !isScaling(seen, all);
  if (rolling) roll(client, seen);
  else scale(client, seen, all);
  return writeStatus(client, seen, rolling);
}

function scale(client: ControllerClient, deployment: Deployment, all: readonly ReplicaSet[]): void {
  const current = findCurrent(deployment, all);
  const old = all.filter((replicaSet) => replicaSet !== current);
  resize(client, deployment, sizeScaled(deployment, current, old));
  // Also those that keep their size have now been sized for the new number.
  for (const replicaSet of replicaSetsOf(client, deployment)) {
    if (replicaSet.spec.replicas > 0) resize(client, deployment, [{ replicaSet, replicas: replicaSet.spec.replicas }]);
  }
}

function roll(client: ControllerClient, deployment: Deployment): void {
  const all = replicaSetsOf(client, deployment);
  const found = findCurrent(deployment, all);
  const old = all.filter((replicaSet) => replicaSet !== found);
  const mustEmptyFirst = deployment.spec.strategy.type === 'Recreate' && emptyOld(client, deployment, old);
  if (mustEmptyFirst) return;
  const current = found ? number(client, deployment, found, old) : introduce(client, deployment, old);
  const wanted = sizeNew(deployment, [...old, current], current.spec.replicas);
  if (wanted !== current.spec.replicas) return resize(client, deployment, [{ replicaSet: current, replicas: wanted }]);
  const fewer = sizeOld(deployment, current, old);
  if (fewer.length > 0) return resize(client, deployment, fewer);
  if (isComplete(deployment, countReplicas(deployment, [...old, current], current))) forgetOld(client, deployment, old);
}

/** Recreate: old pods must be gone before new ones come. @returns whether there is something to wait for. */
function emptyOld(client: ControllerClient, deployment: Deployment, old: readonly ReplicaSet[]): boolean {
  const active = old.filter(({ spec }) => spec.replicas > 0);
  resize(
    client,
    deployment,
    active.map((replicaSet) => ({ replicaSet, replicas: 0 })),
  );
  return active.length > 0 || old.some((replicaSet) => podsOf(client, replicaSet).length > 0);
}

function introduce(client: ControllerClient, deployment: Deployment, old: readonly ReplicaSet[]): ReplicaSet {
  const { replicaSets } = client.resources;
  const current = client.create<ReplicaSet>(replicaSets, deployment.metadata.namespace ?? '', draftReplicaSet(deployment, old));
  const { name } = current.metadata;
  client.tell(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${current.spec.replicas}`);
  noteProgress(client, deployment, 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  setRevision(client, deployment, revisionOf(current));
  return current;
}

/** Gives the ReplicaSet that is current (again) the highest number, and the Deployment the same. */
function number(client: ControllerClient, deployment: Deployment, found: ReplicaSet, old: readonly ReplicaSet[]): ReplicaSet {
  const revision = nextRevision(found, old);
  const annotations = annotate(deployment, found.metadata.annotations ?? {}, revision);
  const { minReadySeconds } = deployment.spec;
  const spec = { ...found.spec, ...(minReadySeconds === undefined ? {} : { minReadySeconds }) };
  const current = client.update(client.resources.replicaSets, found, (replicaSet) => ({
    ...replicaSet,
    metadata: { ...replicaSet.metadata, annotations },
    spec,
  }));
  setRevision(client, deployment, revision);
  if (!conditionOf(deployment.status?.conditions, 'Progressing')) {
    noteProgress(client, deployment, 'FoundNewReplicaSet', `Found new replica set "${found.metadata.name}"`);
  }
  return current;
}

function setRevision(client: ControllerClient, deployment: Deployment, revision: number): void {
  client.update(client.resources.deployments, deployment, (current) => ({
    ...current,
    metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, [revisionAnnotation]: String(revision) } },
  }));
}

function noteProgress(client: ControllerClient, deployment: Deployment, reason: string, message: string): void {
  if (deployment.spec.progressDeadlineSeconds === undefined) return;
  client.update(
    client.resources.deployments,
    deployment,
    (current) => {
      const conditions = setCondition(current.status?.conditions ?? [], makeCondition('Progressing', 'True', reason, message));
      return { ...current, status: { ...current.status, conditions } };
    },
    'status',
  );
}

function resize(client: ControllerClient, deployment: Deployment, sizings: readonly Sizing[]): void {
  for (const { replicaSet, replicas } of sizings) {
    client.update(client.resources.replicaSets, replicaSet, (current) => ({
      ...current,
      metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...sizes(deployment) } },
      spec: { ...current.spec, replicas },
    }));
    const { replicas: before } = replicaSet.spec;
    if (before === replicas) continue;
    const direction = replicas > before ? 'up' : 'down';
    const { name } = replicaSet.metadata;
    client.tell(deployment, 'Normal', 'ScalingReplicaSet', `Scaled ${direction} replica set ${name} from ${before} to ${replicas}`);
  }
}

/** Of the empty old ReplicaSets only the newest `revisionHistoryLimit` are kept to go back to. */
function forgetOld(client: ControllerClient, deployment: Deployment, old: readonly ReplicaSet[]): void {
  const empty = old.filter(({ spec, status }) => spec.replicas === 0 && (status?.replicas ?? 0) === 0);
  [...empty]
    .sort((left, right) => revisionOf(right) - revisionOf(left))
    .slice(deployment.spec.revisionHistoryLimit)
    .forEach((replicaSet) => {
      client.remove(client.resources.replicaSets, replicaSet);
    });
}

function writeStatus(client: ControllerClient, seen: Deployment, rolling: boolean): number | null {
  const { deployments } = client.resources;
  const deployment = client.get<Deployment>(deployments, seen.metadata.namespace ?? '', seen.metadata.name);
  if (!deployment) return null;
  const all = replicaSetsOf(client, deployment);
  const status = statusOf(deployment, all, findCurrent(deployment, all), rolling);
  if (!sameJson(status, deployment.status)) client.setStatus(deployments, deployment, status);
  const deadline = rolling ? deadlineOf(deployment, conditionOf(status.conditions, 'Progressing')) : null;
  return deadline === null ? null : Math.max(1, deadline - Date.now() + 1);
}
