import type { CounterSelector } from './counter';
import type { Milliseconds } from './values';

export interface LoadSpec {
  readonly duration: Milliseconds;
  readonly connections: number;
  /** Requests per second over all connections. */
  readonly rate: number;
  readonly path: string;
  readonly token?: string;
  readonly limits: {
    readonly p95: Milliseconds;
    readonly errors: number;
    readonly cacheHits?: { readonly hits: CounterSelector; readonly lookups: CounterSelector; readonly above: number };
    readonly minimumRequests: number;
  };
}
