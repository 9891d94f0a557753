import type { Secret } from './secrets';

export interface LoadRun {
  readonly url: string;
  readonly token?: Secret | undefined;
  readonly connections: number;
  /** Requests per second over all connections. */
  readonly rate: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly signal: AbortSignal;
}

export interface LoadMeasured {
  /** Answers and failures together. */
  readonly requests: number;
  /** Answers other than 2xx, broken connections, time-outs. */
  readonly errors: number;
  /** Milliseconds; NaN where there was no answer. */
  readonly p95: number;
}

export interface Load {
  /** Rejects with the signal's reason once the generator has stopped. */
  run(load: LoadRun): Promise<LoadMeasured>;
}
