import { describe, expect, test } from '@jest/globals';
import { evenly, Faults, type Suspect } from '../../sandbox/faults';

const pod = (colour: string, version = 'v1.0.0'): Suspect => ({ where: 'production', colour, version });

describe('faults', () => {
  test('armed at 50 %, one falls upon the colour that rises to 50 % and not upon the one that sinks to it', () => {
    const faults = new Faults();
    faults.sharesAre({ blue: 0, green: 100 });
    faults.set({ kind: 'errors', atShare: 50 });
    faults.sharesAre({ blue: 20, green: 80 });
    expect(faults.rate('errors', pod('blue'))).toBe(0);
    faults.sharesAre({ blue: 50, green: 50 });
    expect([faults.rate('errors', pod('blue')), faults.rate('errors', pod('green'))]).toEqual([0.4, 0]);
    faults.sharesAre({ blue: 0, green: 100 });
    expect(faults.rate('errors', pod('blue'))).toBe(0.4);
  });

  test('one concerns only the colour, the version and the place that it names', () => {
    const faults = new Faults();
    faults.set({ kind: 'latency', version: 'v1.0.0', where: 'staging', rate: 1 });
    faults.set({ kind: 'cache', colour: 'blue' });
    expect(faults.rate('latency', { where: 'staging', colour: null, version: 'v1.0.0' })).toBe(1);
    expect(faults.rate('latency', pod('blue'))).toBe(0);
    expect([faults.rate('cache', pod('blue')), faults.rate('cache', pod('green'))]).toEqual([0.9, 0]);
  });

  test('the first spoiled answer is remembered, and clearing ends all of them', () => {
    const faults = new Faults();
    faults.set({ kind: 'errors', colour: 'blue' });
    faults.spoiled('errors', pod('blue'));
    const [state] = faults.all();
    faults.spoiled('errors', pod('blue'));
    expect(faults.all()[0]?.firstBadAt).toBe(state?.firstBadAt);
    expect(state?.firstBadAt).toEqual(expect.any(Number));
    faults.clear();
    expect(faults.rate('errors', pod('blue'))).toBe(0);
  });

  test('who waits for a fault is woken when it comes, and when nobody waits any more', async () => {
    const faults = new Faults();
    const stopped = new AbortController();
    const crashed = faults.until(() => faults.rate('crash', pod('blue')) > 0, stopped.signal);
    faults.set({ kind: 'crash' });
    await crashed;
    const never = faults.until(() => false, stopped.signal);
    stopped.abort();
    await never;
  });
});

test('40 of 100 questions are answered yes, never many at once', () => {
  const turn = evenly();
  const answers = Array.from({ length: 100 }, () => turn(0.4));
  expect(answers.filter(Boolean)).toHaveLength(40);
  expect(answers.map((answer) => (answer ? 'y' : 'n')).join('')).not.toContain('yyy');
});
