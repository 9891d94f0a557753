import type { Hold, Recorded } from '../target';

/** A conditional write: what shall be, what was recorded before, and the key that makes it happen once. */
export interface Write<Change, State> {
  readonly change: Change;
  readonly from: State;
  /** `deploymentId/stepId/forward` */
  readonly key: string;
  /** Where production is written: the lock that is held. */
  readonly hold?: Hold;
  /** What the record in the cluster must say before the write. */
  readonly entry?: Recorded;
  /** The commit point: from here on the record is no reason to put anything back. */
  readonly commits?: true;
}

/** A compensation: "make it be `to`". */
export interface Undo<Change, State> {
  readonly to: State;
  /** What we last asked for, so that a value that is neither is recognised as foreign. */
  readonly change: Change;
  /** `deploymentId/stepId/undo` */
  readonly key: string;
  /** A person asked: any ready endpoint of the old colour is enough. */
  readonly urgent: boolean;
  readonly hold?: Hold;
}

export interface UndoReceipt {
  readonly result: 'restored' | 'already-there' | 'left-to-others' | 'took-over';
  /** One sentence where there is something to say: whom it overrode, what it left. */
  readonly note?: string;
}

/** An object's identity at the time it was captured. */
export interface ObjectVersion {
  readonly uid: string;
  readonly resourceVersion: string;
}
