/** With step 2.4: what the monitoring of the spec reads on /metrics, what its steps have judged, and what people alone know of it. */
import { WHOLE_RUNBOOK } from '../patches';
import type { GaugesReceipt, GaugesRequest } from '../contract';
import { isAttestation, type AttestationId } from '../attestations';
import { gaugeInWords } from '../judge/gauges';
import { gaugesOf, otherwiseKnown, type NamedGauge } from '../monitoring';
import type { CriterionSpec, Spec } from '../spec';
import type { Check, Section } from '../step';
import { lineOf } from './criteria';

/** Runbook, "monitoring checklist": all gauges by the same scrapes; what is beyond its limit is told at once. */
export function checkGauges(asked: readonly NamedGauge[], notes: readonly string[]): Check<GaugesRequest, GaugesReceipt> {
  return {
    kind: 'check',
    id: 'monitoring.gauges',
    title: 'gauges',
    does: 'checkGauges',
    policy: 'wait',
    summary: ({ gauges }) => `${gauges.length} gauges within their limits: ${gauges.map(({ title }) => title).join(', ')}`,
    takes: ({ every }) => 2 * every,
    ifItFails: 'roll back',
    receipt: ({ values }) =>
      asked.flatMap((gauge) => (values[gauge.id] === undefined ? [] : [gaugeInWords(gauge, values[gauge.id] ?? 0)])).join(' · '),
    notes,
  };
}

/** Signals that a step has judged: what was not done, or was skipped, is asked about. */
function judgedBySteps({ monitoring }: Pick<Spec, 'monitoring'>): readonly CriterionSpec[] {
  return (monitoring?.signals ?? []).flatMap(({ id, title, step }) => (step === undefined ? [] : [{ id, title, steps: [step] }]));
}

/** Signals that people alone know. */
function knownByPeople({ monitoring }: Pick<Spec, 'monitoring'>): readonly AttestationId[] {
  return [...new Set((monitoring?.signals ?? []).flatMap(({ attestation }) => attestation ?? []))].filter(isAttestation);
}

export const monitoring: Section = {
  id: 'monitoring',
  title: 'monitoring',
  phase: 'phase 2: production',
  since: WHOLE_RUNBOOK,
  without: (spec) =>
    gaugesOf(spec).length + judgedBySteps(spec).length + knownByPeople(spec).length > 0
      ? null
      : 'the spec monitors nothing beside the watches',
  async run(runbook, context) {
    const { request, release } = context;
    const { spec } = request;
    const gauges = gaugesOf(spec);
    if (gauges.length > 0) {
      await runbook.check(checkGauges(gauges, otherwiseKnown(spec)), {
        metricsUrl: spec.production.metricsUrl,
        colour: release.candidate.colour,
        every: spec.watching.every,
        gauges,
      });
    }
    await runbook.checklist(
      judgedBySteps(spec).map((signal) => lineOf(signal, spec)),
      context,
    );
    if (!hasCriteria(spec)) await runbook.attested(knownByPeople(spec), context);
  },
};

/** Success criteria come right after it: people are interrupted once for both. */
const hasCriteria = ({ success, off }: Pick<Spec, 'success' | 'off'>): boolean => success !== undefined && !Object.hasOwn(off, 'success');

/** What monitoring leaves to be asked with the success criteria. */
export function askedWithCriteria(spec: Pick<Spec, 'monitoring' | 'off'>): readonly AttestationId[] {
  return Object.hasOwn(spec.off, monitoring.id) ? [] : knownByPeople(spec);
}
