/** Runbook, phase 2, step 2.3: 20, 50, 80, 100 % with a watch each; then the Service selector as a step of its own. */
import type { SelectorChange, SelectorState } from '../contract';
import type { Change, Context, Section } from '../step';
import { shiftTraffic, side, trafficChange } from './traffic';

export const moveSelector: Change<SelectorChange, SelectorState> = {
  kind: 'change',
  id: '2.3.selector',
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
  notes: ['callers inside the cluster are not ramped: they move here, all at once'],
};

export const gradualRollout: Section = {
  id: '2.3',
  title: 'gradual rollout',
  phase: 'phase 2: production',
  async run(runbook, context) {
    const { ramp } = context.request.spec;
    for (const { share, watch } of ramp.steps) {
      await runbook.change(shiftTraffic('2.3', share), trafficChange(context, share));
      await runbook.watch({ kind: 'watch', id: `2.3.watch-${share}`, title: `watch at ${share} %`, window: watch, share }, context);
    }
    await runbook.change(moveSelector, selectorChange(context));
    await runbook.watch(
      { kind: 'watch', id: '2.3.watch-selector', title: 'watch after the selector', window: ramp.selectorWatch, share: 100 },
      context,
    );
  },
};

function selectorChange({ request, release }: Context): SelectorChange {
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
