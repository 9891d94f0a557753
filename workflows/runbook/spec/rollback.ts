import type { GateSpec } from './gates';
import type { RungSpec } from './ramp';
import type { RequestSpec } from './request';
import type { Milliseconds } from './values';

export interface RollbackSpec {
  /** Fraction of the old colour's replicas that must be ready before traffic returns without a person's word. */
  readonly minimumReady: number;
  /** Where the service tells that it is well, asked at the end of a rollback; absent: /health. */
  readonly health?: string;
  readonly partial?: PartialRollbackSpec;
  readonly flags?: FlagsRollbackSpec;
  readonly system?: SystemRollbackSpec;
  readonly database?: DatabaseRollbackSpec;
}

/** Rung database: who decides on it; at least two people. */
export interface DatabaseRollbackSpec {
  readonly gate: GateSpec;
}

/** Rung partial: the candidate's share down during the ramp, and how long that is watched. */
export type PartialRollbackSpec = RungSpec;

/** Rung flags: values that are safe. */
export interface FlagsRollbackSpec {
  readonly values: Readonly<Record<string, string>>;
  /** How long the live colour is watched after it has them. */
  readonly watch: Milliseconds;
  /** Who decides that the live colour restarts; absent: as before production. */
  readonly gate?: GateSpec;
}

/** Rung system: what is asked of production afterwards. */
export interface SystemRollbackSpec {
  /** Absent: the smoke tests of step 1.2. */
  readonly requests?: readonly RequestSpec[];
}
