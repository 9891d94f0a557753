import type { TrafficChange, TrafficState, Undo, UndoReceipt, Write } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import type { Reference } from '../ports/kubernetes';

/** One way in which shares of traffic are set. Everything about a mechanism's objects is in its own file. */
export interface Mechanism {
  /** How traffic stands: the weight of each colour, and what a restore needs besides. */
  read(change: TrafficChange): Promise<TrafficState>;
  /** Going forward: conditionally on the recorded state, to a destination that has been proven healthy. */
  set(write: Write<TrafficChange, TrafficState>, attempt: Attempt): Promise<TrafficState>;
  /** Going back: to the recorded state, as soon as the old colour can serve. */
  restore(undo: Undo<TrafficChange, TrafficState>, attempt: Attempt): Promise<UndoReceipt>;
  /** What is found instead of what was asked for, and by whom; null where it is as asked. */
  drift(change: TrafficChange): Promise<string | null>;
  /** Pods are what shares are made of: the move itself brings them up, and proves them. */
  readonly bringsUpPods?: true;
  /** The objects that it writes. */
  reaches(change: TrafficChange): readonly Reference[];
}
