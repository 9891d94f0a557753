import type { RollbackWish } from '../rollback/level';
import type { DeploymentReport, Outcome } from '../view';

interface Named {
  readonly service: string;
  readonly version: string;
  readonly rollback?: RollbackWish | null;
}

/** Service and version; of a rollback its rung and what it rolls back. */
export function whatItIs({ service, version, rollback }: Named): string {
  return rollback ? `${service}: rollback (${rollback.level}) of ${rollback.of}` : `${service} ${version}`;
}

/**
 * How it ended, as the end of a sentence about it. A rollback that is rolled back is not done: said so that nobody takes it for that. What stays
 * by its nature, such as a restored database, is not as before.
 */
export function howItEnded({
  outcome,
  rollback,
  forwardOnly,
  unwell,
}: Pick<DeploymentReport, 'outcome' | 'rollback' | 'forwardOnly' | 'unwell'>): string {
  if (unwell) return 'ROLLBACK INCOMPLETE: it is where it was to go, and not well there: mend that, or take the next rung';
  const isRollback = rollback !== undefined;
  if (isRollback && outcome === 'ROLLED_BACK') {
    return forwardOnly.length > 0
      ? `not done, put back but for what stays: ${forwardOnly.join('; ')}`
      : 'not done, everything is as it was before the rollback';
  }
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
