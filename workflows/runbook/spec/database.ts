import type { CommandSpec } from './command';
import type { Milliseconds, SecretReference } from './values';

/** The service's database: PostgreSQL. */
export interface DatabaseSpec {
  /** Its connection URL with user and password: `postgresql://user:password@host:port/name`. */
  readonly url: SecretReference;
  /** URL of any database on the server where scratch databases are made; the database's own server where it is absent. */
  readonly scratch?: SecretReference;
  /** Folder of pg_dump and pg_restore; found on PATH where it is absent. */
  readonly tools?: string;
  readonly backup?: DatabaseBackupSpec;
  readonly migrations?: MigrationsSpec;
  /** Rules of a restore (runbook, database rollback). */
  readonly restore: { readonly deadline: Milliseconds };
}

/** The backup before a deployment: a dump of ours, or a managed snapshot that somebody else makes. */
export interface DatabaseBackupSpec {
  /** Folder of the dumps, which every exec worker sees. */
  readonly folder?: string;
  /** Dumps that are kept, the newest. */
  readonly keep: number;
  /** How long dump, restore into scratch, and comparison may take together. */
  readonly deadline: Milliseconds;
  readonly snapshot?: SnapshotSpec;
}

/** A snapshot of the provider: its age, and a command that proves it. */
export interface SnapshotSpec {
  readonly name: string;
  /** How old it may be. */
  readonly newerThan: Milliseconds;
  /** Ends with code 0 where the snapshot is good, and prints the time at which it was taken as its last line; `{snapshot}` is replaced. */
  readonly proof: CommandSpec;
}

/** The migrations of a release, run by commands in a checkout of its commit. */
export interface MigrationsSpec {
  /** Prints a line for each migration, oldest first: `applied NAME` or `pending NAME`. */
  readonly list: readonly string[];
  /** Applies all that are pending. */
  readonly up: readonly string[];
  /** Takes the newest `{steps}` back. */
  readonly down?: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How long one command may take. */
  readonly timeout: Milliseconds;
  /** Variable in which the commands find the connection URL. */
  readonly variable: string;
  /** Table in which applied migrations are noted: a scratch database gets its rows. */
  readonly table: string;
  /** `expand`: the code of before works with the new schema. `contract`: it does not. */
  readonly kind: 'expand' | 'contract';
  /** `down` may be run while the service runs, and loses nothing that is missed. */
  readonly reversible: boolean;
}
