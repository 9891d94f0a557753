import { afterEach, describe, expect, test } from '@jest/globals';
import { doubled, effectsOf } from '../../sandbox/effects';
import { compareWorlds } from '../../sandbox/snapshot';
import { heldAtHalf, Stage, stageSpec, step } from '../acceptance/stage';
import { testCluster } from './test-cluster';

let stage: Stage;
afterEach(() => stage.close());

describe('on a real control plane', () => {
  test('two releases in a row succeed, the second on the other colour', async () => {
    stage = await Stage.open({ spec: stageSpec(), cluster: testCluster });
    await stage.work();
    const first = await stage.deploy();
    await first.approve();
    expect(await first.result()).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 100, green: 0 });
    const second = await stage.deploy({ version: 'v1.1.0', deploymentId: 'analytics-production-v1.1.0-20261124T030000Z' });
    await second.approve();
    expect(await second.result()).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 0, green: 100 });
    expect(doubled(effectsOf(await stage.sandbox.ledger()))).toEqual([]);
  }, 240_000);

  test('errors at 50 % put everything back as it was, and the traffic within seconds of the first bad answer', async () => {
    stage = await Stage.open({ spec: stageSpec(), cluster: testCluster });
    await stage.work();
    await stage.sandbox.setFault({ kind: 'errors', atShare: 50 });
    const deployment = await stage.deploy();
    await deployment.approve();
    expect(await deployment.result()).toMatchObject({
      outcome: 'ROLLED_BACK',
      reason: expect.stringMatching(/^watch at 50 %: errors/),
      left: [],
    });
    const [fault] = (await stage.sandbox.stats()).faults;
    const back = (await stage.ownWrites()).find(({ kind, key }) => kind === 'HTTPRoute' && key?.endsWith('/undo'));
    expect(Date.parse(back?.at ?? '') - (fault?.firstBadAt ?? 0)).toBeLessThan(10_000);
    expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
  }, 240_000);

  test('an abort after the Service selector has moved puts selector and weights back', async () => {
    const hour = 3_600_000;
    const spec = stageSpec();
    stage = await Stage.open({ spec: { ...spec, ramp: { ...spec.ramp, selectorWatch: hour } }, cluster: testCluster });
    await stage.work();
    const deployment = await stage.deploy();
    await deployment.approve();
    await step(deployment, '2.3.watch-selector');
    await deployment.send('abort', { by: 'bo' });
    expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 0, green: 100 });
    expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
  }, 240_000);

  test('an abort at 50 % leaves the world as it was before', async () => {
    stage = await Stage.open({ spec: { ...heldAtHalf(stageSpec()), signals: [] }, cluster: testCluster });
    await stage.work();
    const deployment = await stage.deploy();
    await deployment.approve();
    await step(deployment, '2.3.watch-50');
    await deployment.send('abort', { by: 'bo' });
    expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
    expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
    expect(doubled(effectsOf(await stage.sandbox.ledger()))).toEqual([]);
  }, 240_000);
});
