/** The gate before migrations that the code of before does not work with, or that nothing takes back. */
import type { MigrationsRequest, MigrationsState } from '../contract';
import { databaseRequest } from '../database';
import { unresolved } from '../release';
import type { DatabaseSpec, GateSpec, MigrationsSpec, Spec } from '../spec';
import type { Context, Lookup, Runner } from '../step';
import { pendingInWords } from './step-2.0m-migrations';

const readPending: Lookup<MigrationsRequest, MigrationsState> = {
  kind: 'lookup',
  id: 'gate.migrations',
  title: 'pending migrations',
  does: 'readMigrations',
  policy: 'database',
  summary: ({ version }) => `what ${version} migrates`,
  takes: () => 2_000,
  ifItFails: 'ask',
  planned: () => ({ applied: 0, last: null, digest: unresolved, pending: [unresolved] }),
};

/**
 * Waits for people where the spec says that there is no easy way back; where nothing is pending, for nobody.
 *
 * @returns what was looked at, also where nothing was pending: nothing else is applied later. Null where the spec asks nobody.
 */
export async function approveMigrations(runbook: Runner, context: Context, changed: readonly string[]): Promise<MigrationsState | null> {
  const asked = askedOf(context.request.spec);
  if (asked === null) return null;
  const { database, migrations, gate } = asked;
  const seen = await runbook.look(readPending, databaseRequest(database, context));
  if (seen.pending.length === 0) return seen;
  await runbook.approve(
    { kind: 'gate', id: 'contract', title: 'migrations without an easy way back', besides: true, ...gate },
    { digest: context.release.digest, shows: [pendingInWords(seen), meaning(migrations)], changed },
    context,
  );
  return seen;
}

/** What of the migrations is no longer as people have seen it, after the wait whose look has this id. */
export async function differencesOfMigrations(
  runbook: Runner,
  context: Context,
  seen: MigrationsState,
  after: string,
): Promise<readonly string[]> {
  const asked = askedOf(context.request.spec);
  if (asked === null) return [];
  const again = {
    ...readPending,
    id: `${after}.migrations`,
    title: 'pending migrations again',
    section: 'gate',
    planned: () => seen,
  } as const;
  const now = await runbook.look(again, databaseRequest(asked.database, context));
  return inWords(seen) === inWords(now) && seen.digest === now.digest ? [] : [`migrations: ${inWords(seen)} → ${inWords(now)}`];
}

function askedOf({ database, gates, off }: Spec): Asked | null {
  const { migrations } = database ?? {};
  if (!database || !migrations || !gates.contract || off['2.0m'] !== undefined) return null;
  return migrations.kind === 'expand' && migrations.reversible ? null : { database, migrations, gate: gates.contract };
}
interface Asked {
  readonly database: DatabaseSpec;
  readonly migrations: MigrationsSpec;
  readonly gate: GateSpec;
}

function inWords(state: MigrationsState): string {
  return `${state.applied} applied, the newest ${state.last ?? 'none'}, ${state.pending.length === 0 ? 'none pending' : pendingInWords(state)}`;
}

function meaning({ kind, reversible }: MigrationsSpec): string {
  const back = reversible ? 'they are taken back by their own way down' : 'nothing takes them back but a restore of the database';
  return kind === 'contract'
    ? `contract: the code of before does not work with them; ${back}`
    : `expand: the code of before works with them; ${back}`;
}
