import type { Outcome } from '../view';

/** How it ended, as the end of a sentence about the version. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  SUCCEEDED: 'succeeded',
  SUCCEEDED_WITH_WAIVERS: 'succeeded, with steps that were skipped',
  ROLLED_BACK: 'rolled back: the world is as before',
  ROLLBACK_INCOMPLETE: 'ROLLBACK INCOMPLETE: finish it by hand',
  FAILED: 'ended, nothing is changed',
  EXPIRED: 'expired: nobody decided in time',
};
