/** Moving the Service's selector to the candidate: all callers inside the cluster at once. */
import type { SelectorChange, SelectorState } from '../contract';
import type { Change, Context } from '../step';
import { side } from './traffic';

/** The Service selector as a step of the given section. */
export function moveSelector(section: string): Change<SelectorChange, SelectorState> {
  return {
    kind: 'change',
    id: `${section}.selector`,
    title: 'Service selector',
    capture: 'readSelector',
    apply: 'moveSelector',
    undo: 'restoreSelector',
    policy: 'shift',
    subject: ({ namespace, service }) => `${namespace}/service/${service}`,
    rank: 'traffic',
    production: true,
    summary: ({ service, candidate }) => `Service ${service} → ${candidate.colour}`,
    undoes: ({ service, live }) => `Service ${service} back to ${live.colour}`,
    byHand: (to, { namespace, service, selectorKey }) =>
      `kubectl -n ${namespace} patch service ${service} -p '{"spec":{"selector":{"${selectorKey}":"${to.colour}"}}}'`,
    takes: () => 1_000,
    ifItFails: 'roll back',
    share: () => 100,
    isWhole: true,
    notes: ['callers inside the cluster are not ramped: they move here, all at once'],
  };
}

/** What the move needs to know. */
export function selectorChange({ request, release }: Context): SelectorChange {
  const { production, rollback } = request.spec;
  return {
    cluster: production.cluster,
    namespace: production.namespace,
    service: production.service,
    selectorKey: production.selectorKey,
    candidate: side(release.candidate),
    live: side(release.live),
    capacity: release.live.replicas,
    minimumReady: rollback.minimumReady,
  };
}
