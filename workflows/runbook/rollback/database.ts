/** Rung database: the verified backup, or the migrations' own way down; never automatic, and only on two people's word (runbook, database rollback). */
import type { MigrationsState, RestoreReceipt, RestoreRequest, ReverseRequest, SinceReceipt, SinceRequest } from '../contract';
import { databaseRequest, databaseSubject, namesOf, reversalUnfinished } from '../database';
import { unresolved, type Release } from '../release';
import type { DatabaseSpec, RollbackSpec } from '../spec';
import type { Context, ForwardOnly, Lookup, Runner, Section } from '../step';
import { lockTarget } from '../phase-2-production/step-2.0-lock';
import { takenBack } from './brought';
import { answersWell } from './health';
import type { DatabaseWish, RollbackWish } from './level';
import { contracts, lookAtMigrations, migrationsRequest, resolveAgain, rollbackRequest, type Looked } from './resolve';

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
    sha256: unresolved,
    takenAt: unresolved,
    madeBy: unresolved,
    isVerified: true,
    rows: null,
    words: unresolved,
    tables: [],
  }),
};

export const rowsSinceAgain = { ...rowsSince, id: 'gate.since', title: 'rows since the backup, again', section: 'gate' } as const;

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
  receipt: ({ tables, rows, takenAt, lost, safety }) =>
    `${tables} tables, ${rows} rows, as of ${takenAt}; lost by it: ${lost}; before it: ${safety.file}`,
  stays: ({ backup }) => `the database as in backup ${backup}: what was written since is only in the dump that was made before it`,
};

export const reverse: ForwardOnly<ReverseRequest, MigrationsState> = {
  kind: 'forward-only',
  id: 'rollback.reverse',
  title: 'reverse the migrations',
  does: 'reverseMigrations',
  unfinished: reversalUnfinished,
  production: true,
  policy: 'database',
  summary: ({ names, version }) => `${namesOf(names)} of ${version} taken back`,
  takes: ({ database }) => (database.migrations?.timeout ?? 0) / 30,
  ifItFails: 'ask',
  receipt: ({ applied, last }) => `${applied} applied, the newest ${last ?? 'none'}`,
  stays: ({ names }) => `without ${namesOf(names)}: applied again with the next release`,
};

/** The sections of the rung, by what is done; the titles are the same for both. */
const databaseSection = (run: Section['run']): Section => ({
  id: 'rollback.database',
  title: 'the database back',
  phase: 'rollback',
  run,
});
export const databaseSections: readonly Section[] = [databaseSection(async () => undefined), answersWell];

/**
 * Looks, asks two people who see what would be lost, and does it under the lock. Their gate opens again where something else would go back by then,
 * or much more would be lost. Answers with what was done, in a sentence.
 */
export async function rollBackDatabase(runbook: Runner, context: Context, wish: RollbackWish, { applied }: Looked): Promise<string> {
  const { request } = context;
  const { database, rollback, service } = request.spec;
  const how = wish.database;
  // Refused when it was resolved.
  if (!database || !rollback.database || !how) return '';
  const asked: Asked = { request, database, wish, how };
  let stands: Standing = {
    release: context.release,
    ...(applied ? { applied } : {}),
    ...(await lookAtBackup(runbook, asked, context.release)),
  };
  // However often it is looked at meanwhile: a little more each time is much more in the end.
  let approved = stands;
  let changed: readonly string[] = [];
  const lookAgain = async (): Promise<readonly string[]> => {
    stands = await standingNow(runbook, asked, stands);
    changed = differences(asked, approved, stands);
    return changed;
  };
  for (;;) {
    approved = stands;
    const { release } = stands;
    const subject = { digest: release.digest, shows: [...meansOf(how).shows(asked, stands), serving(asked, release)], changed };
    const approvers = await runbook.approve(gateOf(rollback.database, service), subject, { request, release });
    if ((await lookAgain()).length > 0) continue;
    const last = { request, release: stands.release };
    if (!(await lockTarget(runbook, last, lookAgain))) continue;
    const { perform, says } = meansOf(how);
    await runbook.section(
      databaseSection((runner) => perform(runner, asked, stands, approvers)),
      last,
    );
    if (isUnderIt(asked, release)) return `${says(asked, stands)} Now all traffic back: ${trafficBack(wish)}`;
    await runbook.section(answersWell, last);
    return says(asked, stands);
  }
}

interface Asked {
  readonly request: Context['request'];
  readonly database: DatabaseSpec;
  readonly wish: RollbackWish;
  readonly how: DatabaseWish;
}
/** What people decide on. */
interface Standing extends Looked {
  readonly release: Release;
}
/** One of the two ways back. */
interface Means {
  readonly shows: (asked: Asked, stands: Standing) => readonly string[];
  /** What goes back, by name: something else is another decision. */
  readonly what: (asked: Asked, stands: Standing) => string;
  readonly perform: (runbook: Runner, asked: Asked, stands: Standing, approvers: readonly string[]) => Promise<void>;
  readonly says: (asked: Asked, stands: Standing) => string;
}

function gateOf({ gate }: NonNullable<RollbackSpec['database']>, service: string) {
  return { kind: 'gate', id: 'database', title: `the database of ${service} back`, ...gate } as const;
}

async function lookAtBackup(
  runbook: Runner,
  { request, database, wish, how }: Asked,
  release: Release,
  step: typeof rowsSince = rowsSince,
): Promise<Pick<Looked, 'backup'>> {
  if (how.by !== 'backup') return {};
  const { of } = wish;
  const since = { ...databaseRequest(database, { request, release }), backup: how.backup ?? of, of };
  return { backup: await runbook.look(step, { ...since, ...(how.older === undefined ? {} : { older: true as const }) }) };
}

/** Hours later. */
async function standingNow(runbook: Runner, asked: Asked, { release, backup }: Standing): Promise<Standing> {
  const { request, wish } = asked;
  const now = {
    ...(await lookAtMigrations(runbook, request, wish, 'gate.migrations')),
    ...(await lookAtBackup(runbook, asked, release, { ...rowsSinceAgain, planned: (input, of) => backup ?? rowsSince.planned(input, of) })),
  };
  return { ...now, release: await runbook.look(resolveAgain(release), rollbackRequest(request, wish, now)) };
}

/** What people have not decided on: another colour serves, something else would go back, or more than twice as much would be lost. */
function differences(asked: Asked, before: Standing, now: Standing): readonly string[] {
  const { what } = meansOf(asked.how);
  const facts = [
    [serving(asked, before.release), serving(asked, now.release)],
    [what(asked, before), what(asked, now)],
    ...(isMuchMore(before.backup, now.backup) ? [[lost(before), lost(now)]] : []),
  ] as const;
  return facts.filter(([was, is]) => was !== is).map(([was, is]) => `${was} → ${is}`);
}

/** People write on while others decide: that alone is no other decision. */
function isMuchMore(before: SinceReceipt | undefined, now: SinceReceipt | undefined): boolean {
  if (!before || !now || before.rows === null) return false;
  return now.rows === null || now.rows > 2 * before.rows;
}

const means: Readonly<Record<DatabaseWish['by'], Means>> = {
  backup: {
    what: (_, { backup }) => `backup ${backup?.backup ?? unresolved}, sha256 ${backup?.sha256.slice(0, 12) ?? unresolved}`,
    shows: ({ wish, how }, stands) => {
      const { backup } = stands;
      if (!backup) return [];
      const made = backup.isVerified
        ? `verified in ${backup.madeBy}`
        : `saved before the restore in ${backup.madeBy}, read and NOT verified`;
      return [
        `backup ${backup.backup} of ${backup.takenAt}, ${made}`,
        ...(how.older === undefined ? [] : [`NOT verified in ${wish.of}: another one is accepted with this approval: ${how.older}`]),
        lost(stands),
        'what is there now is dumped first',
      ];
    },
    perform: async (runbook, { request, database, wish, how }, { release, backup }, approvers) => {
      if (!backup) return;
      await runbook.forwardOnly(restore, {
        ...databaseRequest(database, { request, release }),
        backup: backup.backup,
        sha256: backup.sha256,
        of: wish.of,
        ...(how.older === undefined ? {} : { olderAccepted: `${how.older} (${approvers.join(', ')})` }),
      });
    },
    says: ({ request }, { backup }) =>
      `The database of ${request.spec.service} is as in backup ${backup?.backup ?? unresolved} of ${backup?.takenAt ?? unresolved}.`,
  },
  migrations: {
    what: (asked, stands) => `${gone(asked, stands)} of ${stands.applied?.applied ?? 0} applied`,
    shows: (asked, stands) => {
      const down = (asked.database.migrations?.down ?? []).join(' ').replaceAll('{steps}', String(namesBack(asked, stands).length));
      return [`${what(asked, stands)}, taken back by ${down}`, 'what they dropped or rewrote does not come back by it'];
    },
    perform: async (runbook, asked, stands) => {
      const { request, database, wish } = asked;
      if (!stands.applied || !wish.brought) return;
      const names = namesBack(asked, stands);
      await runbook.forwardOnly(reverse, { ...migrationsRequest(database, request, wish.brought), seen: stands.applied, names });
    },
    says: (asked, stands) => `The database of ${asked.request.spec.service} is without ${gone(asked, stands)}.`,
  },
};

function meansOf({ by }: DatabaseWish): Means {
  return means[by];
}
function what(asked: Asked, stands: Standing): string {
  return meansOf(asked.how).what(asked, stands);
}

function namesBack({ wish, how }: Asked, { applied }: Standing): readonly string[] {
  return applied && wish.brought ? takenBack(wish.brought, applied, how) : [];
}
function gone(asked: Asked, stands: Standing): string {
  const names = namesBack(asked, stands);
  return `${names.length === 1 ? 'migration' : 'migrations'} ${names.join(', ')}`;
}

function lost({ backup }: Standing): string {
  const tables = (backup?.tables ?? []).map(({ table, before, now }) => `${table} ${before} → ${now}`);
  return `lost by it: ${backup?.words ?? unresolved}${tables.length > 0 ? ` (${tables.join(', ')})` : ''}`;
}

/** What came with the deployment still serves: its code may not work any more until the traffic has moved. */
function isUnderIt({ request, wish: { brought } }: Asked, { version }: Release): boolean {
  return contracts(request.spec) && version === brought?.version;
}

function serving(asked: Asked, release: Release): string {
  const what = `meanwhile ${release.version} serves on ${release.candidate.colour}`;
  return isUnderIt(asked, release)
    ? `${what}, and may fail until all traffic has moved: ${trafficBack(asked.wish)}`
    : `${what}, and goes on serving`;
}

function trafficBack({ of }: RollbackWish): string {
  return `analytics-deploy rollback ${of} --level traffic`;
}
