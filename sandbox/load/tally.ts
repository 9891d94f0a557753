/** What one stream of requests met. */
export interface Tally extends Counts {
  readonly lastSecond: Counts;
}
export interface Counts {
  readonly requests: number;
  /** Answers of 500 and more, and requests that were not answered at all. */
  readonly errors: number;
  readonly byColour: Readonly<Record<string, number>>;
  readonly byVersion: Readonly<Record<string, number>>;
}
/** One answer; colour and version as the application says them in its headers. */
export interface Served {
  readonly at: number;
  readonly failed: boolean;
  readonly colour: string | null;
  readonly version: string | null;
}

/** Counts answers. Mutable: the memory of one stream of requests. */
export class Counter {
  private total: Counts = { requests: 0, errors: 0, byColour: {}, byVersion: {} };
  private recent: readonly Served[] = [];

  count(served: Served): void {
    this.total = add(this.total, served);
    this.recent = [...this.recent.filter(isRecent(served.at)), served];
  }

  tally(now = Date.now()): Tally {
    const none: Counts = { requests: 0, errors: 0, byColour: {}, byVersion: {} };
    return { ...this.total, lastSecond: this.recent.filter(isRecent(now)).reduce(add, none) };
  }
}

const isRecent =
  (now: number) =>
  ({ at }: Served): boolean =>
    now - at <= 1000;

function add(counts: Counts, { failed, colour, version }: Served): Counts {
  return {
    requests: counts.requests + 1,
    errors: counts.errors + (failed ? 1 : 0),
    byColour: increment(counts.byColour, colour),
    byVersion: increment(counts.byVersion, version),
  };
}

const increment = (counts: Readonly<Record<string, number>>, key: string | null): Readonly<Record<string, number>> =>
  key === null ? counts : { ...counts, [key]: (counts[key] ?? 0) + 1 };
