import { beforeEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { restoring } from '../../../activities/ports/databases';
import type { RestoreRequest } from '../../../workflows/runbook/contract';
import { describeWithParts } from '../../support/parts';
import { failing, run } from '../run';
import { databaseWorld } from './world';

const deployment = 'analytics-production-v1.0.0-20261128T020000Z';
const rollback = 'rollback-analytics-production-20261128T050000Z';

describeWithParts('a database that is restored', ['postgres'], ({ postgres }) => {
  const { current, fresh } = databaseWorld(postgres);
  beforeEach(async () => {
    await fresh();
    await run(current().activities.backUpDatabase, current().request());
  });
  const sha256Of = (backup: string): string => {
    const file = join(current().folder, 'backups', `${backup}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { sha256: string }).sha256 : 'none';
  };
  const request = (change: Partial<RestoreRequest> = {}): RestoreRequest => ({
    ...current().request({}, rollback),
    backup: deployment,
    sha256: sha256Of(change.backup ?? deployment),
    of: deployment,
    ...change,
  });
  const restore = (change: Partial<RestoreRequest> = {}) => run(current().activities.restoreDatabase, request(change));
  const since = (backup?: string) => run(current().activities.rowsSinceBackup, { ...current().request(), ...(backup ? { backup } : {}) });

  /** Somebody else in the database, in a transaction that stays open. */
  const session = async (application: string, sql: string): Promise<ChildProcess> => {
    const { server } = current();
    const env = {
      PGHOST: '127.0.0.1',
      PGPORT: String(server.port),
      PGUSER: server.user,
      PGPASSWORD: server.password,
      PGDATABASE: await current().sql('select current_database()'),
      PGAPPNAME: application,
    };
    return spawn(join(server.tools, 'psql'), ['-XqtA', '-c', `begin; ${sql}; select pg_sleep(60)`], { env });
  };
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    const end = Date.now() + 10_000;
    while (!(await isSo()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  test('shows only a backup of the deployment that is rolled back, unless an older one is accepted', async () => {
    const asked = { ...current().request(), backup: deployment };
    expect(await run(current().activities.rowsSinceBackup, { ...asked, of: deployment })).toMatchObject({ madeBy: deployment });
    expect(await failing(run(current().activities.rowsSinceBackup, { ...asked, of: 'another' }))).toMatchObject({ type: 'NotApplicable' });
    expect(await run(current().activities.rowsSinceBackup, { ...asked, of: 'another', older: true })).toMatchObject({ madeBy: deployment });
  });

  test('is as it was in the backup, and what was there before is saved first', async () => {
    await current().sql(
      `delete from sessions; delete from events where id <= 500; insert into events (kind) values ('lost'); drop view kinds`,
    );
    const receipt = await restore();
    expect(receipt).toMatchObject({
      backup: deployment,
      tables: 3,
      rows: 1_021,
      notes: [],
      lost: expect.stringMatching(/^\d+ rows written since .*, by the server's counters$/),
      safety: { file: `${rollback}-before-restore.dump` },
    });
    expect(await current().sql('select count(*) from events; select count(*) from sessions; select count(*) from kinds')).toBe(
      '1000\n20\n1',
    );
    expect(readdirSync(join(current().folder, 'backups'))).toContain(`${rollback}-before-restore.dump`);
  });

  test('can be put back from what was saved, on people’s word', async () => {
    await current().sql(`insert into events (kind) values ('precious')`);
    await restore();
    const saved = { backup: `${rollback}-before-restore`, deployment: `${rollback}-again` };
    const look = { ...current().request(), backup: saved.backup, of: deployment };
    for (const told of [await failing(restore(saved)), await failing(run(current().activities.rowsSinceBackup, look))]) {
      expect(told.type).toBe('NotApplicable');
      expect(told.message).toMatch(/was saved before a restore in .*, not verified in .*--accept-older/);
    }
    expect(await run(current().activities.rowsSinceBackup, { ...look, older: true })).toMatchObject({
      madeBy: rollback,
      isVerified: false,
      sha256: sha256Of(saved.backup),
    });
    const receipt = await restore({ ...saved, olderAccepted: 'eva and bo: the restore was a mistake' });
    expect(receipt.notes).toEqual([`not verified in ${deployment}, accepted: eva and bo: the restore was a mistake`]);
    expect(await current().sql(`select count(*) from events where kind = 'precious'`)).toBe('1');
  });

  test('is restored once: a retry after a lost answer throws nothing away', async () => {
    const first = await restore();
    await current().sql(`insert into events (kind) values ('after')`);
    expect(await restore()).toEqual(first);
    expect(await current().sql('select count(*) from events')).toBe('1001');
  });

  test('is saved anew before it is restored a second time: what was written after the first is in a dump of its own', async () => {
    await restore();
    await current().sql(`insert into events (kind) values ('after')`);
    const backups = join(current().folder, 'backups');
    // It was done, and nobody knows: the worker was killed before it noted it.
    for (const name of readdirSync(backups).filter((one) => one.startsWith('.restored-'))) rmSync(join(backups, name));
    const second = await restore();
    expect(second.safety.file).toBe(`${rollback}-before-restore.dump`);
    expect(second.notes).toEqual([
      expect.stringMatching(new RegExp(`^tried again at .*: what was there by then is in ${rollback}-before-restore-2\\.dump$`)),
    ]);
    const saved = JSON.parse(readFileSync(join(backups, `${rollback}-before-restore-2.json`), 'utf8')) as unknown;
    expect(saved).toMatchObject({ tables: { 'public.events': { rows: 1_001 } } });
    expect(await current().sql('select count(*) from events')).toBe('1000');
  });

  test('is not held up by the restore of a worker that was killed: that one is ended first', async () => {
    const orphan = await session(restoring(join(current().folder, 'backups', `${deployment}.dump`)), 'lock table events');
    try {
      const locked = `select count(*) from pg_locks where relation = 'events'::regclass and mode = 'AccessExclusiveLock' and granted`;
      await until(async () => (await current().sql(locked)) !== '0');
      const { database } = current().request();
      expect(await restore({ database: { ...database, restore: { deadline: 5_000 } } })).toMatchObject({ rows: 1_021 });
    } finally {
      orphan.kill('SIGKILL');
    }
  });

  test('keeps tables that were made since, and says so', async () => {
    await current().sql('create table exports (id int)');
    expect((await restore()).notes).toEqual(['stay as they are, made after the backup: public.exports']);
  });

  test('is left alone where the backup is of another deployment, unless people accepted it', async () => {
    const told = await failing(restore({ of: 'analytics-production-v1.1.0-20261129T020000Z' }));
    expect(told.type).toBe('NotApplicable');
    expect(told.message).toBe(
      `Not restored: backup ${deployment} was verified in ${deployment}, not verified in analytics-production-v1.1.0-20261129T020000Z. ` +
        'In an emergency two people may accept it: --accept-older "why".',
    );
    expect(await failing(restore({ backup: 'unknown' }))).toMatchObject({ type: 'NotFound' });
    expect(await failing(restore({ service: 'other' }))).toMatchObject({ type: 'NotApplicable' });
    const ofAnother = { ...current().request(), service: 'other', backup: deployment, older: true as const };
    expect((await failing(run(current().activities.rowsSinceBackup, ofAnother))).message).toContain('is of analytics in production');
  });

  test('is left alone where the dump is not what was verified', async () => {
    appendFileSync(join(current().folder, 'backups', `${deployment}.dump`), 'x');
    expect((await failing(restore())).message).toContain('is not what it was when it was verified');
    // People are not asked about it first.
    expect((await failing(since(deployment))).message).toContain('is not what it was when it was verified');
  });

  test('is left alone where the backup is not the one that was approved', async () => {
    expect((await failing(restore({ sha256: 'f'.repeat(64) }))).message).toContain('is another one than was approved');
    expect(await current().sql('select count(*) from events')).toBe('1000');
  });

  test('is unchanged where somebody holds its locks: the restore ends at its deadline and names them', async () => {
    const holder = await session('reports', `insert into events (kind) values ('open')`);
    try {
      const held = `select count(*) from pg_stat_activity where application_name = 'reports' and query like '%pg_sleep%'`;
      await until(async () => (await current().sql(held)) !== '0');
      const { database } = current().request();
      const told = await failing(restore({ database: { ...database, restore: { deadline: 2_000 } } }));
      expect(told.type).toBe('CommandFailed');
      expect(told.message).toMatch(
        /^pg_restore of .* took longer than 2 s and was stopped; it waited for reports \(active, pid \d+\); nothing was changed\./,
      );
      expect(await current().sql('select count(*) from events')).toBe('1000');
      expect(await current().sql(`select count(*) from pg_stat_activity where application_name like 'analytics-deploy:%'`)).toBe('0');
    } finally {
      holder.kill('SIGKILL');
    }
  });

  test('shows before how many rows would be lost', async () => {
    await current().sql(`insert into events (kind) select 'new' from generate_series(1, 7); update events set kind = 'seen' where id <= 3`);
    // The server's counters are written when a session ends.
    const told = await since(deployment);
    expect(told).toMatchObject({
      backup: deployment,
      madeBy: deployment,
      rows: 10,
      tables: [{ table: 'public.events', before: 1_000, now: 1_007 }],
    });
    expect(told.words).toMatch(/^10 rows written since \d{4}-\d\d-\d\d \d\d:\d\d UTC, by the server's counters$/);
    expect(await since()).toEqual(told);
  });

  test('says that it is unknown where the server counts anew', async () => {
    await current().sql(`insert into events (kind) values ('new'); select pg_stat_reset()`);
    const told = await since();
    expect(told.rows).toBeNull();
    expect(told.words).toBe("unknown: the server's counters began anew since the backup; by count the tables differ by at least 1 row");
  });

  test('that was never backed up has nothing to compare with', async () => {
    expect(await failing(since('unknown'))).toMatchObject({ type: 'NotFound' });
  });
});
