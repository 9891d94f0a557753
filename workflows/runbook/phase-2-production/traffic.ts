/** Moving traffic between the colours by the route's weights: one subject for the whole ramp. */
import type { TrafficChange, TrafficState } from '../contract';
import { replicaSplit } from '../replica-split';
import type { Percent, TrafficSpec } from '../spec';
import type { Change, Context, Runner } from '../step';
import { mechanismWords } from './mechanisms';

/** One rung as a change of its own; all rungs share one subject, so that one write undoes the ramp. */
export function shiftTraffic(section: string, share: Percent, notes: readonly string[] = []): Change<TrafficChange, TrafficState> {
  return {
    kind: 'change',
    id: `${section}.traffic-${share}`,
    title: `traffic ${share} %`,
    capture: 'readTraffic',
    apply: 'shiftTraffic',
    undo: 'restoreTraffic',
    policy: 'shift',
    subject: (change) => `${change.namespace}/${mechanismWords[change.mechanism].subject(change)}`,
    rank: 'traffic',
    production: true,
    summary: ({ candidateShare, candidate }) => `traffic ${candidateShare} % → ${candidate.colour}`,
    undoes: ({ live }) => `traffic back to ${live.colour}`,
    byHand: (to, change) => mechanismWords[change.mechanism].byHand(to, change),
    keeps: ({ patch: _, ...state }) => state,
    takes: ({ settle }) => 1_000 + settle,
    ifItFails: 'roll back',
    share: ({ candidateShare }) => candidateShare,
    notes,
  };
}

/** Moves traffic to the given share, in the words of its mechanism. */
export async function moveTraffic(
  runbook: Runner,
  section: string,
  context: Context,
  share: Percent,
  more: Pick<Partial<TrafficChange>, 'settle' | 'retreats' | 'returns'> = {},
): Promise<void> {
  const change = { ...trafficChange(context, share), ...more };
  const notes = mechanismWords[change.mechanism].notes(share, context.release.live.replicas);
  await runbook.change(shiftTraffic(section, share, notes), change);
}

/** The share that is really served: pods make of it what they can. */
export function servedShare({ request, release }: Context, share: Percent): Percent {
  const isByPods = request.spec.production.traffic.mechanism === 'replicas';
  return isByPods ? replicaSplit(share, release.live.replicas).share : share;
}

/** What a traffic move needs to know, for the given share. */
export function trafficChange({ request, release }: Context, candidateShare: Percent): TrafficChange {
  const { production, image, rollback } = request.spec;
  return {
    cluster: production.cluster,
    namespace: production.namespace,
    ...shared(production.traffic),
    ...(production.traffic.mechanism === 'istio' ? { shared: production.service } : {}),
    propagation: production.traffic.propagation,
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

function shared({ mechanism, route = '', canary }: TrafficSpec) {
  // With the selector there are no shares: its own step moves everything.
  if (mechanism === 'selector') throw new RangeError('The Service selector has no shares.');
  return { mechanism, route, ...(canary === undefined ? {} : { canary }) };
}
