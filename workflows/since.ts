import { patched } from '@temporalio/workflow';
import { WHOLE_RUNBOOK } from './runbook/patches';

/** Whether this run does what came with a patch. One that has the newest has all before it, and need not remember each: two events less apiece. */
export function begunWith(patch: string): boolean {
  return patched(WHOLE_RUNBOOK) || patched(patch);
}
