import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { createPorts } from '../../activities/ports/create';
import { startDatabase, type Database } from '../../sandbox/database/database';
import type { DatabaseSpec, Spec } from '../../workflows/runbook/spec';
import { run } from '../activities/run';
import { describeWithParts } from '../support/parts';
import { command, deployInLane, newestInLane } from './ladder';
import { Stage, stageSpec } from './stage';

describeWithParts('the database in the sandbox, by one command', ['postgres'], ({ postgres }) => {
  let stage: Stage;
  let database: Database;
  let dir: string;
  afterEach(async () => {
    await database.stop();
    await stage.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** The default spec's own section, pointed at a real server. */
  function pointed(spec: Spec): DatabaseSpec {
    if (!spec.database?.migrations) throw new Error('the default spec has no database');
    return {
      ...spec.database,
      ...{ url: database.url, tools: database.tools },
      backup: { keep: 5, deadline: 60_000, folder: database.backups },
      migrations: { ...spec.database.migrations, environment: { PSQL: database.psql } },
    };
  }

  test('is refused while the release serves; then the backup, and the migrations, go back on the word of two people', async () => {
    dir = await mkdtemp(join(tmpdir(), 'analytics-deploy-ladder-database-'));
    database = await startDatabase(dir, postgres);
    const written = stageSpec({ environment: 'ladder-database' });
    stage = await Stage.open({ spec: { ...written, database: pointed(written) } });
    await stage.work();
    const { deployment, id } = await deployInLane(stage, 'v1.0.0');
    // What the checklist does, which a short run leaves out.
    const { spec } = stage.sandbox;
    const asked = {
      ...{ database: pointed(spec), deployment: id, service: spec.service, environment: spec.environment, version: 'v1.0.0' },
      ...{ commit: stage.sandbox.commit, remote: spec.tag.remote },
    };
    const activities = createActivities(createPorts(process.env));
    await run(activities.backUpDatabase, asked);
    await deployment.approve();
    expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED', migrations: ['0003_labels', '0004_short_kinds'] });
    await database.sql('delete from sessions');

    expect((await command(stage, 'rollback', id, '--level', 'database', '--yes')).said).toMatch(/still serves.*Move the traffic first/);
    expect(await command(stage, 'rollback', id, '--level', 'traffic', '--yes')).toMatchObject({ code: 0 });

    const decide = async (): Promise<readonly string[]> => {
      const rollback = newestInLane(stage, deployment);
      const { gate } = await rollback.until((view) => view.gate !== null);
      for (const by of ['eva', 'bo']) await rollback.send('approve', { gate: 'database', digest: gate?.digest ?? '', by });
      expect(await rollback.result()).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
      return gate?.shows ?? [];
    };
    expect(await command(stage, 'rollback', id, '--level', 'database', '--yes', '--no-wait')).toMatchObject({ code: 0 });
    const shown = await decide();
    expect(shown[0]).toMatch(new RegExp(`^backup ${id} of .* verified in ${id}$`));
    expect(shown[1]).toMatch(/^lost by it: \d+ rows written since .*public\.sessions 400 → 0/);
    expect(await database.sql('select count(*) from sessions')).toBe('400');

    const applied = () => database.sql('select max(name) from schema_migrations');
    expect(await applied()).toBe('0004_short_kinds');
    const byMigrations = ['--by', 'migrations', '--yes', '--no-wait'];
    expect(await command(stage, 'rollback', id, '--level', 'database', ...byMigrations)).toMatchObject({ code: 0 });
    expect((await decide())[0]).toMatch(/^migration 0004_short_kinds taken back by npm run --silent migrate:down -- --steps=1$/);
    expect(await applied()).toBe('0003_labels');
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 0, green: 100 });
  }, 240_000);
});
