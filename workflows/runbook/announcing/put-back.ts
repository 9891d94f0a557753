import { announced } from '../announced';
import { type Leftover, exposureWords, rollback } from '../announcements';
import type { Announcement } from './facts';
import { isExposed } from './impact';
import { about } from './readers';

/** Runbook, rollback notification: putting back has ended, whole or not. */
export function wasPutBack(
  reason: string,
  beganAt: number,
  { undone, left }: { readonly undone: readonly unknown[]; readonly left: readonly Leftover[] },
): Announcement {
  return {
    kind: 'rollback',
    key: 'rollback',
    title: 'rollback, when putting back has ended',
    write(facts) {
      const run = announced(facts);
      return rollback(about(facts), {
        ended: run.ended(undone.length > 0),
        now: isExposed(facts) ? run.still(facts.share) : run.back,
        reason,
        beganAt,
        endedAt: facts.now,
        affected: exposureWords(facts.exposure, run),
        undone: undone.length,
        left,
      });
    },
  };
}
