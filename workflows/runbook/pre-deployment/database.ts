/** Runbook, pre-deployment checklist: migrations are prepared and tested, the database is backed up and the backup verified. */
import type { BackupReceipt, BackupRequest, MigrationsRequest, TrialReceipt } from '../contract';
import { databaseRequest, namesOf } from '../database';
import type { Check, ChecklistLine, Context } from '../step';
import type { ChecklistLineId } from './ids';
import { line } from './line';

const backUpDatabase: Check<BackupRequest, BackupReceipt> & { readonly id: ChecklistLineId } = {
  kind: 'check',
  id: 'checklist.backup',
  title: 'database backup, verified',
  does: 'backUpDatabase',
  policy: 'database',
  summary: ({ database: { backup } }) =>
    backup?.snapshot ? `snapshot ${backup.snapshot.name} is good and young` : 'dump, restored into a scratch database and compared',
  takes: () => 60_000,
  ifItFails: 'ask',
  receipt: (backup) =>
    backup.kind === 'snapshot'
      ? `snapshot ${backup.id} of ${backup.takenAt.slice(0, 16).replace('T', ' ')} UTC`
      : `${backup.file}: ${size(backup.bytes)} · ${backup.tables} tables, ${backup.rows} rows restored alike · sha256 ${backup.sha256.slice(0, 12)}`,
};

const tryMigrations: Check<MigrationsRequest, TrialReceipt> & { readonly id: ChecklistLineId } = {
  kind: 'check',
  id: 'checklist.migrations',
  title: 'migrations tried',
  does: 'tryMigrations',
  policy: 'database',
  summary: ({ database: { migrations } }) =>
    `${migrations?.reversible ? 'up, down and up again' : 'up'} on a scratch database with production's schema`,
  takes: () => 30_000,
  ifItFails: 'ask',
  receipt: ({ pending, down }) => {
    if (pending.length === 0) return 'nothing pending';
    return `${pending.length} pending (${namesOf(pending)}): ${down === 'tried' ? 'up, down and up again' : 'up; down is not declared'}`;
  },
};

export function migrationLines(context: Context): readonly ChecklistLine[] {
  const { database } = context.request.spec;
  return database?.migrations ? [line(tryMigrations, databaseRequest(database, context))] : [];
}

export function backupLines(context: Context): readonly ChecklistLine[] {
  const { database } = context.request.spec;
  return database?.backup ? [line(backUpDatabase, databaseRequest(database, context))] : [];
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
