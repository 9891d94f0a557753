import { beforeEach, describe, expect, test } from '@jest/globals';
import { stateOf } from '../../../activities/databases/migrations';
import type { MigrationsRequest, MigrationsState } from '../../../workflows/runbook/contract';
import type { MigrationsSpec } from '../../../workflows/runbook/spec';
import { describeWithParts } from '../../support/parts';
import { failing, run, type Warned } from '../run';
import { databaseWorld, writeMigrations } from './world';

const good = {
  '0002_labels.up.sql': `alter table events add column label text; create index events_by_label on events (label);`,
  '0002_labels.down.sql': 'drop index events_by_label; alter table events drop column label;',
  '0003_exports.up.sql': 'create table exports (id int primary key, event bigint references events (id));',
  '0003_exports.down.sql': 'drop table exports;',
};

describe('a list of migrations', () => {
  test('is read from lines of two kinds; what a package manager prints is passed over', () => {
    const state = stateOf('> analytics@1.0.0 migrate\n\napplied 0001_a\napplied: 0002_b\npending 0003_c\n');
    expect(state).toMatchObject({ applied: 2, last: '0002_b', pending: ['0003_c'] });
    expect(state.digest).toMatch(/^[0-9a-f]{16}$/);
  });
  test.each(['pending 0003 add labels', 'pending', 'Applied 3 migrations', 'pending: 0003 (new)'])(
    'is not understood by halves: "%s" is told instead of passed over',
    (line) => {
      expect(() => stateOf(`applied 0001_a\n${line}\n`)).toThrow(
        `The list of migrations has a line that names none: "${line}". Let it print`,
      );
    },
  );
  test('that names none is no list', () => {
    expect(() => stateOf('everything is fine')).toThrow('The list of migrations names none. Let it print a line for each');
  });
});

describeWithParts('migrations of a release', ['postgres'], ({ postgres }) => {
  const { current, fresh } = databaseWorld(postgres);
  beforeEach(fresh);
  const request = (files: Readonly<Record<string, string>> = good, change: Partial<MigrationsSpec> = {}): MigrationsRequest =>
    current().request({ migrations: writeMigrations(current(), files, change) });
  const read = (of: MigrationsRequest) => run(current().activities.readMigrations, of);
  const tables = () =>
    current().sql(
      `select string_agg(relname, ' ' order by relname) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
  const forward = (change: MigrationsRequest, from: MigrationsState) =>
    run(current().activities.migrate, { change, from, key: 'id/2.0m.migrate/forward' });
  const back = (change: MigrationsRequest, to: MigrationsState) =>
    run(current().activities.undoMigrations, { change, to, key: 'id/2.0m.migrate/undo', urgent: false });

  test('are listed, and tried up, down and up again where nobody works', async () => {
    const asked = request();
    expect(await read(asked)).toMatchObject({ applied: 1, last: '0001_events', pending: ['0002_labels', '0003_exports'] });
    expect(await run(current().activities.tryMigrations, asked)).toMatchObject({ pending: ['0002_labels', '0003_exports'], down: 'tried' });
    expect(await tables()).toBe('events schema_migrations sessions');
    expect(await current().scratch()).toEqual([]);
  });

  test('are all counted, however many there are', async () => {
    const names = (state: string, count: number) =>
      Array.from({ length: count }, (_, place) => `${state} ${String(place).padStart(4, '0')}_a_change_of_some_table`);
    const printing = (lines: readonly string[]) =>
      request({ 'list.txt': lines.join('\n') }, { list: [process.execPath, '-e', 'console.log(fs.readFileSync("list.txt", "utf8"))'] });
    const found = await read(printing([...names('applied', 1_000), ...names('pending', 100)]));
    expect(found).toMatchObject({ applied: 1_000, last: '0999_a_change_of_some_table' });
    expect(found.pending).toHaveLength(100);
    expect((await failing(read(printing(names('applied', 10_000))))).message).toBe(
      'database.migrations.list printed more than 256 KiB. Let it print what it is asked for alone, then retry.',
    );
  });

  test('that cannot be taken back are tried up alone', async () => {
    expect(await run(current().activities.tryMigrations, request(good, { reversible: false }))).toMatchObject({ down: 'not declared' });
  });

  test('of which none is pending need no scratch database', async () => {
    expect(await run(current().activities.tryMigrations, request({}))).toMatchObject({ pending: [], down: 'nothing pending' });
  });

  test('whose way down is none are found out by the schema that it leaves', async () => {
    const told = await failing(
      run(current().activities.tryMigrations, request({ ...good, '0002_labels.down.sql': 'drop index events_by_label;' })),
    );
    expect(told.type).toBe('CheckFailed');
    expect(told.message).toBe(
      'On the scratch database "down" is not the way back: public.events: has column label text. Mend the reverse migration, or do not declare them reversible.',
    );
    expect(await current().scratch()).toEqual([]);
  });

  test('that fail are told with what the database said', async () => {
    const told = await failing(
      run(current().activities.tryMigrations, request({ ...good, '0003_exports.up.sql': 'create table events (id int);' })),
    );
    expect(told).toMatchObject({ type: 'CommandFailed', final: true });
    expect(told.message).toMatch(/^database\.migrations\.up \(.*\) ended with code 1: .*relation "events" already exists/);
  });

  test('are noted in the table that the spec names, or nothing can be tried', async () => {
    await current().sql('create table noted (name text)');
    const told = await failing(run(current().activities.tryMigrations, request(good, { table: 'noted' })));
    expect(told.message).toContain('The scratch database knows 0 applied migrations, the database 1. Let database.migrations.table name');
  });

  test('are applied, once, and taken back to where they were', async () => {
    const asked = request();
    const before = await read(asked);
    const after = await forward(asked, before);
    expect(after).toMatchObject({ applied: 3, last: '0003_exports', pending: [] });
    expect(await forward(asked, before)).toEqual(after);
    expect(await tables()).toBe('events exports schema_migrations sessions');
    expect(await back(asked, before)).toEqual({ result: 'restored', note: '2 taken back' });
    expect(await back(asked, before)).toEqual({ result: 'already-there' });
    expect(await tables()).toBe('events schema_migrations sessions');
    expect(await read(asked)).toEqual(before);
  });

  test('of which one fails half-way are taken back as far as they came', async () => {
    const asked = request({ ...good, '0003_exports.up.sql': `alter table events add constraint short check (length(kind) < 4);` });
    const before = await read(asked);
    const told = await failing(forward(asked, before));
    expect(told.message).toMatch(/check constraint "short" of relation "events" is violated by some row/);
    expect(await read(asked)).toMatchObject({ applied: 2, last: '0002_labels' });
    expect(await back(asked, before)).toEqual({ result: 'restored', note: '1 taken back' });
    expect(await read(asked)).toEqual(before);
  });

  test('that are not those that were looked at are left alone', async () => {
    const asked = request();
    const before = await read(asked);
    await current().sql(`delete from schema_migrations; insert into schema_migrations values ('0002_labels')`);
    expect(await failing(forward(asked, before))).toMatchObject({ type: 'Foreign', wrote: false });
    expect(await tables()).toBe('events schema_migrations sessions');
  });

  describe('whose command of a dead worker is still at work', () => {
    const sleeping = () =>
      current().sql(
        `select count(*) from pg_stat_activity where query like '%pg_sleep(30)%' and pid <> pg_backend_pid() and state = 'active'`,
      );
    /** Takes them back while the command sleeps; answers with how both ended. */
    const backBeneath = async (asked: MigrationsRequest, before: MigrationsState) => {
      const first = forward(asked, before).catch((error: unknown) => error);
      const end = Date.now() + 10_000;
      while ((await sleeping()) === '0' && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
      const undone = await back(asked, before);
      return { undone, sleeping: await sleeping(), first: await first };
    };

    test('are not run twice', async () => {
      const asked = request({ ...good, '0003_exports.up.sql': 'create table exports (id int); select pg_sleep(30);' });
      const before = await read(asked);
      expect(await backBeneath(asked, before)).toMatchObject({ first: { type: 'CommandFailed' }, sleeping: '0' });
      expect(await read(asked)).toEqual(before);
    });

    test('are not called taken back before it is ended, where none of them is applied yet', async () => {
      const asked = request({ ...good, '0002_labels.up.sql': 'alter table events add column label text; select pg_sleep(30);' });
      const before = await read(asked);
      expect(await backBeneath(asked, before)).toMatchObject({
        undone: { result: 'already-there' },
        first: { type: 'CommandFailed' },
        sleeping: '0',
      });
      expect(await read(asked)).toEqual(before);
    });
  });

  test('are reversed by name, and a retry goes no further', async () => {
    const asked = request();
    const seen = await forward(asked, await read(asked));
    const reverse = (names: readonly string[], from = seen) => run(current().activities.reverseMigrations, { ...asked, seen: from, names });
    expect(await reverse(['0003_exports'])).toMatchObject({ applied: 2, last: '0002_labels' });
    expect(await reverse(['0003_exports'])).toMatchObject({ applied: 2, last: '0002_labels' });
    // Half-way down, as a worker that died would leave it.
    expect(await reverse(['0002_labels', '0003_exports'])).toMatchObject({ applied: 1, last: '0001_events' });
  });

  test('are not reversed where others have migrated since people approved it', async () => {
    const asked = request();
    const before = await read(asked);
    const seen = await forward(asked, before);
    const reverse = (names: readonly string[], from = seen) =>
      failing(run(current().activities.reverseMigrations, { ...asked, seen: from, names }));
    await current().sql(`delete from schema_migrations where name = '0001_events'`);
    expect(await reverse(['0003_exports'])).toMatchObject({ type: 'Foreign', wrote: false });
    await current().sql(`insert into schema_migrations values ('0001_events')`);
    expect(await reverse(['0002_labels'])).toMatchObject({ type: 'Foreign', wrote: false });
    // One was applied at the approval, three are now.
    expect(await reverse(['0001_events'], before)).toMatchObject({ type: 'Foreign', wrote: false });
    expect(await read(asked)).toEqual(seen);
  });

  test('without a way back are applied as people have seen them, and no others', async () => {
    const asked = request(good, { reversible: false });
    const seen = await read(asked);
    const [other] = seen.pending;
    const apply = (shown: MigrationsState) => run(current().activities.applyMigrations, { ...asked, seen: shown });
    // At the gate nothing was pending, or another one.
    for (const shown of [
      { ...seen, applied: 3, pending: [] },
      { ...seen, pending: [`${other}_of_then`, ...seen.pending.slice(1)] },
    ])
      expect(await failing(apply(shown))).toMatchObject({ type: 'Foreign', wrote: false });
    expect(await read(asked)).toEqual(seen);
    expect(await apply(seen)).toMatchObject({ applied: 3, pending: [] });
    expect(await apply(seen)).toMatchObject({ applied: 3, pending: [] });
  });

  test('without a way back are applied by a word of their own', async () => {
    const asked = request(good, { reversible: false });
    expect(await run(current().activities.applyMigrations, asked)).toMatchObject({ applied: 3, pending: [] });
    expect(await run(current().activities.applyMigrations, asked)).toMatchObject({ applied: 3, pending: [] });
  });

  test('show the password to nobody, also where their command prints it', async () => {
    const asked = request();
    const migrations = {
      ...(asked.database.migrations as MigrationsSpec),
      list: [process.execPath, '-e', 'console.log(process.env.DATABASE_URL, process.env.PGPASSWORD); process.exit(1)'],
    };
    const warned: Warned[] = [];
    const told = await failing(
      run(current().activities.readMigrations, { ...asked, database: { ...asked.database, migrations } }, undefined, warned),
    );
    expect(told.message).toContain(':[REDACTED]@127.0.0.1');
    expect(warned[0]?.output).toContain(':[REDACTED]@127.0.0.1');
    expect(JSON.stringify([told, warned])).not.toContain(current().server.password);
  });
});
