import type { RollbackWish } from '../rollback/level';
import type { Outcome } from '../view';

interface Named {
  readonly service: string;
  readonly version: string;
  readonly rollback?: RollbackWish | null;
}

/** Service and version; of a rollback its rung and what it rolls back. */
export function whatItIs({ service, version, rollback }: Named): string {
  return rollback ? `${service}: rollback (${rollback.level}) of ${rollback.of}` : `${service} ${version}`;
}

/** How it ended, as the end of a sentence about it. A rollback that is rolled back has changed nothing: said so that nobody takes it for done. */
export function howItEnded(outcome: Outcome, isRollback: boolean): string {
  if (isRollback && outcome === 'ROLLED_BACK') return 'not done, everything is as it was before the rollback';
  return isRollback && outcome === 'FAILED' ? 'not done, nothing is changed' : outcomeWords[outcome];
}

const outcomeWords: Readonly<Record<Outcome, string>> = {
  SUCCEEDED: 'succeeded',
  SUCCEEDED_WITH_WAIVERS: 'succeeded, with steps that were skipped',
  ROLLED_BACK: 'rolled back: the world is as before',
  ROLLBACK_INCOMPLETE: 'ROLLBACK INCOMPLETE: finish it by hand',
  FAILED: 'ended, nothing is changed',
  EXPIRED: 'expired: nobody decided in time',
};
