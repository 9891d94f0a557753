import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActivities } from '../../../activities';
import { createCommands } from '../../../activities/ports/commands/adapter';
import { createDatabases } from '../../../activities/ports/databases/adapter';
import { createGit } from '../../../activities/ports/git/adapter';
import { createSecrets } from '../../../activities/ports/secrets/adapter';
import { type Database, startDatabase } from '../../../sandbox/database/database';
import { findProject } from '../../../sandbox/git/project';
import { type GitRemote, makeRemote } from '../../../sandbox/git/remote';
import { readSpec, starterSpec } from '../../../spec';
import type { BackupRequest, MigrationsRequest } from '../../../workflows/runbook/contract';
import type { DatabaseSpec, MigrationsSpec } from '../../../workflows/runbook/spec';
import { failing, run } from '../../activities/run';
import { fakePorts } from '../../fakes/ports';
import { describeWithParts } from '../../support/parts';

describeWithParts("the sandbox's database", ['postgres'], ({ postgres }) => {
  const dir = mkdtempSync(join(tmpdir(), 'analytics-deploy-sandbox-database-'));
  const activities = createActivities(
    fakePorts({
      databases: createDatabases(process.env),
      commands: createCommands(process.env),
      secrets: createSecrets(process.env),
      git: createGit(process.env),
    }),
  );
  let database: Database;
  let remote: GitRemote;
  beforeAll(async () => {
    [database, remote] = await Promise.all([startDatabase(join(dir, 'database'), postgres), makeRemote(findProject(), join(dir, 'git'))]);
  }, 60_000);
  afterAll(async () => {
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach(() => database.follow(new Set()));

  /** What the default spec's commands run, without the package manager before it: tests of other things need not wait for that. */
  const command = (...words: readonly string[]) => [process.execPath, 'scripts/migrate.js', ...words];
  const direct = { list: command('list'), up: command('up'), down: command('down', '--steps={steps}') };

  /** The default spec's own section, pointed at the sandbox. */
  function request(deployment: string, commands: Partial<MigrationsSpec> = direct): BackupRequest & MigrationsRequest {
    const loaded = readSpec(starterSpec(), 'analytics.yaml');
    if (!loaded.ok || !loaded.spec.database?.migrations) throw new Error('the default spec has no database');
    const spec: DatabaseSpec = {
      ...loaded.spec.database,
      ...{ url: database.url, tools: database.tools },
      backup: { keep: 5, deadline: 60_000, folder: database.backups },
      migrations: { ...loaded.spec.database.migrations, environment: { PSQL: database.psql }, ...commands },
    };
    return {
      ...{ database: spec, deployment, service: 'analytics', environment: 'production', version: 'v1.0.0' },
      ...{ commit: remote.commit, remote: remote.url },
    };
  }

  test('is backed up and restored alike while users write, by the tools and commands of the default spec', async () => {
    const backup = await run(activities.backUpDatabase, request('analytics-production-v1.0.0-1'));
    expect(backup).toMatchObject({ kind: 'dump', tables: 3 });
    const trial = await run(activities.tryMigrations, request('analytics-production-v1.0.0-1', {}));
    expect(trial).toMatchObject({ pending: ['0003_labels', '0004_short_kinds'], down: 'tried' });
  });

  test('has a backup that lacks rows where that was asked for, and says which', async () => {
    await database.follow(new Set(['backup']));
    const { message } = await failing(run(activities.backUpDatabase, request('analytics-production-v1.0.0-2')));
    expect(message).toContain('differs from the database as it was dumped: public.sessions has 0 rows instead of 400 rows.');
  });

  test('has a row that the last migration does not allow where that was asked for: the trial cannot know it, and what was applied is taken back', async () => {
    await database.follow(new Set(['migration']));
    const asked = request('analytics-production-v1.0.0-3');
    await run(activities.tryMigrations, asked);
    const before = await run(activities.readMigrations, asked);
    const { message } = await failing(run(activities.migrate, { change: asked, from: before, key: 'id/2.0m.migrate/forward' }));
    expect(message).toContain('check constraint "kind_is_short" of relation "events" is violated by some row');
    expect(await run(activities.undoMigrations, { change: asked, to: before, key: 'id/2.0m.migrate/undo', urgent: false })).toEqual({
      result: 'restored',
      note: '1 taken back',
    });
    await database.follow(new Set());
    expect(await run(activities.migrate, { change: asked, from: before, key: 'id/2.0m.migrate/forward' })).toMatchObject({ pending: [] });
    await run(activities.undoMigrations, { change: asked, to: before, key: 'id/2.0m.migrate/undo', urgent: false });
  });

  test('is restored while users write: what they wrote since is shown before, and what they write meanwhile after', async () => {
    const asked = request('analytics-production-v1.0.0-4');
    await run(activities.backUpDatabase, asked);
    await database.sql('delete from sessions');
    const since = await run(activities.rowsSinceBackup, asked);
    expect(since.rows).toBeGreaterThanOrEqual(400);
    const { backup, sha256 } = since;
    await run(activities.restoreDatabase, { ...asked, deployment: 'rollback-1', backup, sha256, of: asked.deployment });
    expect(await database.sql('select count(*) from sessions')).toBe('400');
  });

  test('is gone with the process that started it, also where that is killed', () => {
    const script = `
      const { startDatabase } = require(${JSON.stringify(join(__dirname, '..', '..', '..', 'dist', 'sandbox', 'database', 'database.js'))});
      startDatabase(${JSON.stringify(join(dir, 'killed'))}, ${JSON.stringify(postgres)}).then(() => process.kill(process.pid, 'SIGKILL'));`;
    expect(() => execFileSync(process.execPath, ['-e', script])).toThrow();
    const ours = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(join(dir, 'killed'));
    const end = Date.now() + 10_000;
    while (ours() && Date.now() < end) execFileSync('sleep', ['0.1']);
    expect(ours()).toBe(false);
  });
});
