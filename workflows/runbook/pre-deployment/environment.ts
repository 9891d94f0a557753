/** Runbook, pre-deployment checklist: environment preparation. */
import type { ChecklistLine, Context } from '../step';
import { migrationLines } from './database';

export function environmentLines(context: Context): readonly ChecklistLine[] {
  return [...migrationLines(context)];
}
