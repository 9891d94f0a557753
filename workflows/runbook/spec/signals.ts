import type { CounterSelector } from './counter';

/** One thing a watch judges: a part among all, on counters. */
export interface SignalSpec {
  readonly id: string;
  readonly title: string;
  readonly part: CounterSelector;
  readonly among: CounterSelector;
  /** Label whose values are judged one by one as well: what one endpoint does is not hidden by the others. */
  readonly by?: string;
  /** `below`: the part must stay below the limit (errors). `above`: it must stay above (cache hits, answers under 500 ms). */
  readonly direction: 'below' | 'above';
  /** Fraction of one. */
  readonly limit: number;
  /** Events among which the part is counted, below which nothing is judged. */
  readonly minimum: number;
  /** What it means that no series of the part exists while those of the whole do. */
  readonly absence: 'inconclusive' | 'zero';
  /** A histogram from which a quantile is shown beside the share, for people. */
  readonly quantile?: { readonly histogram: string; readonly labels: Readonly<Record<string, string>>; readonly q: number };
}
