import type { GaugeSpec } from '../spec';
import type { Verdict } from './judge';

/** What a gauge said: a number, or why it said none. */
export type GaugeReading =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'absent'; readonly reason: string }
  /** Unreadable, malformed, not a number. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** A gauge against its limit. What is absent fails or is inconclusive, as declared: it is never a pass. */
export function judgeGauge(
  gauge: Pick<GaugeSpec, 'direction' | 'limit' | 'absence'> & { readonly title: string },
  reading: GaugeReading,
): Verdict {
  const { title, direction, limit, absence } = gauge;
  if (reading.kind === 'absent' && absence === 'fail') return { kind: 'fail', reason: `${title}: ${reading.reason}` };
  if (reading.kind !== 'value') return { kind: 'inconclusive', reason: `${title}: ${reading.reason}` };
  const { value } = reading;
  const holds = direction === 'below' ? value < limit : value > limit;
  return holds
    ? { kind: 'pass', note: gaugeInWords(gauge, value) }
    : { kind: 'fail', reason: `${gaugeInWords(gauge, value)}, must stay ${direction} ${rounded(limit)}` };
}

/** `open database connections 42` */
export const gaugeInWords = ({ title }: { readonly title: string }, value: number): string => `${title} ${rounded(value)}`;

/** Three digits that matter. */
export const rounded = (value: number): string => String(Number(value.toPrecision(3)));
