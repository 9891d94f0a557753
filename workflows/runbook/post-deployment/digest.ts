/** The digest of a period, in words. */
import type { SignalSpec } from '../spec';
import type { CheckCounts, DigestRequest, FollowUpReceipt } from './follow-up';

const words: Readonly<Record<FollowUpReceipt['verdict'], string>> = {
  pass: 'everything is within its limits',
  fail: 'NOT WITHIN ITS LIMITS',
  inconclusive: 'not known: no evidence is no pass',
  superseded: 'another release serves now',
};

/** The text of the digest, the look that it goes out with included. */
export function digestText(
  { period, counts, trend, lines }: DigestRequest,
  { verdict, reasons, note, shares }: Pick<FollowUpReceipt, 'verdict' | 'reasons' | 'note' | 'shares'>,
  signals: readonly SignalSpec[],
): string {
  return [
    `${period}: ${countsInWords(add(counts, verdict))}; now ${words[verdict]}.`,
    ...reasons.map((reason) => `- ${reason}`),
    ...(note === '' ? [] : [note]),
    ...signals.flatMap(({ id, title }) => {
      const course = [...(trend[id] ?? []), shares[id] ?? null];
      return course.length > 1 ? [`${title}: ${course.map(percent).join(' → ')}`] : [];
    }),
    ...lines,
  ].join('\n');
}

export function countsInWords({ passed, failed, inconclusive }: CheckCounts): string {
  const all = passed + failed + inconclusive;
  const rest = [...(failed > 0 ? [`${failed} failed`] : []), ...(inconclusive > 0 ? [`${inconclusive} inconclusive`] : [])];
  return [`${passed} of ${all} ${all === 1 ? 'look' : 'looks'} passed`, ...rest].join(', ');
}

/** One more look. */
export function add(counts: CheckCounts, verdict: FollowUpReceipt['verdict']): CheckCounts {
  const { passed, failed, inconclusive } = counts;
  if (verdict === 'pass') return { passed: passed + 1, failed, inconclusive };
  if (verdict === 'fail') return { passed, failed: failed + 1, inconclusive };
  return verdict === 'inconclusive' ? { passed, failed, inconclusive: inconclusive + 1 } : counts;
}

const percent = (share: number | null): string => (share === null ? '?' : `${(share * 100).toFixed(1)} %`);
