import { describe, expect, test } from '@jest/globals';
import type { BackendRef, HttpRoute } from '../../../sandbox/cluster/objects';
import { seededChance } from '../../../sandbox/gateway/chance';
import { chooseBackend, ruleFor, sharesOf } from '../../../sandbox/gateway/routing';

const route = (backendRefs: readonly BackendRef[], value?: string): HttpRoute => ({
  metadata: { name: 'r' },
  spec: { rules: [{ backendRefs, ...(value === undefined ? {} : { matches: [{ path: { type: 'PathPrefix', value } }] }) }] },
});

describe('the route', () => {
  test.each([5, 20, 50, 80])('gives a backend of weight %i that share, within three standard deviations', (weight) => {
    const requests = 2_000;
    const chance = seededChance(7);
    const backends = [
      { name: 'blue', weight },
      { name: 'green', weight: 100 - weight },
    ];
    const chosen = Array.from({ length: requests }, () => chooseBackend(backends, chance)?.name);
    const share = weight / 100;
    const deviation = Math.abs(chosen.filter((name) => name === 'blue').length - requests * share);
    expect(deviation).toBeLessThan(3 * Math.sqrt(requests * share * (1 - share)));
  });

  test('never chooses a backend of weight 0, and nobody where all have 0', () => {
    const chance = seededChance(1);
    const chosen = Array.from(
      { length: 500 },
      () =>
        chooseBackend(
          [
            { name: 'a', weight: 0 },
            { name: 'b', weight: 1 },
          ],
          chance,
        )?.name,
    );
    expect(new Set(chosen)).toEqual(new Set(['b']));
    expect(chooseBackend([{ name: 'a', weight: 0 }], chance)).toBeUndefined();
  });

  test('counts an absent weight as 1', () => {
    expect(sharesOf(route([{ name: 'a' }, { name: 'b', weight: 3 }]).spec.rules?.[0]?.backendRefs)).toEqual({ a: 25, b: 75 });
  });

  test('matches whole parts of a path', () => {
    const backends = [{ name: 'a' }];
    expect(
      [ruleFor(route(backends, '/api'), '/api/x'), ruleFor(route(backends, '/api'), '/apix')].map((rule) => rule !== undefined),
    ).toEqual([true, false]);
    expect(ruleFor(route(backends), '/anything')).toBeDefined();
  });
});
