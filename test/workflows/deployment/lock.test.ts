import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { FakeWorld } from '../fake-world';
import { Harness } from '../harness';
import { testRequest, testSpec } from '../test-request';
import { failing, impatient } from './situations';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

describe('the lock of the target', () => {
  test('is taken before the first production write and given up at the end, whatever the end is', async () => {
    for (const fails of [false, true]) {
      const world = new FakeWorld();
      if (fails) world.hook = failing('moveSelector', 'NotHealthy', { wrote: false });
      await harness.deploy(world, async (deployment) => {
        await deployment.approve();
        expect(await deployment.result()).toMatchObject({ outcome: fails ? 'ROLLED_BACK' : 'SUCCEEDED' });
        expect(world.calls.indexOf('takeTarget')).toBeLessThan(world.calls.indexOf('createFlags'));
        expect(world.calls.slice(-2)).toEqual(['releaseTarget', 'keepReport']);
      });
    }
  });

  test('that another deployment holds asks a person, and touches nothing of production', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
    world.hook = failing('takeTarget', 'Locked');
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: expect.stringMatching(/^2.0.lock/) });
      expect(world.calls).not.toContain('createFlags');
    });
  });

  test('that cannot be given up holds no end up, and is told', async () => {
    const world = new FakeWorld();
    world.hook = failing('releaseTarget', 'Forbidden');
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
      expect(report.forwardOnly).toContainEqual(expect.stringMatching(/^lock .* could not be given up/));
    });
  });

  test('that a repair has taken over ends the deployment: nobody is asked, nothing more is written, and what was taken over is listed as it stands', async () => {
    const world = new FakeWorld();
    world.hook = (name, _, when) => {
      if (when !== 'before' || !world.calls.includes('moveSelector')) return;
      if (name === 'moveSelector' || name.startsWith('restore') || name.startsWith('remove')) {
        throw ApplicationFailure.create({ type: 'TakenOver', message: 'epoch 2.', nonRetryable: true, details: [{}] });
      }
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'ROLLBACK_INCOMPLETE', reason: expect.stringMatching(/^2.3.selector .*epoch 2/) });
      const traffic = report.left.find(({ subject }) => subject === 'analytics/httproute/analytics');
      expect(traffic?.reason).toBe('taken over, as it stands: epoch 2.');
      expect(world.ledger.filter(({ activity }) => activity.startsWith('restore'))).toEqual([]);
    });
  });
});
