/** The gate before migrations that the code of before does not work with, or that nothing takes back. */
import type { MigrationsRequest, MigrationsState } from '../contract';
import { databaseRequest } from '../database';
import { unresolved } from '../release';
import type { MigrationsSpec } from '../spec';
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

/** Waits for people where the spec says that there is no easy way back; where nothing is pending, for nobody. */
export async function approveMigrations(runbook: Runner, context: Context): Promise<void> {
  const { database, gates, off } = context.request.spec;
  const { migrations } = database ?? {};
  if (!database || !migrations || !gates.contract || off['2.0m'] !== undefined) return;
  if (migrations.kind === 'expand' && migrations.reversible) return;
  const state = await runbook.look(readPending, databaseRequest(database, context));
  if (state.pending.length === 0) return;
  await runbook.approve(
    { kind: 'gate', id: 'contract', title: 'migrations without an easy way back', besides: true, ...gates.contract },
    { digest: context.release.digest, shows: [pendingInWords(state), meaning(migrations)], changed: [] },
    context,
  );
}

function meaning({ kind, reversible }: MigrationsSpec): string {
  const back = reversible ? 'they are taken back by their own way down' : 'nothing takes them back but a restore of the database';
  return kind === 'contract'
    ? `contract: the code of before does not work with them; ${back}`
    : `expand: the code of before works with them; ${back}`;
}
