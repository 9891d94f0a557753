import type { CiSpec, CommandSpec, CoverageLimits, Milliseconds, SecretReference } from '../spec';
import type { CommandReceipt, CommandRequest } from './tests';

/** Checklist: code quality. */
export interface CodeActivities {
  /** Code quality, on the exec queue: a command on a clean checkout of the release's commit; once per commit. */
  checkCode(request: CodeRequest): Promise<CodeReceipt>;
  /** Code quality, on the exec queue: runs the tests and reads the coverage that they leave as a JSON summary; once per commit. */
  checkCoverage(request: CoverageRequest): Promise<CoverageReceipt>;
  /** Code quality: what a CI says of the release's commit. */
  readCommitStatus(request: CommitStatusRequest): Promise<CommitStatusReceipt>;
}

/** Code quality: a command on a checkout of its own, which `prepare` has made ready. */
export interface CodeRequest extends CommandRequest {
  readonly prepare?: CommandSpec;
}
export interface CodeReceipt extends CommandReceipt {
  /** The same command has passed on the same commit before. */
  readonly cached: boolean;
}
export interface CoverageRequest extends CodeRequest {
  readonly limits: CoverageLimits;
}
export interface CoverageReceipt {
  readonly took: Milliseconds;
  /** sha256 of the whole output. */
  readonly output: string;
  /** Fractions of one. */
  readonly statements: number;
  readonly branches: number;
  readonly cached: boolean;
}

export interface CommitStatusRequest {
  readonly ci: Pick<CiSpec, 'name' | 'url' | 'kind' | 'passes' | 'wait'>;
  /** Its name there. */
  readonly check: string;
  readonly commit: string;
  readonly token?: SecretReference;
}
export interface CommitStatusReceipt {
  /** Who says so. */
  readonly source: string;
  readonly link: string | null;
}
