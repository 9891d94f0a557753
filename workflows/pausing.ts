import { condition, isCancellation, patched } from '@temporalio/workflow';
import type { Desk } from './desk';
import { unpause, type DeskState } from './desk-state';
import { WHOLE_RUNBOOK } from './runbook/patches';
import type { Milliseconds } from './runbook/spec';
import { span } from './runbook/words';

/** How long a pause may last where the spec does not say. */
const usual = 24 * 60 * 60 * 1000;
const reminders = [0.5, 0.8];
type Remind = (pause: NonNullable<DeskState['paused']>, limit: Milliseconds, share: number) => void;

/** A pause has an end, as every wait for people has: what nobody resumes in time is put back, or goes on where that would be the wrong way. Runs beside the script, and ends with its scope. */
export async function limitPauses(desk: Desk, remind: Remind): Promise<void> {
  try {
    for (;;) await limitOne(desk, remind);
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

async function limitOne(desk: Desk, remind: Remind): Promise<void> {
  const { state } = desk;
  const limit = state.request.spec.attention.pauseDeadline ?? usual;
  await condition(() => state.paused !== null);
  const { paused } = state;
  const isOver = (): boolean => state.paused !== paused;
  // Those that were begun before wait for ever.
  if (!paused || !patched(WHOLE_RUNBOOK)) {
    await condition(isOver);
    return;
  }
  paused.until = paused.since + limit;
  for (const share of [...reminders, 1]) {
    const left = Math.max(1, paused.since + share * limit - Date.now());
    if (await condition(isOver, left, { summary: `paused by ${paused.by}: at most ${span(limit)}` })) return;
    if (share < 1) remind(paused, limit, share);
  }
  if (goesOn(state)) unpause(state);
  else desk.end({ kind: 'expired', by: null, reason: `Paused by ${paused.by} for ${span(limit)}: nobody resumed it.` });
}

/** Neither what a rollback has left nor what a commit has is brought back because a pause was forgotten. */
export const goesOn = ({ request, ramp }: Pick<DeskState, 'request' | 'ramp'>): boolean =>
  request.rollback !== undefined || ramp?.isCommitted === true;
