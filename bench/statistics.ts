/** A sample in three numbers. */
export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The q-quantile of the values, between neighbours in proportion. NaN where there are none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below === undefined || above === undefined ? NaN : below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function summarize(values: readonly number[]): Summary {
  return { n: values.length, median: median(values), p10: quantile(values, 0.1), p90: quantile(values, 0.9) };
}

/** Subject over baseline, pair by pair. */
export function ratios(baseline: readonly number[], subject: readonly number[]): readonly number[] {
  return subject.flatMap((value, place) => {
    const base = baseline[place];
    return base === undefined ? [] : [value / base];
  });
}

/** Every value over its neighbour before it: what a ratio of 1 looks like in this run. */
export function neighbourRatios(values: readonly number[]): readonly number[] {
  return ratios(values, values.slice(1));
}

/** Bootstrap interval of the median: the middle `level` of the medians of resamples. The same values always give the same interval. */
export function bootstrapInterval(values: readonly number[], { level = 0.95, resamples = 2_000 } = {}): Interval {
  const random = randomNumbers(20_261_124);
  const pick = (): number => values[Math.floor(random() * values.length)] ?? NaN;
  const medians = Array.from({ length: resamples }, () => median(values.map(pick)));
  const tail = (1 - level) / 2;
  return { low: quantile(medians, tail), high: quantile(medians, 1 - tail) };
}

/** Slope of the least-squares line through the points. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (read: (point: { readonly x: number; readonly y: number }) => number): number =>
    points.reduce((sum, point) => sum + read(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const covariance = mean((point) => (point.x - x) * (point.y - y));
  return covariance / mean((point) => (point.x - x) ** 2);
}

/** Numbers in [0, 1) from a seed (mulberry32): reports of the same samples must not differ. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
