import { afterEach, expect, test } from '@jest/globals';
import { describeWithParts } from '../support/parts';
import { checklistLineIds } from '../../workflows/runbook/pre-deployment/ids';
import { Stage, stageSpec } from './stage';

let stage: Stage;
afterEach(() => stage.close());

/** Of what comes before and after the rollout only the database. */
const lines = checklistLineIds.filter((id) => id !== 'checklist.backup' && id !== 'checklist.migrations');
const others = [...lines, 'team', 'window', '1.2', '1.3', '1.4', 'monitoring', 'success', 'follow-up'];
const spec = () => stageSpec({ off: Object.fromEntries(others.map((id) => [id, 'not part of this test'])) });
const applied = async (): Promise<string> =>
  (await stage.sandbox.database?.sql(`select string_agg(name, ' ' order by name) from schema_migrations`)) ?? '';
const before = '0001_events 0002_sessions';

/** A history with its payloads readable. */
const decoded = (json: string): string =>
  json.replaceAll(/"data": ?"([A-Za-z0-9+/=]+)"/g, (_, data: string) => Buffer.from(data, 'base64').toString('utf8'));

describeWithParts('the database of a deployment in the sandbox', ['postgres'], () => {
  test('is backed up, verified and migrated, and the history knows no password', async () => {
    stage = await Stage.open({ spec: spec(), full: true });
    await stage.work();
    const deployment = await stage.deploy();
    await deployment.approve();
    const report = await deployment.result();
    expect(report).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
    const done = report.rows.find(({ id }) => id === 'checklist')?.children.filter(({ state }) => state === 'done');
    const notes = done?.map(({ note }) => note);
    expect(notes).toEqual([
      '2 pending (0003_labels, 0004_short_kinds): up, down and up again',
      expect.stringMatching(
        /^analytics-production-v1\.0\.0-\w+\.dump: \d+ kB · 3 tables, 5\d{3} rows restored alike · sha256 [0-9a-f]{12}$/,
      ),
    ]);
    expect(await applied()).toBe(`${before} 0003_labels 0004_short_kinds`);
    const { json } = await deployment.history();
    const password = /:([^:@/]+)@/.exec((await stage.sandbox.database?.connection()) ?? '')?.[1] ?? '';
    expect(password.length).toBeGreaterThan(8);
    expect(decoded(json)).not.toContain(password);
  }, 240_000);

  test('is as before when the watch at 50 % fails: its migrations are taken back last', async () => {
    stage = await Stage.open({ spec: spec(), full: true });
    await stage.work();
    await stage.sandbox.setFault({ kind: 'errors', atShare: 50 });
    const deployment = await stage.deploy();
    await deployment.approve();
    const report = await deployment.result();
    expect(report).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
    expect(report.undone.at(-1)).toMatchObject({ subject: 'database/analytics-production', note: '2 taken back' });
    expect(await applied()).toBe(before);
  }, 240_000);

  test('is not deployed upon where the backup lacks rows, nor left half migrated where a row forbids the last migration', async () => {
    stage = await Stage.open({ spec: spec(), full: true });
    await stage.work();
    await stage.sandbox.setFault({ kind: 'backup' });
    const first = await stage.deploy();
    expect(await first.result()).toMatchObject({
      outcome: 'FAILED',
      reason: expect.stringContaining('differs from the database as it was dumped: public.sessions has 0 rows instead of 400 rows'),
    });

    await stage.sandbox.clearFaults();
    await stage.sandbox.setFault({ kind: 'migration' });
    const second = await stage.deploy({ deploymentId: 'analytics-production-v1.1.0-20261124T030000Z', version: 'v1.1.0' });
    await second.approve();
    expect(await second.result()).toMatchObject({
      outcome: 'ROLLED_BACK',
      reason: expect.stringMatching(/^2\.0m\.migrate migrate the database: .*check constraint "kind_is_short".*is violated by some row/),
      left: [],
    });
    expect(await applied()).toBe(before);
  }, 240_000);
});
