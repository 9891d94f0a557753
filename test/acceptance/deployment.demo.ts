import { afterEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { compareWorlds } from '../../sandbox/snapshot';
import { Stage, stageSpec } from './stage';

let stage: Stage;
afterEach(() => stage.close());

/** A history with its payloads readable. */
const decoded = (json: string): string =>
  json.replaceAll(/"data": ?"([A-Za-z0-9+/=]+)"/g, (_, data: string) => Buffer.from(data, 'base64').toString('utf8'));

describe('in the sandbox', () => {
  test('two releases in a row succeed, the second on the other colour, within the budget of the history', async () => {
    stage = await Stage.open({ spec: stageSpec({ off: {} }) });
    await stage.work();
    const first = await stage.deploy();
    await first.approve();
    const { notices = [], ...ended } = await first.result();
    expect(ended).toMatchObject({ outcome: 'SUCCEEDED', reason: 'analytics v1.0.0 is live.', left: [] });
    // Told once, in this order, to every sink of the spec, by Slack, mail, webhook and file.
    expect(notices.map(({ kind, sinks }) => [kind, ...sinks.map(({ name, result }) => `${name} ${result}`)])).toEqual([
      ['announcement', 'chat delivered', 'mail delivered', 'log delivered'],
      ['status', 'chat delivered', 'mail delivered', 'log delivered'],
      ['gate', 'chat delivered'],
      ['success', 'chat delivered', 'mail delivered', 'log delivered'],
      ['status', 'chat delivered', 'mail delivered', 'log delivered'],
    ]);
    const arrived = await stage.sandbox.notices();
    expect(arrived.filter(({ by }) => by === 'mail').map(({ answers, repeats }) => [answers !== null, repeats])).toEqual([
      [false, 0],
      [true, 0],
      [true, 0],
      [true, 0],
    ]);
    expect(arrived.find(({ subject }) => subject.endsWith('is live'))?.text).toMatch(/errors \d.* % of \d+ \(target: below 5 %\)/);
    const { events, bytes, json } = await first.history();
    // On a machine too busy to sample in time a watch is extended: that is its own sampler and timer more.
    const extensions = (json.match(/"activityType": ?\{\s*"name": ?"sampleSignals"/g) ?? []).length - 7;
    expect(extensions).toBeGreaterThanOrEqual(0);
    // The budget of phases 1 and 2 is without messages: each is an activity, and the tasks around it.
    expect(events).toBeLessThanOrEqual(325 + 7 * notices.length + 11 * extensions);
    // The input has the spec of the whole runbook, also where a short run leaves most of it out.
    const wholeSpec = 15_000;
    expect(bytes).toBeLessThanOrEqual(100_000 + wholeSpec + 5_000 * notices.length + 5_000 * extensions);
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 100, green: 0 });
    for (const secret of stage.secrets()) expect(decoded(json)).not.toContain(secret);

    const second = await stage.deploy({ version: 'v1.1.0', deploymentId: 'analytics-production-v1.1.0-20261124T030000Z' });
    await second.approve();
    expect(await second.result()).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 0, green: 100 });
  }, 240_000);

  test('errors at 50 % put everything back as it was, and the traffic within seconds of the first bad answer', async () => {
    stage = await Stage.open({ spec: stageSpec() });
    await stage.work();
    await stage.sandbox.setFault({ kind: 'errors', atShare: 50 });
    const deployment = await stage.deploy();
    await deployment.approve();
    const report = await deployment.result();
    expect(report).toMatchObject({
      outcome: 'ROLLED_BACK',
      reason: expect.stringMatching(/^watch at 50 %: errors .* must stay below 5.0 %/),
      left: [],
    });
    expect(report.forwardOnly).toEqual([expect.stringMatching(/^git tag v1.0.0-analytics/)]);
    const [fault] = (await stage.sandbox.stats()).faults;
    const back = (await stage.ownWrites()).find(({ kind, key }) => kind === 'HTTPRoute' && key?.endsWith('/undo'));
    expect(Date.parse(back?.at ?? '') - (fault?.firstBadAt ?? 0)).toBeLessThan(10_000);
    expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
  }, 240_000);

  test("another service's spec deploys without a change of code", async () => {
    const spec = stageSpec({}, join(__dirname, '..', 'specs', 'second.yaml'));
    stage = await Stage.open({
      spec: { ...spec, off: { ...spec.off, '1.3': 'no load test', '2.1': 'no flags', '1.4': 'no integration tests' } },
    });
    await stage.work();
    const deployment = await stage.deploy();
    const { gate } = await deployment.until((view) => view.gate !== null);
    const { roles, gates } = stage.sandbox.spec;
    const approvers = gates.production.roles.flatMap((role) => roles[role] ?? []).filter((name) => name !== 'ana');
    for (const by of [...new Set(approvers)].slice(0, gates.production.approvals)) {
      await deployment.send('approve', { gate: 'production', digest: gate?.digest ?? '', by });
    }
    expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED', service: spec.service, left: [] });
  }, 240_000);
});
