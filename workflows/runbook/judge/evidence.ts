/** Counts on which one signal is judged. */
export interface Evidence {
  readonly part: number;
  readonly among: number;
}

/** Counts of one value of the label by which a signal is judged apart. */
export interface Apart extends Evidence {
  readonly value: string;
}

/** Why a sample or a signal says nothing: absent, malformed, not a number, stale, too few. */
export type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** What one signal's counters said so far. */
export interface SignalTally {
  readonly signal: string;
  readonly candidate: Evidence;
  /** The live colour, where it serves too. */
  readonly control: Evidence;
  /** The most recent interval alone: a failure that begins late is seen at once. */
  readonly latest: Evidence;
  /** Of the values with events enough the one that is furthest beyond the limit, or nearest to it; absent where there is none. */
  readonly worst?: Apart;
  /** The few values with most that speaks against them, from which the next part of a watch goes on; absent where nothing speaks against any. */
  readonly suspects?: readonly Apart[];
  /** For people: the quantile in seconds, null where it is not known. */
  readonly quantile: number | null;
  /** Why the signal could not be read at the last sample, null where it could. */
  readonly unknown: string | null;
}

/** What a sampler has seen. Small: it travels in heartbeat details. */
export interface SampleTally {
  readonly samples: number;
  /** Milliseconds of the window that no sample covers: outages of metrics or of the worker longer than two intervals. */
  readonly missing: number;
  readonly signals: readonly SignalTally[];
  /** Requests that the candidate served among all. */
  readonly split: Evidence;
  /** Set at the first proof of failure. */
  readonly failure: string | null;
  /** What of ours somebody else has changed since, and who; absent where nothing was. */
  readonly drift?: Drift;
}

/** A value of ours that is not as it was written. */
export interface Drift {
  readonly subject: string;
  /** What was found, what was expected, and who wrote last. */
  readonly words: string;
  /** Somebody has raised the epoch: whatever we still want to write is refused. */
  readonly isTakenOver?: true;
}
