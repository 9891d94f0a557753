import type { CounterSelector } from './counter';
import type { Milliseconds } from './values';

export interface WatchingSpec {
  readonly every: Milliseconds;
  /** How far an inconclusive watch is extended in all before a person is asked. */
  readonly extendAtMost: Milliseconds;
  /** Counts the gateway's requests by colour, for the split actually served: callers that the weights do not steer would shift it. */
  readonly requests: CounterSelector;
}
