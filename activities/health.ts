import type { ColourTarget } from '../workflows/runbook/contract';
import type { Milliseconds } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { failure } from './failures';
import type { Ports } from './ports';
import type { Endpoint, Place, Pod } from './ports/kubernetes';
import { imageOf } from './rollout-status';

/** What a destination must prove before traffic moves forward to it. */
export interface Destination extends Place {
  readonly colour: ColourTarget;
  /** Pods that must be ready. 0 is never enough. */
  readonly capacity: number;
  /** The released image, where it must be this one. */
  readonly image?: { readonly container: string; readonly image: string };
  /** How long the pods must have been ready. */
  readonly settle: Milliseconds;
}

type Health =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'settling'; readonly left: Milliseconds }
  /** The pods are ready, and the cluster has not listed all of them as endpoints yet. */
  | { readonly kind: 'listing'; readonly reason: string }
  | { readonly kind: 'unhealthy'; readonly reason: string };

/** How long the cluster may take until a ready pod is an endpoint: its controller batches them. */
const listingTime = 10_000;
const poll = 100;

/**
 * Proves that the destination is healthy, or fails with `NotHealthy`. Where only the settle time is missing, or ready pods are not all listed as
 * endpoints yet, it is waited for.
 */
export async function proveHealthy({ kubernetes, clock }: Ports, to: Destination, attempt: Attempt): Promise<void> {
  const looking = clock.now();
  for (;;) {
    const health = await look(kubernetes, to, clock.now(), looking);
    if (health.kind === 'healthy') return;
    if (health.kind === 'unhealthy' || (health.kind === 'listing' && clock.now() - looking >= listingTime)) {
      throw failure('NotHealthy', `${to.colour.colour} may not get traffic: ${health.reason}`, {
        remedy: 'No traffic was moved. See why its pods are not ready, then retry or roll back.',
      });
    }
    attempt.heartbeat(health);
    await clock.sleep(health.kind === 'settling' ? Math.min(health.left, 1_000) : poll, attempt.signal);
  }
}

async function look(kubernetes: Ports['kubernetes'], to: Destination, now: number, looking: number): Promise<Health> {
  const reference = { kind: 'Deployment', cluster: to.cluster, namespace: to.namespace, name: to.colour.deployment } as const;
  const deployment = await kubernetes.read(reference);
  if (!deployment) return unhealthy(`deployment ${to.colour.deployment} does not exist`);
  const found = to.image && imageOf(deployment.containers, to.image.container);
  if (to.image && found !== to.image.image)
    return unhealthy(`its template names ${found ?? 'no such container'}, released is ${to.image.image}`);
  if (deployment.replicas < Math.max(to.capacity, 1)) return unhealthy(`it is scaled to ${deployment.replicas}, ${to.capacity} are needed`);
  const [endpoints, pods] = await Promise.all([kubernetes.endpoints(to, to.colour.service), kubernetes.pods(to, deployment.selector)]);
  return judge(to, endpoints, pods, now, looking);
}

/** Pure: what endpoints and pods prove at `now`, having been looked at since `looking`. */
function judge(to: Destination, endpoints: readonly Endpoint[], pods: readonly Pod[], now: number, looking: number): Health {
  const needed = Math.max(to.capacity, 1);
  const ready = endpoints.filter((endpoint) => endpoint.ready).length;
  const reason = `Service ${to.colour.service} has ${ready} of ${needed} ready endpoints`;
  const serving = pods.filter((pod) => pod.ready && !pod.deleting && isReleased(pod, to.image));
  if (ready < needed) return serving.length < needed ? unhealthy(reason) : { kind: 'listing', reason };
  if (serving.length < needed) return unhealthy(`${serving.length} of ${needed} pods are ready with the released image`);
  // A pod's clock ahead of ours counts from our own first look: never longer than the settle time is waited.
  const since = serving.map(({ readySince }) => (readySince === null || readySince > now ? looking : readySince)).sort((a, b) => a - b);
  const left = (since[needed - 1] ?? looking) + to.settle - now;
  return left > 0 ? { kind: 'settling', left } : { kind: 'healthy' };
}

function isReleased(pod: Pod, released: Destination['image']): boolean {
  return !released || imageOf(pod.containers, released.container) === released.image;
}
function unhealthy(reason: string): Health {
  return { kind: 'unhealthy', reason };
}

/** How many endpoints of a Service are ready. */
export async function readyEndpoints({ kubernetes }: Pick<Ports, 'kubernetes'>, place: Place, service: string): Promise<number> {
  return (await kubernetes.endpoints(place, service)).filter(({ ready }) => ready).length;
}
