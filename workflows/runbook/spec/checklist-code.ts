import type { CommandSpec } from './command';
import type { Milliseconds } from './values';

/** Code quality: commands on clean checkouts of the release's commit, or what a CI has found for it. */
export interface CodeSpec {
  /** Runs first in each checkout. */
  readonly prepare?: CommandSpec;
  readonly types?: CommandSpec;
  readonly tests?: CommandSpec;
  readonly coverage?: CommandSpec & CoverageLimits;
  readonly boundaries?: CommandSpec;
  readonly lint?: CommandSpec;
  readonly hooks?: CommandSpec;
  readonly ci?: CiSpec;
}

export interface CoverageLimits {
  /** The JSON summary that the command writes, below its directory. */
  readonly summary: string;
  /** Fractions of one. */
  readonly statements: number;
  readonly branches: number;
}

/** Check runs or commit statuses as GitHub has them, or a field of any JSON. */
export type CommitStatusKind = 'check-runs' | 'statuses' | 'json';

export interface CiSpec {
  /** Named as the source in receipts. */
  readonly name: string;
  /** `{commit}` is replaced. */
  readonly url: string;
  readonly token?: string;
  readonly kind: CommitStatusKind;
  /** Lines of the code's quality to the name of their check there: a check run, a status context, or a field's path. */
  readonly checks: Readonly<Record<string, string>>;
  /** For `json`: the value that means passed. */
  readonly passes: string;
  /** How long a check that still runs is waited for. */
  readonly wait: Milliseconds;
}
