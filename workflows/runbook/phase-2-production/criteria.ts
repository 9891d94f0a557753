/** Lines that the deployment's own evidence proves: criteria of success, and what is monitored. */
import type { MonitoringReceipt, MonitoringRequest } from '../contract';
import type { Verdict } from '../judge/judge';
import { tokenOf } from '../pre-deployment/environment';
import { judgeCriterion, proofWords } from '../success';
import type { CriterionSpec, Spec } from '../spec';
import { isPartOf, type Check, type ChecklistLine, type Proof } from '../step';

/** Alerting is asked again, at the end: what fired meanwhile shows here. */
function alertsAreQuiet({ id, title }: CriterionSpec): Check<MonitoringRequest, MonitoringReceipt> {
  return {
    kind: 'check',
    id,
    title,
    does: 'checkMonitoring',
    policy: 'probe',
    summary: ({ monitoring: { alerts } }) => `no active alert ${alerts.join(', ')}`,
    takes: () => 2_000,
    ifItFails: 'ask',
    receipt: ({ alerts, alertmanagers }) => `${alerts} active alerts, ${alertmanagers} Alertmanagers`,
  };
}

/** What of a criterion is proved by steps that are left out, with the reasons; and what is left of it. */
function splitOff({ steps = [], ...rest }: CriterionSpec, { off }: Pick<Spec, 'off'>) {
  const reasons = steps.flatMap((id) =>
    Object.entries(off).flatMap(([left, why]) => (isPartOf(id, left) ? [`without ${id}: ${why}`] : [])),
  );
  const kept = steps.filter((id) => !Object.keys(off).some((left) => isPartOf(id, left)));
  return { reasons, kept: { ...rest, ...(kept.length > 0 ? { steps: kept } : {}) } };
}

/** A criterion that only what is left out would prove is left out with it: that was decided where the step was. */
function without(criterion: CriterionSpec): (spec: Spec) => string | null {
  return (spec) => {
    const { reasons, kept } = splitOff(criterion, spec);
    return reasons.length > 0 && !kept.steps && !kept.watches ? reasons.join('; ') : null;
  };
}

function proofOf(criterion: CriterionSpec, spec: Spec): Proof {
  const { reasons, kept } = splitOff(criterion, spec);
  const { id, title } = criterion;
  const what = [proofWords(kept), ...reasons].filter(Boolean);
  return { id, title, what: what.join('; '), judge: (facts) => noted(judgeCriterion(kept, facts), reasons) };
}

/** What was left out is said with what was proved. */
function noted(verdict: Verdict, reasons: readonly string[]): Verdict {
  return verdict.kind === 'pass' ? { ...verdict, note: [verdict.note, ...reasons].join(' · ') } : verdict;
}

/** One criterion as a line; one that is asked of alerting and does not know where alerting is cannot be proved. */
export function lineOf(criterion: CriterionSpec, spec: Spec): ChecklistLine {
  const { id, title, alerts } = criterion;
  const monitoring = spec.checklist?.infrastructure?.monitoring;
  if (!alerts || !monitoring)
    return { id, title, without: without(criterion), perform: (checker) => checker.prove(proofOf(criterion, spec)) };
  const asked = { monitoring: { ...monitoring, alerts }, ...tokenOf(spec, monitoring) };
  return { id, title, perform: (checker) => checker.check(alertsAreQuiet(criterion), asked) };
}
