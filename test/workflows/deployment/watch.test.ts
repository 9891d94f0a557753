import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { FakeWorld } from '../fake-world';
import { Harness, type Deployment } from '../harness';
import { testRequest, testSpec } from '../test-request';
import { impatient, watching } from './situations';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

describe('a watch', () => {
  test('that fails rolls back at once, with its evidence', async () => {
    const world = new FakeWorld();
    const before = world.snapshot();
    world.tally = (share) => (share === 50 ? { failure: 'errors 40.0 % of 200, must stay below 5.0 %' } : {});
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({
        outcome: 'ROLLED_BACK',
        reason: 'watch at 50 %: errors 40.0 % of 200, must stay below 5.0 %.',
      });
      expect(world.state).toEqual(before);
    });
  });

  test('keeps its rest over a pause, guards meanwhile, and can be extended', async () => {
    const ramp = { ...testSpec().ramp, initial: { share: 10, watch: 1_500 } };
    const world = new FakeWorld(testRequest({ spec: testSpec({ ramp }) }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      await deployment.send('pause', { by: 'bo' });
      const samplers = () => world.calls.filter((name) => name === 'sampleSignals').length;
      while (samplers() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await deployment.send('resume', { by: 'bo' })).toBe('Resumed.');
      await watching(deployment);
      expect(await deployment.send('extend', { by: 'bo', more: 500 })).toMatch(/longer/);
      const report = await deployment.result();
      const watch = report.rows.find(({ id }) => id === '2.2')?.children.find(({ id }) => id === '2.2.watch');
      expect(watch).toMatchObject({ state: 'done', planned: 1_500 });
      // The pause is no part of the rest that was kept.
      expect(watch?.window).toBeGreaterThan(2_000);
      expect((watch?.endedAt ?? 0) - (watch?.startedAt ?? 0)).toBeGreaterThanOrEqual(2_000);
    });
  });

  test('without enough evidence is extended up to the cap and then asks; nobody answering rolls back', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
    world.tally = () => ({ split: { part: 0, among: 0 } });
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({
        outcome: 'ROLLED_BACK',
        reason: expect.stringMatching(/inconclusive: split: no request was counted/),
      });
      expect(world.calls.filter((name) => name === 'sampleSignals').length).toBeGreaterThan(2);
      expect(world.state).toEqual(before);
    });
  });
});

describe('while the deployment stands still with traffic on the candidate', () => {
  const worsens = async (world: FakeWorld, deployment: Deployment) => {
    const before = new FakeWorld(world.request).snapshot();
    world.proof = 'errors 40.0 % of 200, must stay below 5.0 %';
    expect(await deployment.result()).toMatchObject({
      outcome: 'ROLLED_BACK',
      reason: 'watch at 10 %: errors 40.0 % of 200, must stay below 5.0 %.',
      left: [],
    });
    expect(world.state).toEqual(before);
  };

  test('because a watch has no evidence and asks, a proof of failure rolls back without an answer', async () => {
    const world = new FakeWorld();
    world.tally = () => ({ split: { part: 0, among: 0 } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ attention }) => attention?.step === '2.2.watch');
      await worsens(world, deployment);
    });
  });

  test('because it was paused between two steps, likewise', async () => {
    const world = new FakeWorld();
    await harness.deploy(world, async (deployment) => {
      let reached: () => void = () => undefined;
      const shifting = new Promise<void>((resolve) => (reached = resolve));
      let paused: () => void = () => undefined;
      const pause = new Promise<void>((resolve) => (paused = resolve));
      world.hook = async (name, _, when) => {
        if (name !== 'shiftTraffic' || when !== 'before' || world.calls.filter((called) => called === name).length !== 2) return;
        world.hook = () => undefined;
        reached();
        await pause;
        throw ApplicationFailure.nonRetryable('somebody else wrote there.', 'Foreign', { wrote: false });
      };
      await deployment.approve();
      await shifting;
      await deployment.send('pause', { by: 'bo' });
      paused();
      await deployment.until(({ attention }) => attention?.step === '2.3.traffic-50');
      await deployment.send('retry', { step: '2.3.traffic-50', by: 'bo' });
      await deployment.until(({ attention, state }) => attention === null && state === 'paused');
      await worsens(world, deployment);
    });
  });
});
