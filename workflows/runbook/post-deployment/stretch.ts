/** A stretch of looks that did not pass: what people are told of it, and when. */
import type { NotifyRequest } from '../contract';
import type { Failing, FollowUpReceipt } from './follow-up';

/** Inconclusive looks in a row of which people are told. */
const unknownInARow = 3;
/** What may be told of a look. */
export type Telling = 'pass' | 'fail' | 'inconclusive';

/** Of which findings the next look tells people: a stretch is told once, once more where it gets worse, and once when it is over. */
export function tellingsOf(before: Failing | null): readonly Telling[] {
  const told = before?.told ?? null;
  const unknown = before?.verdict === 'inconclusive' ? before.times + 1 : 1;
  return [
    ...(told === 'fail' ? [] : ['fail' as const]),
    ...(told === null && unknown >= unknownInARow ? ['inconclusive' as const] : []),
    ...(told === null ? [] : ['pass' as const]),
  ];
}

/** The stretch after one more look; null where it is over. What people were told is of the whole stretch, whatever its looks say in between. */
export function stretched(
  before: Failing | null,
  { verdict, reasons }: Pick<FollowUpReceipt, 'verdict' | 'reasons'>,
  wasTold: boolean,
  now: number,
): Failing | null {
  if (verdict !== 'fail' && verdict !== 'inconclusive') return null;
  const same = before?.verdict === verdict;
  return {
    verdict,
    since: same ? before.since : now,
    times: same ? before.times + 1 : 1,
    reasons,
    told: wasTold ? verdict : (before?.told ?? null),
  };
}

/** A message that a look carries, with what it has found. */
export function withReasons(notice: NotifyRequest, reasons: readonly string[]): NotifyRequest {
  return { ...notice, text: notice.text.split('{reasons}').join(reasons.join('; ')) };
}
