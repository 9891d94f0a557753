import { ownedBy, timestamp } from '../objects';
import { StatusError } from '../status';
import type { ControllerClient } from './client';
import {
  type Condition,
  conditionOf,
  availableAt,
  isActive,
  isReady,
  nonZero,
  type Pod,
  type ReplicaSet,
  type ReplicaSetStatus,
} from './kinds';
import { podsOf } from './owned';

/** Makes or deletes pods until there are as many as asked for, and writes what it counts. @returns milliseconds after which to look again, or null. */
export function syncReplicaSet(client: ControllerClient, replicaSet: ReplicaSet): number | null {
  if (replicaSet.metadata.deletionTimestamp !== undefined) return null;
  const active = podsOf(client, replicaSet).filter(isActive);
  const missing = replicaSet.spec.replicas - active.length;
  const failure = missing > 0 ? createPods(client, replicaSet, missing) : null;
  if (missing < 0) {
    [...active]
      .sort(firstToGo)
      .slice(0, -missing)
      .forEach((pod) => {
        client.remove(client.resources.pods, pod);
      });
  }
  const left = podsOf(client, replicaSet).filter(isActive);
  const status = count(replicaSet, left, failure);
  client.setStatus(client.resources.replicaSets, replicaSet, status);
  return failure === null ? nextAvailable(left, replicaSet.spec.minReadySeconds ?? 0) : retryAfter;
}

/** Pause after a refused pod, in milliseconds. */
const retryAfter = 500;

/** @returns why a pod could not be made, or null. */
function createPods(client: ControllerClient, replicaSet: ReplicaSet, number: number): string | null {
  const { namespace = '', name } = replicaSet.metadata;
  const { metadata = {}, spec } = replicaSet.spec.template;
  for (let made = 0; made < number; made += 1) {
    try {
      const pod = client.create<Pod>(client.resources.pods, namespace, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, generateName: `${name}-`, ownerReferences: [ownedBy(replicaSet)] },
        spec,
      });
      client.tell(replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      client.tell(replicaSet, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      return error.message;
    }
  }
  return null;
}

/** Pods that are missed least go first: unbound, not running, not ready, then the youngest. */
function firstToGo(left: Pod, right: Pod): number {
  const ranks = [left, right].map((pod) => [
    pod.spec.nodeName === undefined ? 0 : 1,
    pod.status?.phase === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    -Date.parse(conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp),
    -(pod.status?.containerStatuses?.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0) ?? 0),
    -Date.parse(pod.metadata.creationTimestamp),
  ]);
  const [one = [], other = []] = ranks;
  return one.map((rank, index) => rank - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function count(replicaSet: ReplicaSet, pods: readonly Pod[], failure: string | null): ReplicaSetStatus {
  const { minReadySeconds = 0 } = replicaSet.spec;
  const ready = pods.filter(isReady);
  const available = ready.filter((pod) => (availableAt(pod, minReadySeconds) ?? Infinity) <= Date.now());
  const conditions = failure === null ? [] : [failed(replicaSet, failure)];
  return {
    replicas: pods.length,
    ...nonZero({ fullyLabeledReplicas: pods.length, readyReplicas: ready.length, availableReplicas: available.length }),
    observedGeneration: replicaSet.metadata.generation ?? 0,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

function failed(replicaSet: ReplicaSet, message: string): Condition {
  const present = conditionOf(replicaSet.status?.conditions, 'ReplicaFailure');
  return present ?? { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: timestamp() };
}

function nextAvailable(pods: readonly Pod[], minReadySeconds: number): number | null {
  const times = pods.map((pod) => availableAt(pod, minReadySeconds)).filter((at) => at !== null && at > Date.now());
  return times.length === 0 ? null : Math.min(...times.map(Number)) - Date.now() + 1;
}
