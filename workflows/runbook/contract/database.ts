import type { DatabaseSpec, Milliseconds } from '../spec';
import type { Undo, UndoReceipt, Write } from './writes';

/** The service's database, on the exec queue: backup, restore, migrations. */
export interface DatabaseActivities {
  /** On the exec queue: a dump that was restored and compared, or the proof of a managed snapshot. */
  backUpDatabase(request: BackupRequest): Promise<BackupReceipt>;
  /** On the exec queue: how much was written since a backup. */
  rowsSinceBackup(request: SinceRequest): Promise<SinceReceipt>;
  /** On the exec queue: the database as it was in a verified backup. What is there now is dumped first. */
  restoreDatabase(request: RestoreRequest): Promise<RestoreReceipt>;
  /** On the exec queue: what is applied and what is pending. */
  readMigrations(request: MigrationsRequest): Promise<MigrationsState>;
  /** On the exec queue: up, down and up again on a scratch database with the schema of the real one. */
  tryMigrations(request: MigrationsRequest): Promise<TrialReceipt>;
  /** 2.0m, on the exec queue: applies what is pending. */
  migrate(write: Write<ApplyRequest, MigrationsState>): Promise<MigrationsState>;
  undoMigrations(undo: Undo<ApplyRequest, MigrationsState>): Promise<UndoReceipt>;
  /** 2.0m, on the exec queue: applies what is pending and cannot be taken back. */
  applyMigrations(request: ApplyRequest): Promise<MigrationsState>;
  /** On the exec queue: takes the newest migrations back, and none but those named. */
  reverseMigrations(request: ReverseRequest): Promise<MigrationsState>;
}

/** The database of a service, and the deployment that asks. */
export interface DatabaseRequest {
  readonly database: DatabaseSpec;
  readonly deployment: string;
  readonly service: string;
  readonly environment: string;
}
/** Where commands of the spec find their files. */
export interface CheckoutRequest {
  readonly version: string;
  readonly commit: string;
  readonly remote: string;
}

export interface BackupRequest extends DatabaseRequest, CheckoutRequest {}
export type BackupReceipt = DumpReceipt | SnapshotReceipt;
/** A dump that was restored into a scratch database and found equal, within its own snapshot. */
export interface DumpReceipt {
  readonly kind: 'dump';
  /** Names it: the deployment's id. */
  readonly id: string;
  /** File below the folder of the spec. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly tables: number;
  readonly rows: number;
  /** ISO time of the snapshot that it holds. */
  readonly takenAt: string;
}
export interface SnapshotReceipt {
  readonly kind: 'snapshot';
  readonly id: string;
  readonly takenAt: string;
  readonly age: Milliseconds;
  /** sha256 of what the proof printed. */
  readonly proof: string;
}

export interface SinceRequest extends DatabaseRequest {
  /** Absent: the newest verified one of the service. */
  readonly backup?: string;
  /** The deployment in which it must have been verified, unless another one is accepted; absent: in any. */
  readonly of?: string;
  readonly older?: true;
}
export interface SinceReceipt {
  readonly backup: string;
  /** Of the dump: what is restored must be that. */
  readonly sha256: string;
  readonly takenAt: string;
  /** Deployment in which it was made. */
  readonly madeBy: string;
  /** Restored and compared when it was made; false for what was saved before a restore, which was only read. */
  readonly isVerified: boolean;
  /** Rows inserted, updated or deleted since; null where nobody can tell. */
  readonly rows: number | null;
  /** The sentence that people read: the figure with its source, or why it is unknown. */
  readonly words: string;
  /** Tables with most change, at most five. */
  readonly tables: readonly { readonly table: string; readonly before: number; readonly now: number }[];
}

export interface RestoreRequest extends DatabaseRequest {
  readonly backup: string;
  /** Of its dump, as people were shown it. */
  readonly sha256: string;
  /** The deployment in which the backup must have been verified. */
  readonly of: string;
  /** Who accepted a backup of another deployment, and why; on record. */
  readonly olderAccepted?: string;
}
export interface RestoreReceipt {
  readonly backup: string;
  readonly takenAt: string;
  /** The dump of what was there before. */
  readonly safety: Pick<DumpReceipt, 'id' | 'file' | 'bytes' | 'sha256'>;
  readonly tables: number;
  readonly rows: number;
  /** What was written since the backup and is lost, in a sentence: between the two dumps. */
  readonly lost: string;
  readonly took: Milliseconds;
  /** What a restore does not put back: tables that were made since, rows that came in while it was compared. */
  readonly notes: readonly string[];
}

export interface MigrationsRequest extends DatabaseRequest, CheckoutRequest {}
export interface MigrationsState {
  /** How many are applied. */
  readonly applied: number;
  /** The newest that is applied; null where none is. */
  readonly last: string | null;
  /** sha256 over the names of those applied, shortened. */
  readonly digest: string;
  /** Names of those that are pending, oldest first. */
  readonly pending: readonly string[];
}
export interface TrialReceipt {
  readonly pending: readonly string[];
  /** `not declared`: the spec does not say that they are reversible. */
  readonly down: 'tried' | 'not declared' | 'nothing pending';
  readonly took: Milliseconds;
}
export interface ApplyRequest extends MigrationsRequest {
  /** As people have seen it: nothing else is applied. Absent where nobody was asked. */
  readonly seen?: MigrationsState;
}
export interface ReverseRequest extends MigrationsRequest {
  /** As people have seen it: a retry goes no further down. */
  readonly seen: MigrationsState;
  /** The newest of those applied, oldest first: what is taken back. */
  readonly names: readonly string[];
}
