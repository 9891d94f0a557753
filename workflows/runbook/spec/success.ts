import type { Milliseconds } from './values';

/** Runbook, success criteria. */
export interface SuccessSpec {
  readonly criteria: readonly CriterionSpec[];
}

/** One criterion: proved by steps and watches, by its duration, by alerting, or attested; by one of these. */
export interface CriterionSpec {
  readonly id: string;
  readonly title: string;
  /** Steps, sections or attestations that must be done, with nothing skipped. */
  readonly steps?: readonly string[];
  /** Signals that every watch must have found within their limits. */
  readonly watches?: readonly string[];
  readonly duration?: DurationCriterion;
  /** Alertmanager's matchers: no alert that all of them match may be active. */
  readonly alerts?: readonly string[];
  /** Of the closed list: no machine can look. */
  readonly attestation?: string;
}

/** Work and watches may take so many times their plan, and a grace. */
export interface DurationCriterion {
  readonly times: number;
  readonly grace: Milliseconds;
}
