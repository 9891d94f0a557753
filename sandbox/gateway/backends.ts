import type { ClusterClient } from '../cluster/client';
import { type EndpointSlice, type Pod, PORT_ANNOTATION, SERVICE_LABEL } from '../cluster/objects';
import { listPath } from '../cluster/paths';
import { reflect, type Reflector } from '../cluster/reflector';

/** A pod that takes requests. */
export interface Target {
  readonly pod: string;
  /** Its true port on this machine. */
  readonly port: number;
}
/** Who is ready behind each Service of one namespace, by its EndpointSlices. */
export interface Backends {
  ready(service: string): readonly Target[];
  /** The next ready one in turn. */
  next(service: string): Target | undefined;
  stop(): Promise<void>;
}

export async function followBackends(client: ClusterClient, namespace: string): Promise<Backends> {
  const [slices, pods] = await Promise.all([
    reflect<EndpointSlice>(client, listPath('endpointslices', namespace)),
    reflect<Pod>(client, listPath('pods', namespace)),
  ]);
  const turns = new Map<string, number>();
  const ready = (service: string): readonly Target[] => readyTargets(slices.items(), pods, service);
  return {
    ready,
    next: (service) => {
      const targets = ready(service);
      const turn = (turns.get(service) ?? 0) + 1;
      turns.set(service, turn);
      return targets[turn % targets.length];
    },
    stop: async () => {
      await Promise.all([slices.stop(), pods.stop()]);
    },
  };
}

function readyTargets(slices: readonly EndpointSlice[], pods: Reflector<Pod>, service: string): readonly Target[] {
  return slices
    .filter((slice) => slice.metadata.labels?.[SERVICE_LABEL] === service)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions = {} }) => conditions.ready !== false && conditions.terminating !== true)
    .flatMap(({ targetRef, addresses }) => {
      const pod = targetRef?.name === undefined ? podAt(pods, addresses) : pods.get(targetRef.name);
      const port = Number(pod?.metadata.annotations?.[PORT_ANNOTATION]);
      return pod && port > 0 ? [{ pod: pod.metadata.name, port }] : [];
    });
}

const podAt = (pods: Reflector<Pod>, addresses: readonly string[]): Pod | undefined =>
  pods.items().find((pod) => pod.status?.podIP !== undefined && addresses.includes(pod.status.podIP));
