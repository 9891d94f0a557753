/** Runbook, pre-deployment checklist: infrastructure checks. */
import type { ChecklistLine, Context } from '../step';
import { backupLines } from './database';

export function infrastructureLines(context: Context): readonly ChecklistLine[] {
  return [...backupLines(context)];
}
