import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SampleRequest } from '../../../workflows/runbook/contract';
import { FakeWorld } from '../fake-world';
import { Harness } from '../harness';
import { asInTheRunbook, testRequest, testSpec } from '../test-request';
import { failing, impatient } from './situations';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

describe('a step that has used up its retries', () => {
  test('parks, is tried again on a word, skipped with a reason, and both are on record', async () => {
    const world = new FakeWorld();
    world.hook = failing('runLoadTest', 'CheckFailed', { times: 1 });
    await harness.deploy(world, async (deployment) => {
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention).toMatchObject({ step: '1.3.load', choices: ['retry', 'skip', 'rollback'] });
      await deployment.send('retry', { step: '1.3.load', by: 'bo' });
      world.hook = failing('compareStructure', 'CheckFailed');
      await deployment.until((view) => view.attention?.step === '1.4.consistency');
      await expect(deployment.send('skip', { step: '1.4.consistency', by: 'bo' })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/needs its reason/) },
      });
      await deployment.send('skip', { step: '1.4.consistency', by: 'bo', comment: 'known difference' });
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED_WITH_WAIVERS', waivers: ['1.4.consistency skipped by bo: known difference'] });
    });
  });

  test('undoes a write whose answer was lost, and does not touch what was refused before any write', async () => {
    for (const wrote of [true, false]) {
      const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
      const before = world.snapshot();
      world.hook = failing('setWorkload', 'Unavailable', { wrote, when: wrote ? 'after' : 'before' });
      await harness.deploy(world, async (deployment) => {
        const report = await deployment.result();
        expect(report).toMatchObject({ outcome: wrote ? 'ROLLED_BACK' : 'FAILED' });
        expect(world.calls.includes('restoreWorkload')).toBe(wrote);
        expect(world.state).toEqual(before);
      });
    }
  });

  test('a destination that is not healthy gets no traffic and rolls back', async () => {
    const world = new FakeWorld();
    const before = world.snapshot();
    world.hook = failing('shiftTraffic', 'NotHealthy', { wrote: false });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: expect.stringMatching(/^2.2.traffic-10/) });
      expect(world.calls).not.toContain('restoreTraffic');
      expect(world.state).toEqual(before);
    });
  });
});

describe('a value that somebody else has set', () => {
  test('is written over only after a person has adopted it, and the way back restores what was there at first', async () => {
    const world = new FakeWorld();
    world.hook = failing('shiftTraffic', 'Foreign', { times: 1, wrote: false });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention).toMatchObject({ step: '2.2.traffic-10', choices: ['retry', 'adopt', 'rollback'] });
      await deployment.send('adopt', { by: 'bo', step: '2.2.traffic-10' });
      expect(await deployment.result()).toMatchObject({
        outcome: 'SUCCEEDED',
        decisions: expect.arrayContaining([expect.objectContaining({ what: 'adopt', by: 'bo' })]),
      });
      expect(world.calls.filter((name) => name === 'readTraffic')).toHaveLength(2);
    });
  });

  test('in a watch is gone on from once a person has adopted it, and what is changed after our next write is told again', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(asInTheRunbook) }));
    const subject = 'analytics/httproute/analytics';
    const adopted: (readonly string[])[] = [];
    let told = 0;
    world.hook = (name, input, when) => {
      if (name !== 'sampleSignals' || when !== 'before') return;
      const { window, adopted: known = [] } = input as SampleRequest;
      // What guards a question compares nothing.
      if (window !== undefined) adopted.push(known);
    };
    world.tally = (share) =>
      (share === 20 && told === 0) || (share === 50 && told === 1) ? (told++, { drift: { subject, words: 'weights 35' } }) : {};
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      for (const at of ['2.3.watch-20', '2.3.watch-50']) {
        await deployment.until(({ attention }) => attention?.step === at);
        await deployment.send('adopt', { by: 'bo', step: at });
      }
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
      // Read when it was captured, and at each adoption: the next write expects what was found.
      expect(world.calls.filter((name) => name === 'readTraffic')).toHaveLength(3);
      expect(adopted).toEqual([[], [], [subject], [], [subject], [], [], [], []]);
    });
  });

  test('cannot be adopted where nobody has set one', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ attention: { deadline: 5_000, undoDeadline: 200 } }) }));
    world.hook = failing('awaitRollout', 'RolloutFailed');
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      await expect(deployment.send('adopt', { by: 'bo', step: '1.1.rollout' })).rejects.toThrow();
      await deployment.send('abort', { by: 'bo' });
      await deployment.result();
    });
  });
});
