import type { Percent } from './spec';

/** How many pods each colour has for a share of traffic, of `pods` in all, where pods are all that shares can be made of. */
export interface ReplicaSplit {
  readonly candidate: number;
  readonly live: number;
  /** The share that these pods really make; percent. */
  readonly share: Percent;
}

/** The nearest that N pods can make: a tie goes to the candidate, and a share above 0 has at least one pod, one below 100 leaves one. */
export function replicaSplit(share: Percent, pods: number): ReplicaSplit {
  if (pods < 1) return { candidate: 0, live: 0, share };
  const nearest = Math.round((share * pods) / 100);
  const least = share > 0 ? 1 : 0;
  const most = share < 100 ? Math.max(pods - 1, least) : pods;
  const candidate = Math.min(Math.max(nearest, least), most);
  const live = pods - candidate;
  return { candidate, live, share: (100 * candidate) / pods };
}
