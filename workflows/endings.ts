import { ApplicationFailure } from '@temporalio/workflow';
import type { EndingKind } from './runbook/failures';

/** Why a deployment stops before its end, and on whose word. */
export interface Ending {
  readonly kind: EndingKind;
  readonly by: string | null;
  /** The one sentence. */
  readonly reason: string;
}

const STOPPED = 'Stopped';

/** Stops the script. A Temporal failure, so that it unwinds; anything else that is thrown is a defect of ours and waits for a fixed worker. */
export function stop(ending: Ending): ApplicationFailure {
  return ApplicationFailure.create({ type: STOPPED, message: ending.reason, nonRetryable: true, details: [ending] });
}

/** The ending that a thrown failure carries, if it is one of `stop`. */
export function endingOf(error: unknown): Ending | null {
  if (!(error instanceof ApplicationFailure) || error.type !== STOPPED) return null;
  const [ending] = error.details ?? [];
  return ending as Ending;
}

/** Endings on a person's word: any ready endpoint of the old colour is enough for the way back. */
export function isUrgent({ kind }: Ending): boolean {
  return kind === 'aborted' || kind === 'rolled-back-by-person' || kind === 'cancelled';
}
