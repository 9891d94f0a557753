/** Runbook, pre-deployment checklist: environment preparation. */
import type { ChecklistLine, Context } from '../step';

export function environmentLines(_context: Context): readonly ChecklistLine[] {
  return [];
}
