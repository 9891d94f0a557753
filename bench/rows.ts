import type { Pairs } from './pairs';
import { bootstrapInterval, median, neighbourRatios, ratios, summarize, type Interval, type Summary } from './statistics';

/** One line of a metric: measured times as a ratio of pairs, or something that was counted. */
export type Row = RatioRow | CountRow;

export interface RatioRow {
  readonly kind: 'ratio';
  readonly what: string;
  /** The largest ratio that is good enough; null where it is told for information. */
  readonly goal: number | null;
  readonly unit: string;
  readonly baselineIs: string;
  readonly baseline: Summary;
  readonly subject: Summary;
  /** Of the pairs' ratios. */
  readonly ratio: Summary & { readonly interval: Interval };
  /** The baseline against itself. */
  readonly sameAgain: Summary & { readonly interval: Interval };
}

export interface CountRow {
  readonly kind: 'count';
  readonly what: string;
  readonly goal: number | null;
  readonly unit: string;
  readonly figure: number;
  readonly n: number;
}

export type Verdict = 'OK' | 'MISSED' | 'for information';

export function ratioRow(
  { what, goal, unit = 'ms', baselineIs }: Pick<RatioRow, 'what' | 'goal' | 'baselineIs'> & { readonly unit?: string },
  pairs: Pairs,
): RatioRow {
  const withInterval = (values: readonly number[]) => ({ ...summarize(values), interval: bootstrapInterval(values) });
  return {
    kind: 'ratio',
    what,
    goal,
    unit,
    baselineIs,
    baseline: summarize(pairs.baseline),
    subject: summarize(pairs.subject),
    ratio: withInterval(ratios(pairs.baseline, pairs.subject)),
    sameAgain: withInterval(neighbourRatios(pairs.baseline)),
  };
}

/** The figure is the largest of the values: a count is promised for every run. */
export function countRow(
  { what, goal, unit }: Pick<CountRow, 'what' | 'goal' | 'unit'>,
  values: readonly number[],
  of: (values: readonly number[]) => number = (all) => Math.max(...all),
): CountRow {
  return { kind: 'count', what, goal, unit, figure: of(values), n: values.length };
}

/** For figures of memory, where one run in the middle tells more than the largest. */
export const middle = median;

export function figureOf(row: Row): number {
  return row.kind === 'ratio' ? row.ratio.median : row.figure;
}

export function verdictOf(row: Row): Verdict {
  if (row.goal === null) return 'for information';
  return figureOf(row) <= row.goal ? 'OK' : 'MISSED';
}

/** How far the baseline's own interval may lie from 1 before times of this run say nothing. */
const widest = { low: 0.8, high: 1.25 } as const;

/** Whether the baseline against itself is steady enough for the ratio to mean something. */
export function isValid(row: Row): boolean {
  if (row.kind === 'count') return true;
  const { low, high } = row.sameAgain.interval;
  return low >= widest.low && high <= widest.high;
}
