/** With step 2.4: what the monitoring of the spec reads on /metrics. The rest of it is known by watches, steps and people. */
import { WHOLE_RUNBOOK } from '../patches';
import type { GaugesReceipt, GaugesRequest } from '../contract';
import { gaugesOf, otherwiseKnown } from '../monitoring';
import type { Check, Section } from '../step';

/** Runbook, "monitoring checklist": all gauges by the same scrapes; what is beyond its limit is told at once. */
export function checkGauges(notes: readonly string[]): Check<GaugesRequest, GaugesReceipt> {
  return {
    kind: 'check',
    id: 'monitoring.gauges',
    title: 'gauges',
    does: 'checkGauges',
    policy: 'wait',
    summary: ({ gauges }) => `${gauges.length} gauges within their limits: ${gauges.map(({ title }) => title).join(', ')}`,
    takes: ({ every }) => 2 * every,
    ifItFails: 'roll back',
    receipt: ({ values }) => `${Object.keys(values).length} gauges within their limits`,
    notes,
  };
}

export const monitoring: Section = {
  id: 'monitoring',
  title: 'monitoring',
  phase: 'phase 2: production',
  since: WHOLE_RUNBOOK,
  without: (spec) => (gaugesOf(spec).length > 0 ? null : 'the spec monitors nothing beside the watches'),
  run: (runbook, { request: { spec }, release }) =>
    runbook.check(checkGauges(otherwiseKnown(spec)), {
      metricsUrl: spec.production.metricsUrl,
      colour: release.candidate.colour,
      every: spec.watching.every,
      gauges: gaugesOf(spec),
    }),
};
