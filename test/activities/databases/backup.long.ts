import { beforeEach, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithParts } from '../../support/parts';
import { failing, run, surroundings } from '../run';
import { databaseWorld } from './world';

describeWithParts('a database backup', ['postgres'], ({ postgres }) => {
  const { current, fresh } = databaseWorld(postgres);
  beforeEach(fresh);
  const backUp = (change = {}, deployment?: string) => run(current().activities.backUpDatabase, current().request(change, deployment));
  const folder = () => join(current().folder, 'backups');

  /** Tools of which one is replaced by a script that does something else. */
  function toolsWith(name: string, script: string): string {
    const place = join(current().folder, 'tools');
    mkdirSync(place);
    const real = current().server.tools;
    for (const tool of ['pg_dump', 'pg_restore'].filter((other) => other !== name)) symlinkSync(join(real, tool), join(place, tool));
    writeFileSync(join(place, name), `#!/bin/sh\n${script.replaceAll('REAL', join(real, name))}\n`);
    chmodSync(join(place, name), 0o755);
    return place;
  }

  test('is restored, compared, and has a receipt with its size, its sha256 and what it holds', async () => {
    const receipt = await backUp();
    expect(receipt).toMatchObject({ kind: 'dump', id: current().request().deployment, tables: 3, rows: 1_021 });
    if (receipt.kind !== 'dump') throw new Error('no dump');
    expect(readFileSync(join(folder(), receipt.file)).length).toBe(receipt.bytes);
    expect(receipt.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(readdirSync(folder()).sort()).toEqual([`${receipt.id}.dump`, `${receipt.id}.json`]);
    expect(await current().scratch()).toEqual([]);
    expect(readFileSync(join(folder(), `${receipt.id}.json`), 'utf8')).not.toContain(current().server.password);
  });

  test('is for nobody else to read, also in a folder that everybody sees, where what dead workers left is cleared away', async () => {
    mkdirSync(folder(), { mode: 0o755 });
    const [left, atWork] = ['.left.partial', '.at-work.partial'].map((name) => join(folder(), name)) as [string, string];
    for (const path of [left, atWork]) writeFileSync(path, 'rows');
    utimesSync(left, 0, 0);
    const { id } = await backUp();
    expect((statSync(join(folder(), `${id}.dump`)).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(folder()).sort()).toEqual(['.at-work.partial', `${id}.dump`, `${id}.json`]);
  });

  test('is compared with the state that it was made of: what is written meanwhile is in neither', async () => {
    const tools = toolsWith(
      'pg_dump',
      `case "$*" in *--snapshot*) PGDATABASE="$PGDATABASE" "${current().server.tools}/psql" -qc "insert into events (kind) values ('late')" ;; esac\nexec REAL "$@"`,
    );
    expect(await backUp({ tools })).toMatchObject({ rows: 1_021 });
    expect(await current().sql('select count(*) from events')).toBe('1001');
  });

  test('that is asked for again by the same deployment is the same one', async () => {
    const first = await backUp();
    await current().sql(`insert into events (kind) values ('later')`);
    expect(await backUp()).toEqual(first);
    const next = await backUp({}, 'analytics-production-v1.1.0-20261129T020000Z');
    expect(next).toMatchObject({ rows: 1_022 });
  });

  test('whose file was touched is made anew', async () => {
    const first = await backUp();
    truncateSync(join(folder(), `${current().request().deployment}.dump`), 100);
    const second = await backUp();
    expect(second).toMatchObject({ rows: 1_021 });
    expect(second).not.toEqual(first);
  });

  test('that lacks rows is told by table, and is no backup', async () => {
    const tools = toolsWith(
      'pg_dump',
      `case "$*" in *--snapshot*) exec REAL --exclude-table-data=events --exclude-table-data=sessions "$@" ;; esac\nexec REAL "$@"`,
    );
    const told = await failing(backUp({ tools }));
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toBe(
      'The backup was restored and differs from the database as it was dumped: public.events has 0 rows instead of 1,000 rows; ' +
        'public.sessions has 0 rows instead of 20 rows. Do not deploy on it: see that pg_dump is the real one and that the scratch server is sound, then retry.',
    );
    expect(readdirSync(folder())).toEqual([]);
    expect(await current().scratch()).toEqual([]);
  });

  test('that lacks an index is told by its definition', async () => {
    const tools = toolsWith(
      'pg_restore',
      `case "$*" in *dbname*) for last; do :; done; REAL --list "$last" | grep -v events_by_kind > "$last.list"; exec REAL --use-list="$last.list" "$@" ;; esac\nexec REAL "$@"`,
    );
    const { message } = await failing(backUp({ tools }));
    expect(message).toContain(
      'differs from the database as it was dumped: public.events: lacks index CREATE INDEX events_by_kind ON public.events',
    );
  });

  test('that is cut off is found out, although its list of contents is whole', async () => {
    const tools = toolsWith(
      'pg_dump',
      `REAL "$@" || exit 1\nfor word; do case "$word" in --file=*) truncate -s -200 "\${word#--file=}" ;; esac; done`,
    );
    const told = await failing(backUp({ tools }));
    expect(told.type).toBe('CommandFailed');
    expect(told.message).toMatch(/^pg_restore of a dump ended with code 1: .*end of file/);
    expect(readdirSync(folder())).toEqual([]);
  });

  test('by tools older than the server is refused before anything is done', async () => {
    const tools = toolsWith('pg_dump', `if [ "$1" = --version ]; then echo 'pg_dump (PostgreSQL) 15.4'; else exec REAL "$@"; fi`);
    const told = await failing(backUp({ tools }));
    expect(told.type).toBe('Misconfigured');
    expect(told.message).toMatch(/^pg_dump 15 is older than PostgreSQL \d+ at 127\.0\.0\.1:\d+\/analytics_\d+\. Let database\.tools name/);
  });

  test('keeps as many dumps as the spec says, never without the newest', async () => {
    const backup = { folder: folder(), keep: 2, deadline: 60_000 };
    for (const day of [1, 2, 3, 4]) await backUp({ backup }, `analytics-production-v1.0.0-2026110${day}T020000Z`);
    expect(readdirSync(folder()).filter((name) => name.endsWith('.dump'))).toEqual([
      'analytics-production-v1.0.0-20261103T020000Z.dump',
      'analytics-production-v1.0.0-20261104T020000Z.dump',
    ]);
  });

  test('that is stopped half-way leaves nothing, and of a crash the retry finds and drops everything', async () => {
    const request = current().request();
    const tools = toolsWith('pg_restore', `case "$*" in *dbname*) exec sleep 60 ;; esac\nexec REAL "$@"`);
    const around = surroundings();
    const going = around.run(current().activities.backUpDatabase, { ...request, database: { ...request.database, tools } });
    const end = Date.now() + 20_000;
    while ((await current().scratch()).length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    const [scratch = ''] = await current().scratch();
    around.cancel();
    await expect(going).rejects.toThrow();
    expect(await current().scratch()).toEqual([]);
    expect(readdirSync(folder())).toEqual([]);

    await current().server.sql('postgres', `create database ${scratch}`);
    await current().server.sql(scratch, 'create table events (of_another_shape int)');
    writeFileSync(join(folder(), `.${request.deployment}.partial`), 'half');
    expect(await backUp()).toMatchObject({ rows: 1_021 });
    expect(await current().scratch()).toEqual([]);
    expect(readdirSync(folder()).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('with a wrong password says so, and the password is nowhere', async () => {
    const told = await failing(backUp({ url: 'env:BAD' }));
    expect(told).toMatchObject({ type: 'Forbidden', final: true });
    expect(told.message).toMatch(/^Connecting to the database at 127\.0\.0\.1:\d+\/analytics_\d+ failed \(28P01\)/);
    expect(told.message).not.toContain('wrong');
  });

  test('of the provider is proved by its command, and is refused when it is too old, of the future, or of no time zone', async () => {
    const { clock } = current();
    const at = (hours: number) => new Date(clock.now() - hours * 3_600_000).toISOString();
    const snapshotOf = (hours: number, script = `console.log('found {snapshot}'); console.log('${at(hours)}')`) => ({
      backup: {
        keep: 1,
        deadline: 60_000,
        snapshot: {
          name: 'nightly',
          newerThan: 24 * 3_600_000,
          proof: { command: [process.execPath, '-e', script], directory: '.', environment: {}, timeout: 10_000 },
        },
      },
    });
    expect(await backUp(snapshotOf(3))).toMatchObject({ kind: 'snapshot', id: 'nightly', takenAt: at(3), age: 3 * 3_600_000 });
    expect((await failing(backUp(snapshotOf(30)))).message).toBe(
      'Snapshot nightly is 30 h old, and may be 24 h. Take a new one, then retry.',
    );
    expect((await failing(backUp(snapshotOf(0, `console.log('yes')`)))).message).toContain(
      'does not end with the time at which it was taken: yes',
    );
    expect((await failing(backUp(snapshotOf(0, `console.log('${at(1).slice(0, 19)}')`)))).message).toContain(
      'Let the command print an ISO time with its zone',
    );
    expect((await failing(backUp(snapshotOf(-2)))).message).toContain('Snapshot nightly was taken in 2 h, says its proof.');
    expect(await backUp(snapshotOf(0, `console.log('${at(3).slice(0, 19)}+00:00')`))).toMatchObject({ age: expect.any(Number) });
    expect((await failing(backUp(snapshotOf(0, 'process.exit(3)')))).type).toBe('CommandFailed');
  });
});
