import { estimateOf } from '../../workflows/runbook/estimates';
import type { PlanLine } from '../../workflows/runbook/plan';
import { leftOut } from '../../workflows/runbook/profiles';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { ProductionStanding } from './outlook';
import { standingInWords } from './windows';

/** What is done otherwise than by the standard runbook, and when production would begin, in sentences below a plan. */
export function askedNotes(request: DeploymentRequest, lines: readonly PlanLine[], standing: ProductionStanding | null): readonly string[] {
  const { note } = estimateOf(request, lines);
  return [
    ...leftOut(request).map(sentence),
    ...(note === undefined ? [] : [sentence(note)]),
    ...(standing ? [sentence(standingInWords(standing))] : []),
  ];
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`;
}
