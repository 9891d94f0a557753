import { describe, expect, test } from '@jest/globals';
import { FakeWorld } from './fake-world';
import { rehearse, type Interruption } from './rehearsal';
import { asInTheRunbook, testRequest, testSpec } from './test-request';

const whens: readonly Interruption['when'][] = ['before', 'during', 'after'];

/** Which call of which activity is the first that writes a subject, in the order of the runbook. */
const firstWrites: readonly (readonly [name: string, nth: number, subject: string])[] = [
  ['setWorkload', 1, 'analytics-staging/deployment/analytics'],
  ['createFlags', 1, 'analytics/configmap/analytics-flags-0123456789'],
  ['setWorkload', 2, 'analytics/deployment/analytics-blue'],
  ['shiftTraffic', 1, 'analytics/httproute/analytics'],
  ['moveSelector', 1, 'analytics/service/analytics'],
  ['setWorkload', 3, 'analytics/deployment/analytics-green'],
];

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

  test('undone is exactly what the steps up to there wrote or may have written, and nothing else is touched', async () => {
    const { calls } = await rehearse(new FakeWorld());
    const placeOf = (name: string, nth: number) => calls.flatMap((called, place) => (called === name ? [place + 1] : []))[nth - 1];
    for (let at = 1; at <= calls.length; at += 1) {
      for (const when of whens) {
        const world = new FakeWorld();
        const { undone } = await rehearse(world, { at, when });
        const expected = firstWrites.filter(([name, nth]) => (placeOf(name, nth) ?? Infinity) <= at).map(([, , subject]) => subject);
        expect({ at, when, undone: [...undone].sort() }).toEqual({ at, when, undone: [...expected].sort() });
        const touched = [...new Set(world.ledger.map(({ subject }) => subject))];
        expect(touched.filter((subject) => !expected.includes(subject))).toEqual([]);
      }
    }
  });

  test('traffic goes back first, then workloads, then flags', async () => {
    const world = new FakeWorld();
    const { calls } = await rehearse(new FakeWorld());
    const { undone } = await rehearse(world, { at: calls.length, when: 'after' });
    expect(undone).toEqual([
      'analytics/service/analytics',
      'analytics/httproute/analytics',
      'analytics/deployment/analytics-green',
      'analytics/deployment/analytics-blue',
      'analytics-staging/deployment/analytics',
      'analytics/configmap/analytics-flags-0123456789',
    ]);
  });

  test('a ramp of five rungs is undone by one write to the weights of before', async () => {
    const request = testRequest({ spec: testSpec(asInTheRunbook) });
    const world = new FakeWorld(request);
    const { calls } = await rehearse(new FakeWorld(request));
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
