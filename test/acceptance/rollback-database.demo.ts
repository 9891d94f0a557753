import { afterEach, expect, test } from '@jest/globals';
import { checklistLineIds } from '../../workflows/runbook/pre-deployment/ids';
import { describeWithParts } from '../support/parts';
import { command, deployInLane, newestInLane } from './ladder';
import { Stage, stageSpec } from './stage';

/** Of what comes before and after the rollout only the database. */
const lines = checklistLineIds.filter((id) => id !== 'checklist.backup' && id !== 'checklist.migrations');
const others = [...lines, 'team', 'window', '1.2', '1.3', '1.4', 'monitoring', 'success', 'follow-up'];

describeWithParts('the database in the sandbox, by one command', ['postgres'], () => {
  let stage: Stage;
  afterEach(() => stage.close());

  test('is refused while the release serves; then the migrations of the release, and the backup, go back on the word of two people', async () => {
    const off = Object.fromEntries(others.map((id) => [id, 'not part of this test']));
    stage = await Stage.open({ spec: stageSpec({ environment: 'ladder-database', off }), full: true });
    await stage.work();
    const { database } = stage.sandbox;
    if (!database) throw new Error('the sandbox has no database');
    const { deployment, id } = await deployInLane(stage, 'v1.0.0');
    await deployment.approve();
    expect(await deployment.result()).toMatchObject({
      outcome: 'SUCCEEDED',
      reason: 'analytics v1.0.0 is live.',
      migrations: ['0003_labels', '0004_short_kinds'],
    });

    expect((await command(stage, 'rollback', id, '--level', 'database', '--yes')).said).toMatch(/still serves.*Move the traffic first/);
    expect(await command(stage, 'rollback', id, '--level', 'traffic', '--yes')).toMatchObject({ code: 0 });

    const decide = async (): Promise<readonly string[]> => {
      const rollback = newestInLane(stage, deployment);
      const { gate } = await rollback.until((view) => view.gate !== null);
      for (const by of ['eva', 'bo']) await rollback.send('approve', { gate: 'database', digest: gate?.digest ?? '', by });
      expect(await rollback.result()).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
      return gate?.shows ?? [];
    };
    const applied = () => database.sql('select max(name) from schema_migrations');
    const byMigrations = (...more: readonly string[]) =>
      command(stage, 'rollback', id, '--level', 'database', '--by', 'migrations', '--yes', ...more);
    expect(await applied()).toBe('0004_short_kinds');
    expect(await byMigrations('--no-wait')).toMatchObject({ code: 0 });
    expect((await decide())[0]).toMatch(
      /^migration 0004_short_kinds of 4 applied, taken back by npm run --silent migrate:down -- --steps=1$/,
    );
    expect(await applied()).toBe('0003_labels');
    const tooMany = await byMigrations('--steps', '2');
    expect(tooMany).toMatchObject({ code: 5, said: expect.stringMatching(/has applied 1 \(0003_labels\)/) });

    await database.sql('delete from sessions');
    expect(await command(stage, 'rollback', id, '--level', 'database', '--yes', '--no-wait')).toMatchObject({ code: 0 });
    const shown = await decide();
    expect(shown[0]).toMatch(new RegExp(`^backup ${id} of .* verified in ${id}$`));
    expect(shown[1]).toMatch(/^lost by it: \d+ rows written since .*public\.sessions 400 → 0/);
    expect(await database.sql('select count(*) from sessions')).toBe('400');
    // The backup is of before the release: nothing of it is left to be taken back.
    expect(await byMigrations()).toMatchObject({ code: 5, said: expect.stringMatching(/none of the migrations of .* can be taken back/) });
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 0, green: 100 });
  }, 240_000);
});
