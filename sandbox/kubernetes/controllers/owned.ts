import { controllerOf } from '../objects';
import type { ControllerClient } from './client';
import type { Deployment, Pod, ReplicaSet } from './kinds';

export function podsOf(client: ControllerClient, replicaSet: ReplicaSet): readonly Pod[] {
  return client
    .list<Pod>(client.resources.pods, replicaSet.metadata.namespace ?? '')
    .filter((pod) => controllerOf(pod) === replicaSet.metadata.uid);
}

/** Of a Deployment, oldest first. */
export function replicaSetsOf(client: ControllerClient, deployment: Deployment): readonly ReplicaSet[] {
  return client
    .list<ReplicaSet>(client.resources.replicaSets, deployment.metadata.namespace ?? '')
    .filter((replicaSet) => controllerOf(replicaSet) === deployment.metadata.uid)
    .sort((left, right) => Date.parse(left.metadata.creationTimestamp) - Date.parse(right.metadata.creationTimestamp));
}
