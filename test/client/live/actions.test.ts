import { describe, expect, test } from '@jest/globals';
import { usualActions } from '../../../client/live/actions';
import { contextOf, fakeEngine, worldOf } from '../fake-engine';
import { ramping, runOf, situationOf } from '../fixtures';

const labels = (view: ReturnType<typeof ramping>) => {
  const world = worldOf();
  return usualActions(contextOf(world, {}).context, fakeEngine(world), runOf(), situationOf({ view })).map(({ label }) => label);
};

describe('what can be pressed', () => {
  test('while a watch runs: abort, pause, and a longer watch', () => {
    expect(labels(ramping())).toEqual(['abort', 'pause', expect.stringMatching(/^extend by /)]);
  });
  test('while it is paused: resume', () => {
    expect(labels(ramping({ state: 'paused', paused: { by: 'bo', since: 0 } }))).toContain('resume');
  });
  test('while everything is put back: nothing that would hold it up', () => {
    expect(labels(ramping({ state: 'unwinding' }))).toEqual(['abort']);
  });
});
