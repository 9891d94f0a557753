import type { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../../workflows/runbook/failures';
import { failure, retryDelay } from '../../failures';

/** The sink has certainly not taken it. `retryAfter` is its header of that name. */
export function refusal(type: FailureType, what: string, remedy: string, retryAfter?: string): ApplicationFailure {
  return failure(type, what, { remedy, wrote: false }, retryDelay(retryAfter, Date.now()));
}
