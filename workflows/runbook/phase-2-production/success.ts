/** Runbook, success criteria: judged from what the deployment has done and measured; the rest is attested by people. */
import { isAttestation } from '../attestations';
import type { MonitoringReceipt, MonitoringRequest } from '../contract';
import { judgeCriterion } from '../success';
import type { CriterionSpec, Spec } from '../spec';
import type { Check, ChecklistLine, Proof, Section } from '../step';

/** Alerting is asked again, at the end: what fired meanwhile shows here. */
function alertsAreQuiet({ id, title }: CriterionSpec): Check<MonitoringRequest, MonitoringReceipt> {
  return {
    kind: 'check',
    id,
    title,
    does: 'checkMonitoring',
    policy: 'probe',
    summary: ({ monitoring: { alerts } }) => `no alert is active${alerts.length > 0 ? `: ${alerts.join(', ')}` : ''}`,
    takes: () => 2_000,
    ifItFails: 'ask',
    receipt: ({ alerts, alertmanagers }) => `${alerts} active alerts, ${alertmanagers} Alertmanagers`,
  };
}

function proofOf(criterion: CriterionSpec): Proof {
  const { id, title, steps = [], watches = [], duration, alerts } = criterion;
  const what = [
    ...steps.map((step) => `${step} done, nothing skipped`),
    ...watches.map((signal) => `${signal} within its limit in every watch`),
    ...(duration ? [`work and watches took at most ${duration.times} times their plan`] : []),
    ...(alerts === true ? ['no alert is active'] : []),
  ];
  return { id, title, what: what.join('; '), judge: (facts) => judgeCriterion(criterion, facts) };
}

/** One criterion as a line; one that is asked of alerting and does not know where alerting is cannot be proved. */
function lineOf(criterion: CriterionSpec, spec: Spec): ChecklistLine {
  const { id, title } = criterion;
  const { tokens } = spec;
  const monitoring = spec.checklist?.infrastructure?.monitoring;
  if (criterion.alerts !== true || !monitoring) return { id, title, perform: (checker) => checker.prove(proofOf(criterion)) };
  const token = monitoring.token === undefined ? undefined : tokens[monitoring.token];
  return { id, title, perform: (checker) => checker.check(alertsAreQuiet(criterion), { monitoring, ...(token ? { token } : {}) }) };
}

export const success: Section = {
  id: 'success',
  title: 'success criteria',
  phase: 'phase 2: production',
  since: 'success',
  without: (spec) => (spec.success ? null : 'the spec has no success criteria'),
  async run(runbook, context) {
    const { spec } = context.request;
    const criteria = spec.success?.criteria ?? [];
    await runbook.checklist(
      criteria.filter(({ attestation }) => attestation === undefined).map((criterion) => lineOf(criterion, spec)),
      context,
    );
    const asked = [...(spec.monitoring?.signals ?? []), ...criteria].flatMap(({ attestation }) => attestation ?? []);
    await runbook.attested([...new Set(asked)].filter(isAttestation), context);
  },
};
