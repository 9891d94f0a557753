/** Moving traffic between the colours by the route's weights: one subject for the whole ramp. */
import type { TrafficChange, TrafficState } from '../contract';
import type { Change, Context } from '../step';
import type { Percent } from '../spec';

/** One rung as a change of its own; all rungs share one subject, so that one write undoes the ramp. */
export function shiftTraffic(section: string, share: Percent): Change<TrafficChange, TrafficState> {
  return {
    kind: 'change',
    id: `${section}.traffic-${share}`,
    title: `traffic ${share} %`,
    capture: 'readTraffic',
    apply: 'shiftTraffic',
    undo: 'restoreTraffic',
    policy: 'shift',
    subject: ({ namespace, route }) => `${namespace}/httproute/${route}`,
    rank: 'traffic',
    production: true,
    summary: ({ candidateShare, candidate }) => `traffic ${candidateShare} % → ${candidate.colour}`,
    undoes: ({ live }) => `traffic back to ${live.colour}`,
    byHand: trafficByHand,
    takes: ({ settle }) => 1_000 + settle,
    ifItFails: 'roll back',
    share: ({ candidateShare }) => candidateShare,
  };
}

/** What a traffic move needs to know, for the given share. */
export function trafficChange({ request, release }: Context, candidateShare: Percent): TrafficChange {
  const { production, image, rollback } = request.spec;
  return {
    cluster: production.cluster,
    namespace: production.namespace,
    mechanism: production.traffic.mechanism,
    route: production.traffic.route,
    candidate: side(release.candidate),
    live: side(release.live),
    candidateShare,
    image: release.image,
    container: image.container,
    capacity: release.live.replicas,
    settle: production.settle,
    minimumReady: rollback.minimumReady,
  };
}

/** The part of a colour's state that a move needs. */
export function side<Side extends { readonly colour: string; readonly service: string; readonly deployment: string }>({
  colour,
  service,
  deployment,
}: Side) {
  return { colour, service, deployment };
}

function trafficByHand(to: TrafficState, { namespace, route, live, candidate }: TrafficChange): string {
  const weights = [live, candidate].map(({ colour, service }) => `${service}=${to.weights[colour] ?? 0}`).join(', ');
  return `kubectl -n ${namespace} edit httproute ${route}   # set the weights ${weights}`;
}
