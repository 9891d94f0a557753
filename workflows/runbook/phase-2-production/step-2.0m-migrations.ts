/** Migrations of the release: a change of their own, between the lock and the first step. Their reverse is the undo where the spec says that it may be run. */
import { WHOLE_RUNBOOK } from '../patches';
import type { ApplyRequest, MigrationsRequest, MigrationsState } from '../contract';
import { databaseRequest, migrationsUnfinished, namesOf } from '../database';
import type { Change, ForwardOnly, Section } from '../step';
import { shortCommit } from '../workload';

const migrationsOf = ({ database }: MigrationsRequest) => database.migrations;
const common = {
  title: 'migrate the database',
  policy: 'database',
  summary: ({ version, database: { migrations } }: MigrationsRequest) =>
    `pending migrations of ${version} (${migrations?.kind ?? 'expand'})`,
  takes: (request: MigrationsRequest) => (migrationsOf(request)?.timeout ?? 0) / 30,
  ifItFails: 'ask',
} as const;

/** Reversible: captured, applied, and taken back by their own way down. */
export const migrate: Change<ApplyRequest, MigrationsState> = {
  ...common,
  kind: 'change',
  id: '2.0m.migrate',
  capture: 'readMigrations',
  apply: 'migrate',
  undo: 'undoMigrations',
  apart: { read: 'database', undo: 'databaseUndo' },
  subject: ({ service, environment }) => `database/${service}-${environment}`,
  rank: 'database',
  production: true,
  // A command that runs cannot be fenced off by its undo: an abort stops it and waits for its end.
  creates: true,
  migrates: ({ pending }) => pending,
  undoTakes: common.takes,
  undoes: () => "the release's migrations taken back",
  byHand: (to, { commit, database }) =>
    to.pending.length === 0
      ? 'nothing: no migration was pending'
      : `in a checkout of ${shortCommit(commit)}: ${(database.migrations?.down ?? []).map((word) => word.replaceAll('{steps}', String(to.pending.length))).join(' ')}`,
};

/** Not reversible: nothing takes them back but a restore, on people's word. */
export const applyMigrations: ForwardOnly<ApplyRequest, MigrationsState> = {
  ...common,
  kind: 'forward-only',
  id: '2.0m.apply',
  does: 'applyMigrations',
  unfinished: migrationsUnfinished,
  production: true,
  migrates: ({ seen }) => seen?.pending ?? [],
  receipt: ({ applied, last }) => `${applied} applied, the newest ${last ?? 'none'}`,
  stays: (request) =>
    migrationsOf(request)?.kind === 'contract'
      ? `migrations of ${request.version}: the code of before does not work with them, and only a restore of the database takes them back`
      : `migrations of ${request.version}: the code of before works with them, so that they may stay`,
  notes: ['no rollback takes them back'],
};

export const migrations: Section = {
  id: '2.0m',
  title: 'migrations',
  phase: 'phase 2: production',
  inWindow: true,
  since: WHOLE_RUNBOOK,
  without: ({ database }) => (database?.migrations ? null : 'the spec names no migrations'),
  async run(runbook, context) {
    const { database } = context.request.spec;
    if (!database?.migrations) return;
    const { migrations: seen } = context;
    const request = { ...databaseRequest(database, context), ...(seen ? { seen } : {}) };
    if (database.migrations.reversible) await runbook.change(migrate, request);
    else await runbook.forwardOnly(applyMigrations, request);
  },
};

/** What is pending, for people. */
export function pendingInWords({ pending }: MigrationsState): string {
  return `${pending.length} pending: ${namesOf(pending, 5)}`;
}
