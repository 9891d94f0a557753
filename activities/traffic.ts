import type { TrafficChange, TrafficState, Undo, UndoReceipt, Write } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { failure } from './failures';
import { writeForward } from './forward';
import { proveHealthy } from './health';
import type { Ports } from './ports';
import type { HttpRoute, Kubernetes, Operation, Reference } from './ports/kubernetes';
import { putBack } from './put-back';
import {
  describeRoute,
  describeWeights,
  isAt,
  isLeftAloneWith,
  readWeights,
  sendsTo,
  setWeights,
  targetWeights,
  type Weights,
} from './route-weights';
import { isWrittenByUs, label, writerOf, type Intent } from './safe-write';
import { awaitOldColour } from './way-back';

const field = ['f:spec', 'f:rules'];

/** Traffic by the weights of an HTTPRoute: read, move forward, put back. */
export function trafficActivities(ports: Ports) {
  const { kubernetes } = ports;

  async function readRoute(change: TrafficChange): Promise<HttpRoute> {
    const reference = referenceOf(change);
    const route = await kubernetes.read(reference);
    if (route) return route;
    throw failure('NotFound', `${label(reference)} does not exist`, {
      remedy: 'Create it or correct production.traffic.route in the spec.',
    });
  }

  return {
    async readTraffic(change: TrafficChange): Promise<TrafficState> {
      return stateOf(await readRoute(change), change);
    },

    /** Forward, only to a healthy destination (runbook, steps 2.2 and 2.3). */
    async shiftTraffic(write: Write<TrafficChange, TrafficState>, attempt: Attempt): Promise<TrafficState> {
      const { change, from, key } = write;
      await proveHealthy(
        ports,
        { ...place(change), colour: change.candidate, capacity: change.capacity, image: change, settle: change.settle },
        attempt,
      );
      const target = targetWeights(change);
      const intent: Intent<'HTTPRoute'> = {
        ...common(change, key, target),
        stand: (route) => {
          if (route === null || route.meta.uid !== from.uid) return 'foreign';
          if (isAt(route, change, target)) return 'there';
          return isAt(route, change, from.weights) ? 'from' : 'foreign';
        },
        expected: describeWeights(from.weights),
      };
      const route = (await writeForward(kubernetes, write, intent, attempt)) ?? (await readRoute(change));
      refuseUnaccepted(route, change);
      return stateOf(route, change);
    },

    /** Back to the recorded weights, as soon as the old colour can serve. What sends no traffic to the candidate is left as others set it. */
    async restoreTraffic({ to, change, key, urgent, hold }: Undo<TrafficChange, TrafficState>, attempt: Attempt): Promise<UndoReceipt> {
      const isAlone = (route: HttpRoute) => isLeftAloneWith(route, change, change.candidate);
      const isBack = (route: HttpRoute) =>
        isAt(route, change, to.weights) || (!sendsTo(route, change, change.candidate) && !isAlone(route));
      const before = await readRoute(change);
      if (!isBack(before) && !isAlone(before)) {
        await awaitOldColour(
          ports,
          { ...place(change), live: change.live, capacity: change.capacity, minimumReady: change.minimumReady, urgent, key, hold },
          attempt,
        );
      }
      const intent: Intent<'HTTPRoute'> = {
        ...common(change, key, to.weights),
        hold,
        stand: (route) => (route === null ? 'from' : isBack(route) ? 'there' : isAlone(route) ? 'foreign' : 'from'),
        expected: describeWeights(to.weights),
      };
      const remark = (route: HttpRoute) =>
        isOurs(route, change) ? null : `overrode ${describeRoute(route, change)} by ${writerOf(route.meta, field)}`;
      const { object: route, ...did } = await putBack(kubernetes, intent, { isBack, remark }, attempt);
      if (did.remark !== null) return { result: 'took-over', note: did.remark };
      if (did.wrote) return { result: 'restored' };
      if (!route || isAt(route, change, to.weights)) return { result: 'already-there' };
      const note = `${describeRoute(route, change)}, by ${writerOf(route.meta, field)}, sends no traffic to ${change.candidate.colour}`;
      return { result: 'left-to-others', note };
    },
  };
}

/** What the route holds instead of the weights that were asked for, and by whom; null where it holds them. */
export async function trafficDrift(kubernetes: Kubernetes, change: TrafficChange): Promise<string | null> {
  const route = await kubernetes.read(referenceOf(change));
  if (route !== null && isAt(route, change, targetWeights(change))) return null;
  const found =
    route === null ? 'does not exist any more' : `holds ${describeRoute(route, change)}, last written by ${writerOf(route.meta, field)}`;
  return `${found}; expected ${describeWeights(targetWeights(change))}`;
}

function referenceOf({ cluster, namespace, route }: TrafficChange): Reference<'HTTPRoute'> {
  return { kind: 'HTTPRoute', cluster, namespace, name: route };
}
function place({ cluster, namespace }: TrafficChange) {
  return { cluster, namespace };
}

function common(change: TrafficChange, key: string, target: Weights) {
  return {
    reference: referenceOf(change),
    key,
    field,
    found: (route: HttpRoute | null) => (route === null ? 'nothing' : describeRoute(route, change)),
    mutate: (route: HttpRoute | null) =>
      ({ kind: 'patch', operations: route ? setWeights(route, change, target) : ([] as Operation[]) }) as const,
  };
}

function stateOf(route: HttpRoute, change: TrafficChange): TrafficState {
  const { uid, resourceVersion } = route.meta;
  return { uid, resourceVersion, weights: readWeights(route, change) };
}

/** Ours: what we last asked for, or another rung of the same ramp. */
function isOurs(route: HttpRoute, change: TrafficChange): boolean {
  return isAt(route, change, targetWeights(change)) || isWrittenByUs(route.meta, field);
}

/** A gateway that refuses the route serves something else than what is written. Silence is no refusal: some set no condition at all. */
function refuseUnaccepted({ accepted }: HttpRoute, change: TrafficChange): void {
  const refusal = accepted.find((condition) => condition?.status === 'False');
  if (!refusal) return;
  throw failure('Invalid', `${label(referenceOf(change))} is not accepted by its gateway: ${refusal.reason} ${refusal.message}`.trim(), {
    remedy: 'Look at the status of the route and its gateway.',
  });
}
