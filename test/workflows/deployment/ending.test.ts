import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { FakeWorld } from '../fake-world';
import { Harness, type Deployment } from '../harness';
import { testRequest } from '../test-request';
import { failing, hanging, longWatch, watching } from './situations';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

describe('an abort', () => {
  const moments: readonly (readonly [string, (deployment: Deployment, world: FakeWorld) => Promise<unknown>])[] = [
    ['while the first step runs', (deployment) => deployment.until(({ rows }) => rows.length > 0)],
    ['while an activity runs', (_, world) => hold(world, 'runCommand')],
    ['while an activity backs off', (deployment, world) => holdBackingOff(world, 'probe', deployment)],
    ['at the gate', (deployment) => deployment.until((view) => view.gate !== null)],
    ['while a write is under way', async (deployment, world) => Promise.all([hold(world, 'setWorkload', 2), deployment.approve()])],
    ['during a watch', async (deployment) => deployment.approve().then(() => watching(deployment))],
    [
      'during a pause inside a watch',
      async (deployment) => {
        await deployment.approve();
        await watching(deployment);
        await deployment.send('pause', { by: 'bo' });
      },
    ],
    [
      'when a step needs attention',
      async (deployment, world) => (
        (world.hook = failing('runLoadTest', 'CheckFailed')),
        deployment.until((view) => view.attention !== null)
      ),
    ],
  ];
  test.each(moments)('%s puts everything back', async (_, reach) => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await reach(deployment, world);
      await deployment.send('abort', { by: 'cy', comment: 'looks wrong' });
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'ROLLED_BACK', reason: 'Aborted by cy: looks wrong.', left: [] });
      expect(world.state).toEqual(before);
      expect(report.undone.length).toBe(new Set(world.ledger.map(({ subject }) => subject)).size);
    });
  });

  test('while an object is being made waits for the answer: nothing is made behind its back', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    const before = world.snapshot();
    let aborted: () => void = () => undefined;
    const abort = new Promise<void>((resolve) => (aborted = resolve));
    let making = false;
    world.hook = async (name, _, when) => {
      if (name !== 'createFlags' || when !== 'before') return;
      making = true;
      await abort;
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(() => making);
      await deployment.send('abort', { by: 'cy' });
      aborted();
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(world.calls).toContain('removeFlags');
      expect(world.state).toEqual(before);
    });
  });

  test('once more, or a cancel through Temporal, changes nothing about the way back', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      await deployment.handle.cancel();
      await deployment.until(({ state }) => state === 'unwinding' || state === 'ended');
      await deployment.send('abort', { by: 'cy' }).catch(() => undefined);
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: 'Cancelled through Temporal.' });
      expect(world.state).toEqual(before);
    });
  });
});

describe('superseding', () => {
  test('ends a deployment before production and is refused after it', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      await deployment.send('supersede', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'FAILED', reason: 'Superseded by eva.' });
      expect(world.state).toEqual(before);
    });
    await harness.deploy(new FakeWorld(testRequest({ spec: longWatch })), async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      await expect(deployment.send('supersede', { by: 'eva' })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/has touched production/) },
      });
    });
  });
});

/** Lets the n-th call of an activity hang until it is cancelled or the worker stops, and waits until it is there. */
async function hold(world: FakeWorld, name: string, nth = 1): Promise<void> {
  let reached: () => void = () => undefined;
  const there = new Promise<void>((resolve) => (reached = resolve));
  let calls = 0;
  world.hook = async (called, _, when) => {
    if (called !== name || when !== 'after' || ++calls !== nth) return;
    reached();
    await hanging();
  };
  await there;
}

/** Lets an activity fail retryably and waits until it backs off. */
async function holdBackingOff(world: FakeWorld, name: string, deployment: Deployment): Promise<void> {
  world.hook = (called, _, when) => {
    if (called === name && when === 'before')
      throw ApplicationFailure.create({ type: 'Unavailable', message: 'no answer', nextRetryDelay: '60s' });
  };
  for (;;) {
    const { raw } = await deployment.handle.describe();
    if (raw.pendingActivities?.some(({ attempt, lastFailure }) => (attempt ?? 0) > 1 && lastFailure)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
