/** Rung database: the verified backup, or the migrations' own way down; never automatic, and only on two people's word (runbook, database rollback). */
import type {
  MigrationsRequest,
  MigrationsState,
  RestoreReceipt,
  RestoreRequest,
  ReverseRequest,
  SinceReceipt,
  SinceRequest,
} from '../contract';
import { databaseRequest, databaseSubject, migrationsUnfinished } from '../database';
import { unresolved } from '../release';
import type { DatabaseSpec } from '../spec';
import type { Context, ForwardOnly, Lookup, Runner, Section } from '../step';
import { lock } from '../phase-2-production/step-2.0-lock';
import { answersWell } from './health';
import type { DatabaseWish, RollbackWish } from './level';

export const rowsSince: Lookup<SinceRequest, SinceReceipt> = {
  kind: 'lookup',
  id: 'rollback.since',
  title: 'rows since the backup',
  does: 'rowsSinceBackup',
  policy: 'database',
  summary: ({ backup }) => `what was written since backup ${backup ?? '(the newest)'}`,
  takes: () => 2_000,
  ifItFails: 'roll back',
  planned: ({ backup }) => ({
    backup: backup ?? unresolved,
    takenAt: unresolved,
    madeBy: unresolved,
    rows: null,
    words: unresolved,
    tables: [],
  }),
};

export const appliedMigrations: Lookup<MigrationsRequest, MigrationsState> = {
  kind: 'lookup',
  id: 'rollback.migrations',
  title: 'applied migrations',
  does: 'readMigrations',
  policy: 'database',
  summary: ({ version }) => `what of the migrations of ${version} is applied`,
  takes: () => 2_000,
  ifItFails: 'roll back',
  planned: () => ({ applied: 0, last: null, digest: unresolved, pending: [] }),
};

/** What is there now is dumped first, so that even this has a way back. */
export const restore: ForwardOnly<RestoreRequest, RestoreReceipt> = {
  kind: 'forward-only',
  id: 'rollback.restore',
  title: 'restore the database',
  does: 'restoreDatabase',
  unfinished: (request) => ({
    subject: databaseSubject(request),
    byHand: `as it was before: pg_restore --clean --if-exists --single-transaction --no-owner --dbname=URL ${request.database.backup?.folder ?? '.'}/${request.deployment}-before-restore.dump`,
  }),
  production: true,
  policy: 'database',
  summary: ({ backup }) => `the database as in backup ${backup}; what is there now is dumped first`,
  takes: ({ database }) => database.restore.deadline / 10,
  ifItFails: 'ask',
  receipt: ({ tables, rows, takenAt, safety }) => `${tables} tables, ${rows} rows, as of ${takenAt}; before it: ${safety.file}`,
  stays: ({ backup }) => `the database as in backup ${backup}: what was written since is only in the dump that was made before it`,
};

export const reverse: ForwardOnly<ReverseRequest, MigrationsState> = {
  kind: 'forward-only',
  id: 'rollback.reverse',
  title: 'reverse the migrations',
  does: 'reverseMigrations',
  unfinished: migrationsUnfinished,
  production: true,
  policy: 'database',
  summary: ({ steps, version }) => `the newest ${steps} of the migrations of ${version} taken back`,
  takes: ({ database }) => (database.migrations?.timeout ?? 0) / 30,
  ifItFails: 'ask',
  receipt: ({ applied, last }) => `${applied} applied, the newest ${last ?? 'none'}`,
  stays: ({ steps }) => `${steps} reversed ${steps === 1 ? 'migration' : 'migrations'}: applied again with the next release`,
};

/** The sections of the rung, by what is done; the titles are the same for both. */
const databaseSection = (run: Section['run']): Section => ({
  id: 'rollback.database',
  title: 'the database back',
  phase: 'rollback',
  run,
});
export const databaseSections: readonly Section[] = [lock, databaseSection(async () => undefined), answersWell];

/** Looks, asks two people who see what would be lost, and does it under the lock. Answers with what was done, in a sentence. */
export async function rollBackDatabase(runbook: Runner, context: Context, wish: RollbackWish): Promise<string> {
  const { database, rollback, service } = context.request.spec;
  const how = wish.database;
  // Refused when it was resolved.
  if (!database || !rollback.database || !how) return '';
  const steps = { backup: byBackup, migrations: byMigrations }[how.by];
  const { shows, section, says } = await steps(runbook, context, database, wish, how);
  const approvers = await runbook.approve(
    { kind: 'gate', id: 'database', title: `the database of ${service} back`, ...rollback.database.gate },
    { digest: context.release.digest, shows: [...shows, serving(context)], changed: [] },
    context,
  );
  for (const each of [lock, databaseSection((runner) => section(runner, approvers)), answersWell]) await runbook.section(each, context);
  return says;
}

interface Prepared {
  readonly shows: readonly string[];
  readonly section: (runbook: Runner, approvers: readonly string[]) => Promise<void>;
  readonly says: string;
}

async function byBackup(
  runbook: Runner,
  context: Context,
  database: DatabaseSpec,
  wish: RollbackWish,
  how: DatabaseWish,
): Promise<Prepared> {
  const request = databaseRequest(database, context);
  const backup = how.backup ?? wish.of;
  const since = await runbook.look(rowsSince, {
    ...request,
    backup,
    of: wish.of,
    ...(how.older === undefined ? {} : { older: true as const }),
  });
  const tables = since.tables.map(({ table, before, now }) => `${table} ${before} → ${now}`);
  return {
    shows: [
      `backup ${since.backup} of ${since.takenAt}, verified in ${since.madeBy}`,
      ...(how.older === undefined ? [] : [`NOT verified in ${wish.of}: an older one is accepted with this approval: ${how.older}`]),
      `lost by it: ${since.words}${tables.length > 0 ? ` (${tables.join(', ')})` : ''}`,
      'what is there now is dumped first',
    ],
    section: (runner, approvers) =>
      runner.forwardOnly(restore, {
        ...request,
        backup: since.backup,
        of: wish.of,
        ...(how.older === undefined ? {} : { olderAccepted: `${how.older} (${approvers.join(', ')})` }),
      }),
    says: `The database of ${context.request.spec.service} is as in backup ${since.backup} of ${since.takenAt}.`,
  };
}

async function byMigrations(
  runbook: Runner,
  context: Context,
  database: DatabaseSpec,
  _: RollbackWish,
  how: DatabaseWish,
): Promise<Prepared> {
  const request = { ...databaseRequest(database, context), version: how.version };
  const from = await runbook.look(appliedMigrations, request);
  const { steps = 1 } = how;
  const gone = steps === 1 ? `migration ${from.last ?? unresolved}` : `the newest ${steps} of ${from.applied} migrations`;
  return {
    shows: [
      `${gone} taken back by ${(database.migrations?.down ?? []).join(' ').replaceAll('{steps}', String(steps))}`,
      'what they dropped or rewrote does not come back by it',
    ],
    section: (runner) => runner.forwardOnly(reverse, { ...request, from, steps }),
    says: `The database of ${context.request.spec.service} is without ${gone}.`,
  };
}

function serving({ release }: Context): string {
  return `meanwhile ${release.version} serves on ${release.candidate.colour}, and goes on serving`;
}
