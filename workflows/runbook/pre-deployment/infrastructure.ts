/** Runbook, pre-deployment checklist: infrastructure checks. */
import type { ChecklistLine, Context } from '../step';

export function infrastructureLines(_context: Context): readonly ChecklistLine[] {
  return [];
}
