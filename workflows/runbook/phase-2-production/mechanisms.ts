/** What each way of sharing traffic is called, and the command that puts it back by hand. */
import type { TrafficChange, TrafficState } from '../contract';
import { replicaSplit } from '../replica-split';

interface Words {
  /** The object that is changed, for the saga's subject. */
  readonly subject: (change: TrafficChange) => string;
  readonly byHand: (to: TrafficState, change: TrafficChange) => string;
  /** What the plan says beside a share. */
  readonly notes: (share: number, pods: number) => readonly string[];
}

const weighted = (kind: string): Words => ({
  subject: ({ route }) => `${kind}/${route}`,
  byHand: ({ weights, patch }, { namespace, route, live, candidate }) =>
    patch === undefined
      ? `kubectl -n ${namespace} edit ${kind} ${route}   # set the weights ${[live, candidate].map(({ colour, service }) => `${service}=${weights[colour] ?? 0}`).join(', ')}`
      : `kubectl -n ${namespace} patch ${kind} ${route} --type=json -p '${patch}'`,
  notes: () => [],
});

export const mechanismWords: Readonly<Record<TrafficChange['mechanism'], Words>> = {
  httproute: weighted('httproute'),
  istio: weighted('virtualservice'),
  nginx: {
    subject: ({ canary }) => `ingress/${canary}`,
    byHand: ({ raw = {} }, { namespace, canary, route, live, candidate }) =>
      [
        `kubectl -n ${namespace} get ingress ${route} -o yaml | sed 's/name: ${candidate.service}$/name: ${live.service}/' | kubectl -n ${namespace} replace -f -`,
        `kubectl -n ${namespace} annotate --overwrite ingress ${canary} nginx.ingress.kubernetes.io/canary-weight=${raw['weight'] || '0'}`,
      ].join(' && '),
    notes: (share) =>
      share === 100 ? ['the main Ingress then names the candidate, so that no request needs a pod of the old colour'] : [],
  },
  replicas: {
    subject: ({ live, candidate }) => `deployments/${candidate.deployment}+${live.deployment}`,
    byHand: ({ weights }, { namespace, live, candidate }) =>
      [
        `kubectl -n ${namespace} scale deployment/${live.deployment} --replicas=${weights[live.colour] ?? 0}`,
        `kubectl -n ${namespace} rollout status deployment/${live.deployment}`,
        `kubectl -n ${namespace} scale deployment/${candidate.deployment} --replicas=${weights[candidate.colour] ?? 0}`,
      ].join(' && '),
    notes(share, pods) {
      const exact = [3, 5, 10].map((n) => `${n} pods: ${Math.round(replicaSplit(share, n).share)} %`);
      const { candidate, live, share: made } = replicaSplit(share, pods);
      return [
        pods > 0
          ? `${candidate} of ${candidate + live} pods: ${Math.round(made * 10) / 10} % of the traffic`
          : `what pods can make of it: ${exact.join(', ')}`,
        'its way back takes a rollout: the old colour is scaled up first',
      ];
    },
  },
};
