import { nearest } from '../../spec/nearest';
import type { PlanLine } from '../../workflows/runbook/plan';
import type { Spec } from '../../workflows/runbook/spec';
import { isPartOf } from '../../workflows/runbook/step';
import { wrongUsage } from '../problems';

/** Refuses a spec that names steps as proof that its plan does not have: what nobody does would be found out after hours, or never. */
export function refuseUnknownSteps({ success, monitoring }: Spec, lines: readonly PlanLine[], file: string): void {
  const named = [
    ...(success?.criteria ?? []).flatMap(({ steps = [] }, index) =>
      steps.map((step, place) => [`success.criteria[${index}].steps[${place}]`, step] as const),
    ),
    ...(monitoring?.signals ?? []).flatMap(({ step }, index) =>
      step === undefined ? [] : [[`monitoring.signals[${index}].step`, step] as const],
    ),
  ];
  const ids = [...new Set(lines.flatMap(({ id, section }) => [id, section]))];
  const off = lines.filter(({ kind }) => kind === 'off').map(({ id }) => id);
  const problems = named
    .filter(([, step]) => !ids.includes(step) && !off.some((id) => isPartOf(step, id)))
    .map(([path, step]) => {
      const similar = nearest(step, ids);
      return `${file}  ${path} is ${JSON.stringify(step)}: the plan has no such line.${similar ? ` Did you mean ${similar}?` : ''}`;
    });
  if (problems.length > 0) throw wrongUsage(problems.join('\n'), { problems });
}
