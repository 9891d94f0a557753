import { controllerOf, type KubeObject } from '../objects';
import type { Resource } from '../resources/resource';
import { matchesLabels } from '../selectors';
import { StatusError } from '../status';
import type { Change, Store } from '../store/store';
import type { ControllerClient } from './client';
import { syncDeployment } from './deployment';
import { syncEndpoints } from './endpoint-slice';
import { collectGarbage } from './garbage';
import type { Deployment, ReplicaSet, Service } from './kinds';
import { syncNamespace } from './namespace';
import { WorkQueue } from './queue';
import { syncReplicaSet } from './replica-set';

export interface Controllers {
  /** Holds the controllers still, as when they lag behind; what happens meanwhile is caught up on. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** One kind that is looked after. */
interface Loop {
  readonly queue: WorkQueue;
  /** Keys to look at because of a change. */
  readonly concerns: (change: Change) => readonly string[];
}
type Sync<T> = (client: ControllerClient, object: T) => number | null;

/** Pause after a step that failed, in milliseconds. */
const retryAfter = 500;

/** Starts all controllers; they work when something changes. */
export function startControllers(client: ControllerClient, store: Store): Controllers {
  const { resources } = client;
  const loop = <T extends KubeObject>(resource: Resource, sync: Sync<T>, others: Loop['concerns'] = () => []): Loop => {
    const queue: WorkQueue = new WorkQueue((key) => {
      const [namespace = '', name = ''] = key.split('/');
      const object = client.get<T>(resource, namespace, name);
      const again = object ? attempt(() => sync(client, object)) : null;
      if (typeof again === 'number') queue.addAfter(key, again);
    });
    return { queue, concerns: (change) => (change.resource === resource ? [keyOf(change.object)] : others(change)) };
  };
  const ownerOf = (resource: Resource, object: KubeObject): readonly string[] => {
    const uid = controllerOf(object);
    const name = object.metadata.ownerReferences?.find((reference) => reference.uid === uid)?.name;
    const owner = name === undefined ? undefined : client.get(resource, object.metadata.namespace ?? '', name);
    return owner && owner.metadata.uid === uid ? [keyOf(owner)] : [];
  };
  const grandparent = ({ type, object }: Change): readonly string[] => {
    if (type !== 'DELETED') return [];
    const [key = ''] = ownerOf(resources.replicaSets, object);
    const [namespace = '', name = ''] = key.split('/');
    const replicaSet = client.get(resources.replicaSets, namespace, name);
    return replicaSet ? ownerOf(resources.deployments, replicaSet) : [];
  };
  const servicesOf = ({ object, previous }: Change): readonly string[] =>
    client
      .list<Service>(resources.services, object.metadata.namespace ?? '')
      .filter(({ spec: { selector = {} } }) => [object, previous].some((pod) => pod && matchesLabels(selector, pod.metadata.labels ?? {})))
      .map(keyOf);

  const loops: readonly Loop[] = [
    loop<Deployment>(resources.deployments, syncDeployment, (change) => {
      if (change.resource === resources.replicaSets) return ownerOf(resources.deployments, change.object);
      return change.resource === resources.pods ? grandparent(change) : [];
    }),
    loop<ReplicaSet>(resources.replicaSets, syncReplicaSet, (change) =>
      change.resource === resources.pods ? ownerOf(resources.replicaSets, change.object) : [],
    ),
    loop<Service>(resources.services, syncEndpoints, (change) => (change.resource === resources.pods ? servicesOf(change) : [])),
    loop<KubeObject>(resources.namespaces, syncNamespace),
    garbageLoop(client),
  ];
  const unsubscribe = store.subscribe((change) => {
    for (const { queue, concerns } of loops) concerns(change).forEach((key) => queue.add(key));
  });
  const each = (act: (queue: WorkQueue) => void): void => loops.forEach(({ queue }) => act(queue));
  return {
    pause: () => each((queue) => queue.pause()),
    resume: () => each((queue) => queue.resume()),
    stop: () => {
      unsubscribe();
      each((queue) => queue.stop());
    },
  };
}

/** Looks at what a deleted object owned. Keys are uids. */
function garbageLoop(client: ControllerClient): Loop {
  const queue = new WorkQueue((uid) => {
    attempt(() => collectGarbage(client, uid));
  });
  return { queue, concerns: ({ type, object }) => (type === 'DELETED' ? [object.metadata.uid] : []) };
}

/** A refusal by the API is no reason to fall over: the object is looked at again. */
function attempt(step: () => number | null): number | null {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return retryAfter;
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
