import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { goesOn } from '../../workflows/pausing';
import { FakeWorld } from './fake-world';
import { Harness } from './harness';
import { testRequest, testSpec } from './test-request';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

const sinks = [{ kind: 'webhook', name: 'ops', url: 'https://ops.example.com' }] as const;
const worldOf = (pauseDeadline: number): FakeWorld =>
  new FakeWorld(testRequest({ spec: testSpec({ sinks, attention: { deadline: 60_000, undoDeadline: 60_000, pauseDeadline } }) }));

describe('a pause', () => {
  test('that nobody ends has an end: people are reminded, and with traffic on the candidate everything is put back', async () => {
    const world = worldOf(2_000);
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ share }) => share >= 10);
      await deployment.send('pause', { by: 'bo' });
      const { paused } = await deployment.until((view) => view.paused !== null);
      expect(paused?.until).toBe((paused?.since ?? 0) + 2_000);
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'EXPIRED', reason: 'Paused by bo for 2 s: nobody resumed it.' });
      expect(world.state).toEqual(before);
      expect(world.notices.filter((key) => key.includes('/paused-'))).toHaveLength(2);
    });
  });

  test('that is forgotten brings nothing back that a rollback has left or that is past the point of no return: it goes on', () => {
    const [request, ramp] = [testRequest(), { share: 100, isWhole: true, isCommitted: false }];
    const rollback = { level: 'traffic', of: 'analytics-production-v1.0.0-20261124T020000Z' } as const;
    expect(goesOn({ request, ramp })).toBe(false);
    expect(goesOn({ request, ramp: { ...ramp, isCommitted: true } })).toBe(true);
    expect(goesOn({ request: testRequest({ rollback }), ramp: null })).toBe(true);
  });

  test('that is resumed in time ends nothing, and the next one has all of its time again', async () => {
    const world = worldOf(2_000);
    await harness.deploy(world, async (deployment) => {
      await deployment.until(({ gate }) => gate !== null);
      for (const by of ['bo', 'cy']) {
        await deployment.send('pause', { by });
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        await deployment.send('resume', { by });
      }
      await deployment.approve();
      expect((await deployment.result()).outcome).toBe('SUCCEEDED');
    });
  });
});
