import { createHash } from 'node:crypto';
import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ApplyRequest,
  MigrationsRequest,
  MigrationsState,
  ReverseRequest,
  TrialReceipt,
  Undo,
  UndoReceipt,
  Write,
} from '../../workflows/runbook/contract';
import type { MigrationsSpec } from '../../workflows/runbook/spec';
import type { Attempt } from '../activity';
import type { Command, Passed } from '../checkout';
import { failure, quote } from '../failures';
import type { Ports } from '../ports';
import type { DatabasePlace, Limits } from '../ports/databases';
import { withCheckout } from './commands';
import { firstOf, schemaDifferences } from './compare';
import { placeOf, scratchPlaceOf, within, withScratch } from './place';

type Direction = 'list' | 'up' | 'down';

/** Bytes: some thousands of migrations. */
const longestList = 256 * 1024;

/** Migrations of the release (runbook, environment preparation; step 2.0m; database rollback), by the commands of the spec. */
export function migrationActivities(ports: Ports) {
  /** The commands of one database, in one checkout. */
  async function withMigrations<T>(
    request: MigrationsRequest,
    signal: AbortSignal,
    work: (migrations: Migrations) => Promise<T>,
  ): Promise<T> {
    const place = await placeOf(ports, request.database);
    return withCheckout(ports, request, signal, (run) => work(new Migrations(ports, request, place, run, signal)));
  }

  /** All that is pending. */
  async function goUp(migrations: Migrations, before: MigrationsState, { mayWrite }: Attempt): Promise<MigrationsState> {
    if (before.pending.length === 0) return before;
    mayWrite();
    await migrations.run('up');
    const after = await migrations.list();
    if (after.pending.length === 0) return after;
    throw failure('CheckFailed', `"up" ended well and left pending: ${firstOf(after.pending)}`, {
      remedy: 'Mend the command, then retry.',
    });
  }

  /** Down to as many as `target` says, and no further, however often it is asked. */
  async function goDown(migrations: Migrations, before: MigrationsState, target: number, { mayWrite }: Attempt): Promise<MigrationsState> {
    const steps = before.applied - target;
    if (steps <= 0) return before;
    mayWrite();
    await migrations.run('down', steps);
    const after = await migrations.list();
    if (after.applied === target) return after;
    throw failure('CheckFailed', `"down" by ${steps} ended well and left ${after.applied} migrations instead of ${target}`, {
      remedy: 'Look into the table of migrations, mend it by hand, then retry.',
    });
  }

  return {
    readMigrations: (request: MigrationsRequest, { signal }: Attempt): Promise<MigrationsState> =>
      withMigrations(request, signal, (migrations) => migrations.list()),

    async tryMigrations(request: MigrationsRequest, { signal }: Attempt): Promise<TrialReceipt> {
      const started = performance.now();
      const spec = specOf(request);
      return withMigrations(request, signal, async (migrations) => {
        const { pending, applied, digest } = await migrations.list();
        const took = () => Math.round(performance.now() - started);
        if (pending.length === 0) return { pending, down: 'nothing pending', took: took() };
        const limits = within(4 * spec.timeout, signal);
        const scratchServer = await scratchPlaceOf(ports, request.database);
        await withScratch(ports.databases, scratchServer, request, 'migrations', limits, async (scratch) => {
          await copySchema(ports, migrations.place, scratch, spec.table, limits);
          const trial = migrations.on(scratch);
          const begin = await trial.list();
          if (begin.applied !== applied || begin.digest !== digest)
            throw failure('CheckFailed', `The scratch database knows ${begin.applied} applied migrations, the database ${applied}`, {
              remedy: 'Let database.migrations.table name the table in which they are noted.',
            });
          await tryOut(ports, trial, begin, spec, limits);
        });
        return { pending, down: spec.reversible ? 'tried' : 'not declared', took: took() };
      });
    },

    migrate: ({ change, from }: Write<ApplyRequest, MigrationsState>, attempt: Attempt): Promise<MigrationsState> =>
      withMigrations(change, attempt.signal, async (migrations) => {
        const now = await migrations.atRest();
        mustContinue(change.seen ?? from, now);
        return goUp(migrations, now, attempt);
      }),

    undoMigrations: ({ to, change }: Undo<ApplyRequest, MigrationsState>, attempt: Attempt): Promise<UndoReceipt> =>
      withMigrations(change, attempt.signal, async (migrations) => {
        const now = await migrations.atRest();
        if (now.applied < to.applied)
          return { result: 'left-to-others', note: `only ${now.applied} migrations are applied: fewer than before` };
        mustContinue(to, now);
        const steps = now.applied - to.applied;
        if (steps === 0) return { result: 'already-there' };
        await goDown(migrations, now, to.applied, attempt);
        return { result: 'restored', note: `${steps} taken back` };
      }),

    applyMigrations: (request: ApplyRequest, attempt: Attempt): Promise<MigrationsState> =>
      withMigrations(request, attempt.signal, async (migrations) => {
        const now = await migrations.atRest();
        if (request.seen) mustContinue(request.seen, now);
        return goUp(migrations, now, attempt);
      }),

    reverseMigrations: (request: ReverseRequest, attempt: Attempt): Promise<MigrationsState> =>
      withMigrations(request, attempt.signal, async (migrations) => {
        const { seen, names } = request;
        const now = await migrations.atRest();
        mustLead(seen, names, now);
        return goDown(migrations, now, seen.applied - names.length, attempt);
      }),
  };
}

/** The commands of the spec on one database. */
class Migrations {
  constructor(
    private readonly ports: Ports,
    private readonly request: MigrationsRequest,
    readonly place: DatabasePlace,
    private readonly runCommand: (command: Command) => Promise<Passed>,
    private readonly signal: AbortSignal,
  ) {}

  on(place: DatabasePlace): Migrations {
    return new Migrations(this.ports, this.request, place, this.runCommand, this.signal);
  }

  async run(direction: Direction, steps = 0): Promise<Passed> {
    const { [direction]: command, directory, environment, timeout, variable } = specOf(this.request);
    if (!command) throw failure('Misconfigured', 'The spec has no way down', { remedy: 'Add database.migrations.down.' });
    return this.runCommand({
      command,
      directory,
      environment,
      connection: {
        ...this.ports.databases.environment(this.place),
        PGAPPNAME: this.application,
        [variable]: this.place.url.reveal(),
      },
      timeout,
      of: `database.migrations.${direction}`,
      fillIn: (text) => text.replaceAll('{version}', this.request.version).replaceAll('{steps}', String(steps)),
      // A list that is cut would be another list.
      ...(direction === 'list' ? { whole: longestList } : {}),
    });
  }

  async list(): Promise<MigrationsState> {
    return stateOf((await this.run('list')).tail);
  }

  /**
   * The list that a write is judged by. A worker that was killed leaves its command behind, and with it a session: it is ended first, or it
   * would migrate beside the write, and after a list that shows nothing of it yet.
   */
  async atRest(): Promise<MigrationsState> {
    await this.ports.databases.endSessions(this.place, this.application, { signal: this.signal, timeout: 30_000 });
    return this.list();
  }

  private get application(): string {
    return `analytics-deploy:${createHash('sha256').update(this.request.deployment).digest('hex').slice(0, 16)}`;
  }
}

/** What `list` prints: lines of other kinds, a package manager's, are passed over. */
export function stateOf(text: string): MigrationsState {
  const lines = text
    .split('\n')
    .filter((line) => /^\s*(?:applied|pending)(?:[\s:]|$)/i.test(line))
    .map(migrationOf);
  if (lines.length === 0)
    throw failure('CheckFailed', 'The list of migrations names none', {
      remedy: 'Let it print a line for each: "applied NAME" or "pending NAME".',
    });
  const [applied, pending] = ['applied', 'pending'].map((wanted) => lines.flatMap(({ state, name }) => (state === wanted ? [name] : [])));
  return { applied: applied?.length ?? 0, last: applied?.at(-1) ?? null, digest: digestOf(applied ?? []), pending: pending ?? [] };
}

/** A line that only looks like one may be a migration that would be passed over. */
function migrationOf(line: string): { readonly state: string; readonly name: string } {
  const [, state, name] = /^\s*(applied|pending)[ \t:]+(\S+)\s*$/i.exec(line) ?? [];
  if (state !== undefined && name !== undefined) return { state: state.toLowerCase(), name };
  throw failure('CheckFailed', `The list of migrations has a line that names none: "${quote(line, 80)}"`, {
    remedy: 'Let it print "applied NAME" or "pending NAME" for each, names without blanks, and begin no other line so.',
  });
}

function digestOf(names: readonly string[]): string {
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 16);
}

/** What is applied now must be what was, and of what was pending a beginning: anything else is somebody else's doing. */
function mustContinue(from: MigrationsState, now: MigrationsState): void {
  const ours = from.applied + from.pending.length;
  const isOurs =
    now.applied >= from.applied &&
    now.applied + now.pending.length === ours &&
    from.pending.slice(now.applied - from.applied).join() === now.pending.join();
  if (!isOurs || (now.applied === from.applied && now.digest !== from.digest)) throw foreign(from, now);
}

/** What is applied now must be what people have seen, or that without the newest of `names`. */
function mustLead(seen: MigrationsState, names: readonly string[], now: MigrationsState): void {
  const gone = seen.applied - now.applied;
  const isOurs = gone >= 0 && gone <= names.length && [...names.slice(names.length - gone), ...seen.pending].join() === now.pending.join();
  if (!isOurs || (gone === 0 && (now.digest !== seen.digest || now.last !== names.at(-1)))) throw foreign(seen, now);
}

function foreign(from: MigrationsState, now: MigrationsState): Error {
  const found = `${now.applied} applied, the newest ${now.last ?? 'none'}; pending: ${now.pending.join(', ') || 'none'}`;
  const expected = `${from.applied} applied, the newest ${from.last ?? 'none'}; pending: ${from.pending.join(', ') || 'none'}`;
  return failure('Foreign', `The migrations are not those that were looked at: ${found}; expected ${expected}`, {
    remedy: 'Find out who migrated the database, then decide.',
    foreign: { by: 'somebody else', found, expected },
  });
}

/** Schema alone, and the rows of the one table that says what is applied: without them everything would be pending. */
async function copySchema(
  { databases }: Ports,
  from: DatabasePlace,
  to: DatabasePlace,
  table: string,
  limits: () => Limits,
): Promise<void> {
  await databases.checkTools(from, limits());
  const folder = await mkdtemp(join(tmpdir(), 'analytics-deploy-schema-'));
  const [schema, noted] = [join(folder, 'schema.dump'), join(folder, 'noted.dump')];
  try {
    await databases.inSnapshot(from, limits(), async ({ id }) => {
      await databases.dump(from, { file: schema, snapshot: id, only: 'schema' }, limits());
      await databases.dump(from, { file: noted, snapshot: id, only: { rowsOf: table } }, limits());
    });
    await databases.restore(to, { file: schema, into: 'empty' }, limits());
    await databases.restore(to, { file: noted, into: 'empty' }, limits());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Up, down and up again; the schema tells whether down is really the way back. */
async function tryOut(
  { databases }: Ports,
  trial: Migrations,
  begin: MigrationsState,
  spec: MigrationsSpec,
  limits: () => Limits,
): Promise<void> {
  const look = () => databases.describe(trial.place, limits());
  const before = await look();
  await trial.run('up');
  const up = await trial.list();
  if (up.pending.length > 0)
    throw failure('CheckFailed', `On the scratch database "up" left pending: ${firstOf(up.pending)}`, {
      remedy: 'Mend the migrations, then retry.',
    });
  if (!spec.reversible) return;
  const after = await look();
  await trial.run('down', begin.pending.length);
  const problems = schemaDifferences(before, await look());
  const down = await trial.list();
  if (down.applied !== begin.applied || problems.length > 0)
    throw failure(
      'CheckFailed',
      `On the scratch database "down" is not the way back: ${firstOf(problems.length > 0 ? problems : [`${down.applied} applied`])}`,
      {
        remedy: 'Mend the reverse migration, or do not declare them reversible.',
      },
    );
  await trial.run('up');
  const again = schemaDifferences(after, await look());
  if (again.length > 0)
    throw failure('CheckFailed', `On the scratch database a second "up" makes another schema: ${firstOf(again)}`, {
      remedy: 'Mend the migrations, then retry.',
    });
}

function specOf({ database }: MigrationsRequest): MigrationsSpec {
  if (database.migrations) return database.migrations;
  throw failure('Misconfigured', 'The spec names no migrations', { remedy: 'Add database.migrations.' });
}
