import { describe, expect, test } from '@jest/globals';
import { readSituation } from '../../client/situation';
import type { PendingActivity } from '../../client/temporal/engine';
import { fakeEngine, worldOf } from './fake-engine';
import { ramping, reportOf, runOf, tallyOf } from './fixtures';

const name = { workflowId: 'deploy:analytics:production' };
const activity = (more: Partial<PendingActivity>): PendingActivity => ({
  id: '2.2.rollout',
  type: 'awaitRollout',
  attempt: 1,
  lastFailure: null,
  heartbeat: null,
  nextAttemptAt: null,
  ...more,
});

describe('the situation of a deployment', () => {
  test('with a worker it has the view, and no trouble', async () => {
    const situation = await readSituation(fakeEngine(worldOf({ runs: [runOf()], view: ramping() })), name);
    expect(situation).toMatchObject({ missing: null, trouble: [], view: { share: 50 } });
  });

  test('without any worker it says that the deployment is safe, and how to start one', async () => {
    const situation = await readSituation(fakeEngine(worldOf({ runs: [runOf()], pollers: [] })), name);
    expect(situation?.view).toBeNull();
    expect(situation?.trouble).toEqual([
      'No worker is polling "analytics-deploy": the deployment is safe and waits. Start one: analytics-deploy worker',
    ]);
  });

  test('a worker that was killed a moment ago is not taken for one that answers', async () => {
    const situation = await readSituation(fakeEngine(worldOf({ runs: [runOf()], pollers: [14] })), name);
    expect(situation?.trouble.join()).toContain('No worker answers on "analytics-deploy" (one was there 14 s ago)');
  });

  test('a workflow task that fails again and again is told as engine trouble, never as running', async () => {
    const world = worldOf({ runs: [runOf({ taskAttempt: 7 })], view: ramping(), taskFailure: 'TypeError: x is undefined' });
    const situation = await readSituation(fakeEngine(world), name);
    expect(situation?.trouble[0]).toMatch(/^Engine trouble: .*failed 6 times \(TypeError: x is undefined\).*older build/);
    expect(situation?.view).toBeNull();
  });

  test('a step that is repeated shows its attempt and its error', async () => {
    const run = runOf({ activities: [activity({ attempt: 3, lastFailure: 'get deployment: connection refused.' })] });
    const situation = await readSituation(fakeEngine(worldOf({ runs: [run], view: ramping() })), name);
    expect(situation?.trouble).toEqual(['2.2.rollout is at attempt 3: get deployment: connection refused.']);
  });

  test('a rollout that waits for long names the pods, or the quota, that keep it from going on', async () => {
    const waitingFor = 'pods: 3 of 3 updated, 2 available, 0 old; not ready: blue-2';
    const told = async (startedAt: number) => {
      const run = runOf({ activities: [activity({ heartbeat: { startedAt, waitingFor } })] });
      return (await readSituation(fakeEngine(worldOf({ runs: [run], view: ramping() })), name))?.trouble;
    };
    expect(await told(Date.now() - 10_000)).toEqual([`2.2.rollout waits for ${waitingFor}`]);
    expect(await told(Date.now())).toEqual([]);
  });

  test("the running watch's counts come from the sampler's heartbeat", async () => {
    const run = runOf({ activities: [activity({ type: 'sampleSignals', heartbeat: { tally: tallyOf(), since: 1 } })] });
    const situation = await readSituation(fakeEngine(worldOf({ runs: [run], view: ramping() })), name);
    expect(situation?.tally?.split.among).toBe(12_041);
  });

  test('an ended deployment has its report', async () => {
    const world = worldOf({ runs: [runOf({ status: 'completed' })], report: reportOf() });
    expect(await readSituation(fakeEngine(world), name)).toMatchObject({ report: { outcome: 'SUCCEEDED' }, missing: null });
  });

  test('a run that was terminated says that nothing was put back', async () => {
    const situation = await readSituation(fakeEngine(worldOf({ runs: [runOf({ status: 'terminated' })] })), name);
    expect(situation?.trouble.join()).toContain('nothing was put back');
  });
});
