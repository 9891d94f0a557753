import { describe, expect, test } from '@jest/globals';
import { FakeWorld } from './fake-world';
import { rehearse, type Interruption } from './rehearsal';

const whens: readonly Interruption['when'][] = ['before', 'during', 'after'];

describe('wherever the script stops', () => {
  test('an uninterrupted rehearsal performs every step and undoes nothing', async () => {
    const world = new FakeWorld();
    const { interrupted, calls, undone } = await rehearse(world);
    expect({ interrupted, undone }).toEqual({ interrupted: false, undone: [] });
    expect(calls.length).toBeGreaterThan(25);
  });

  test('the world is as before step 1, whichever step it was, and whether its answer came or not', async () => {
    const { calls } = await rehearse(new FakeWorld());
    for (let at = 1; at <= calls.length; at += 1) {
      for (const when of whens) {
        const world = new FakeWorld();
        const before = world.snapshot();
        const { interrupted } = await rehearse(world, { at, when });
        expect({ at, when, interrupted, world: world.state }).toEqual({ at, when, interrupted: true, world: before });
      }
    }
  });

  test('only what was asked for is undone: nothing that no step had reached', async () => {
    const { calls } = await rehearse(new FakeWorld());
    for (let at = 1; at <= calls.length; at += 1) {
      const world = new FakeWorld();
      const { undone } = await rehearse(world, { at, when: 'before' });
      const reached = new Set(
        ['setWorkload', 'createFlags', 'shiftTraffic', 'moveSelector'].filter((name) =>
          calls.slice(0, at).some((called) => called === name),
        ),
      );
      expect({ at, none: undone.length === 0 }).toEqual({ at, none: reached.size === 0 });
    }
  });

  test('traffic goes back first, then workloads, then flags', async () => {
    const world = new FakeWorld();
    const { calls } = await rehearse(new FakeWorld());
    const { undone } = await rehearse(world, { at: calls.length, when: 'after' });
    expect(undone).toEqual([
      'analytics/service/analytics',
      'analytics/httproute/analytics',
      'analytics/deployment/analytics-blue',
      'analytics-staging/deployment/analytics',
      'analytics/configmap/analytics-flags-0123456789',
    ]);
  });

  test('a ramp of five rungs is undone by one write to the weights of before', async () => {
    const world = new FakeWorld();
    const { calls } = await rehearse(new FakeWorld());
    await rehearse(world, { at: calls.length, when: 'after' });
    expect(world.ledger.filter(({ subject }) => subject === 'analytics/httproute/analytics').map(({ activity }) => activity)).toEqual([
      'shiftTraffic',
      'shiftTraffic',
      'shiftTraffic',
      'shiftTraffic',
      'shiftTraffic',
      'restoreTraffic',
    ]);
  });
});
