import type { RoutingReceipt, RoutingRequest } from '../../workflows/runbook/contract';
import { failureTypeOf } from '../failures';
import type { Ports } from '../ports';
import type { Endpoint, HttpRoute, Kubernetes, Service, VirtualService } from '../ports/kubernetes';
import { mechanismOf } from '../traffic';
import { readingChange } from '../traffic/reading';
import { describeWeights, type Weights } from '../traffic/weights';
import { refuse, sentenceOf } from './verdict';

/** What shares the traffic before a deployment (runbook, pre-deployment checklist). */
export function routingActivities(ports: Ports) {
  const { kubernetes } = ports;
  return {
    /** Services, route and EndpointSlices say the same: all of the traffic goes to the live colour, whose pods are ready. */
    async checkRouting(request: RoutingRequest): Promise<RoutingReceipt> {
      const { production, live, candidate, container } = request;
      const { cluster, namespace, service, traffic } = production;
      const place = { cluster, namespace };
      const serviceOf = (name: string) => kubernetes.read({ kind: 'Service', ...place, name });
      const change = readingChange(production, container, live, candidate);
      const [shared, ofLive, ofCandidate, reached, inside, weights, route] = await Promise.all([
        serviceOf(service),
        serviceOf(live.service),
        serviceOf(candidate.service),
        kubernetes.endpoints(place, live.service),
        kubernetes.endpoints(place, service),
        change === null
          ? null
          : weightsOrProblem(() =>
              mechanismOf(ports, change)
                .read(change)
                .then((state) => state.weights),
            ),
        routeOf(kubernetes, request),
      ]);
      const strangers = await strangersWithoutPods(kubernetes, request, route);
      refuse(
        [
          ...selectorProblems(request, { [service]: shared, [live.service]: ofLive, [candidate.service]: ofCandidate }),
          ...endpointProblems(request, reached, inside),
          ...(typeof weights === 'string' ? [weights] : weightProblems(weights, live.colour)),
          ...refusals(route),
          ...strangers,
        ],
        'Put Services and route in order, so that the live colour has all of the traffic, then retry.',
      );
      return {
        live: live.colour,
        ready: readyOf(reached).length,
        backends: new Set(backendsOf(route).map(({ name }) => name)).size || 1,
        by: traffic.mechanism,
      };
    },
  };
}

/** A split that cannot be read is a problem of its own; an outage is not. */
async function weightsOrProblem(read: () => Promise<Weights>): Promise<Weights | string> {
  try {
    return await read();
  } catch (error) {
    const type = failureTypeOf(error);
    if (type !== 'Misconfigured' && type !== 'NotFound') throw error;
    return sentenceOf(error);
  }
}

async function routeOf(
  kubernetes: Kubernetes,
  { production: { cluster, namespace, traffic } }: RoutingRequest,
): Promise<HttpRoute | VirtualService | null> {
  const name = traffic.route ?? '';
  if (traffic.mechanism === 'httproute') return kubernetes.read({ kind: 'HTTPRoute', cluster, namespace, name });
  if (traffic.mechanism === 'istio') return kubernetes.read({ kind: 'VirtualService', cluster, namespace, name });
  return null;
}

const backendsOf = (route: HttpRoute | VirtualService | null) => route?.rules.flatMap(({ backends }) => backends) ?? [];

/** Pure: every Service is there, and each selects what its place says. */
export function selectorProblems(
  { production: { service, selectorKey, traffic }, live, candidate }: RoutingRequest,
  services: Readonly<Record<string, Service | null>>,
): readonly string[] {
  const absent = Object.keys(services).filter((name) => services[name] === null);
  const wanted: readonly (readonly [string, string])[] = [
    // Where one Service selects both colours, it names none.
    ...(traffic.mechanism === 'replicas' ? [] : [[service, live.colour] as const]),
    [live.service, live.colour],
    [candidate.service, candidate.colour],
  ];
  const wrong = wanted.flatMap(([name, colour]) => {
    const found = services[name]?.selector[selectorKey];
    return !services[name] || found === colour ? [] : [`service ${name} selects ${selectorKey}=${found ?? '(nothing)'}, not ${colour}`];
  });
  return [...absent.map((name) => `service ${name} does not exist`), ...wrong];
}

/** Pure: the live colour has the ready endpoints that it should have, and callers inside the cluster reach the same ones. */
export function endpointProblems(
  { production: { service, traffic }, live, ready }: RoutingRequest,
  reached: readonly Endpoint[],
  inside: readonly Endpoint[],
): readonly string[] {
  const [ours, theirs] = [readyOf(reached), readyOf(inside)];
  const needed = Math.max(Math.ceil(live.replicas * ready), 1);
  const few = ours.length < needed ? [`service ${live.service} has ${ours.length} of ${needed} ready endpoints`] : [];
  if (traffic.mechanism === 'replicas') return few;
  const [missed, foreign] = [ours.filter((target) => !theirs.includes(target)), theirs.filter((target) => !ours.includes(target))];
  return [
    ...few,
    ...(missed.length > 0 ? [`the EndpointSlices of service ${service} lack ${missed.join(', ')}, which ${live.service} has`] : []),
    ...(foreign.length > 0 ? [`the EndpointSlices of service ${service} have ${foreign.join(', ')}, which ${live.service} has not`] : []),
  ];
}
const readyOf = (endpoints: readonly Endpoint[]): readonly string[] => endpoints.flatMap(({ target, ready }) => (ready ? [target] : []));

/** Pure: the selected colour has all of the weight. */
export function weightProblems(weights: Weights | null, live: string): readonly string[] {
  if (weights === null) return [];
  const others = Object.entries(weights).some(([colour, weight]) => colour !== live && weight > 0);
  return (weights[live] ?? 0) > 0 && !others ? [] : [`the Service selects ${live}, the weights are ${describeWeights(weights)}`];
}

function refusals(route: HttpRoute | VirtualService | null): readonly string[] {
  if (!route || !('accepted' in route)) return [];
  return route.accepted.flatMap((condition) =>
    condition?.status === 'False'
      ? [`route ${route.meta.name} is not accepted by its gateway: ${condition.reason} ${condition.message}`.trim()]
      : [],
  );
}

/** Backends of the route that are no colour and get traffic: each has a ready endpoint, or its callers get errors. */
async function strangersWithoutPods(
  kubernetes: Kubernetes,
  { production: { cluster, namespace, service }, live, candidate }: RoutingRequest,
  route: HttpRoute | VirtualService | null,
): Promise<readonly string[]> {
  const known = [service, live.service, candidate.service];
  const names = backendsOf(route).flatMap(({ name, weight }) => (known.includes(name) || weight === 0 ? [] : [name]));
  const found = await Promise.all(
    [...new Set(names)].map(async (name) => ({ name, ready: readyOf(await kubernetes.endpoints({ cluster, namespace }, name)).length })),
  );
  return found.flatMap(({ name, ready }) =>
    ready === 0 ? [`the route sends traffic to service ${name}, which has no ready endpoint`] : [],
  );
}
