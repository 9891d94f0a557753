/** Counts by upper bound, as cumulative as Prometheus writes them: `{"0.5": 90, "+Inf": 100}`. */
export type Buckets = Readonly<Record<string, number>>;

/** The quantile of a histogram by linear interpolation within its bucket, as Prometheus does; null where the counts do not tell. */
export function quantileOf(buckets: Buckets, q: number): number | null {
  const bounds = Object.entries(buckets)
    .map(([bound, count]) => ({ bound: /^\+?inf$/i.test(bound) ? Infinity : Number(bound), count }))
    .filter(({ bound }) => !Number.isNaN(bound))
    .sort((a, b) => a.bound - b.bound);
  const last = bounds.at(-1);
  if (last?.bound !== Infinity || last.count <= 0 || bounds.length < 2) return null;
  const rank = q * last.count;
  let [lower, below] = [0, 0];
  for (const { bound, count } of bounds) {
    if (count >= rank) {
      // Beyond the last finite bound nothing is known but that it is at least there.
      if (bound === Infinity) return lower;
      return count <= below ? bound : lower + ((bound - lower) * (rank - below)) / (count - below);
    }
    [lower, below] = [bound, Math.max(below, count)];
  }
  return null;
}
