import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quantileOf } from '../../activities/quantile';

describe('a quantile of a histogram', () => {
  test('lies within its bucket', () => {
    expect(quantileOf({ '0.1': 90, '0.5': 100, '+Inf': 100 }, 0.95)).toBeCloseTo(0.3);
    expect(quantileOf({ '0.5': 50, '+Inf': 100 }, 0.95)).toBe(0.5);
  });
  test('is not known without observations, or without the last bucket', () => {
    expect(quantileOf({ '0.1': 0, '+Inf': 0 }, 0.95)).toBeNull();
    expect(quantileOf({ '0.1': 5 }, 0.95)).toBeNull();
    expect(quantileOf({}, 0.95)).toBeNull();
  });
  test('never throws and never leaves the bounds, whatever the counts are', () => {
    const counts = fc.dictionary(fc.constantFrom('0.1', '0.5', '1', '+Inf', 'x', ''), fc.integer({ min: -5, max: 100 }));
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (buckets, q) => {
        const found = quantileOf(buckets, q);
        expect(found === null || (found >= 0 && found <= 1)).toBe(true);
      }),
    );
  });
});
