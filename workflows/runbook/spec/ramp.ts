import type { Milliseconds, Percent } from './values';

export interface RungSpec {
  readonly share: Percent;
  readonly watch: Milliseconds;
}

export interface RampSpec {
  /** 2.2: the candidate's first share. */
  readonly initial: RungSpec;
  /** 2.3: the rungs that follow. */
  readonly steps: readonly RungSpec[];
  /** The watch after the Service selector has moved. */
  readonly selectorWatch: Milliseconds;
  /** How long the old colour stays warm, at the replicas that it had. */
  readonly soak: Milliseconds;
}
