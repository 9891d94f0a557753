import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SampleTally, SignalTally } from '../../../../workflows/runbook/judge/evidence';
import { firstFailure, guard, judgeSplit, judgeWatch, lowerBound, verdictAtEnd, worstOf } from '../../../../workflows/runbook/judge/judge';
import type { SignalSpec } from '../../../../workflows/runbook/spec';
import { testSpec } from '../../test-request';

const [errors, latency] = testSpec().signals as readonly [SignalSpec, SignalSpec];
const counts = (part: number, among: number, change: Partial<SignalTally> = {}): SignalTally => ({
  signal: 'errors',
  candidate: { part, among },
  control: { part: 0, among: 0 },
  latest: { part: 0, among: 0 },
  quantile: null,
  unknown: null,
  ...change,
});
const tally = (change: Partial<SampleTally> = {}): SampleTally => ({
  samples: 10,
  missing: 0,
  failure: null,
  split: { part: 500, among: 1000 },
  signals: [counts(1, 1000), { ...counts(990, 1000), signal: 'latency' }],
  ...change,
});

describe('the guard while a watch runs', () => {
  test('fails once the errors are proven to be above the limit, and names the numbers', () => {
    expect(guard(errors, counts(40, 100))).toEqual({ kind: 'fail', reason: 'errors 40.0 % of 100, must stay below 5.0 %' });
  });
  test('does not fail on a handful of bad answers that chance can explain', () => {
    expect(guard(errors, counts(2, 30)).kind).toBe('pass');
  });
  test('sees a failure that begins late in a long watch by its latest interval', () => {
    expect(guard(errors, counts(30, 20_000, { latest: { part: 30, among: 60 } })).kind).toBe('fail');
  });
  test('says nothing below the minimum of events', () => {
    expect(guard(errors, counts(10, 10))).toMatchObject({ kind: 'inconclusive', reason: 'errors: 10 of at least 20 events' });
  });
  test('judges a share that must stay above its limit by what is missing from it', () => {
    expect(guard(latency, counts(50, 100)).kind).toBe('fail');
    expect(guard(latency, counts(99, 100)).kind).toBe('pass');
  });
});

describe('errors by endpoint', () => {
  const byPath: SignalSpec = { ...errors, by: 'path', minimum: 100 };
  const worst = (part: number, among: number) => counts(30, 1_000, { worst: { value: '/export', part, among } });

  test('fail the watch where one endpoint is proven to fail, however few of all requests are its own', () => {
    const failed = { kind: 'fail', reason: 'errors of path /export 100.0 % of 30, must stay below 5.0 %' };
    expect(guard(byPath, worst(30, 30))).toEqual(failed);
    expect(verdictAtEnd(byPath, worst(30, 30))).toEqual(failed);
  });
  test('are not known where an endpoint seems to be beyond the limit and there are too few to prove it', () => {
    expect(guard(byPath, worst(8, 120)).kind).toBe('pass');
    expect(verdictAtEnd(byPath, worst(8, 120))).toEqual({
      kind: 'inconclusive',
      reason: 'errors: of path /export 6.7 % of 120, too few to tell it from 5.0 %',
    });
  });
  test('pass with the worst endpoint told, and one error among a few requests is no more than that', () => {
    const note = 'errors 3.0 %, worst of path /export 4.0 %';
    expect(verdictAtEnd(byPath, worst(4, 100))).toEqual({ kind: 'pass', note });
    expect(verdictAtEnd(byPath, worst(2, 25)).kind).toBe('pass');
  });
  test('are judged by the endpoint that decides: proof before what only seems so, and that before a larger share of a few', () => {
    const [proven, seems, few, fewest] = [
      { value: 'proven', part: 300, among: 3_000 },
      { value: 'seems', part: 11, among: 110 },
      { value: 'few', part: 3, among: 21 },
      { value: 'fewest', part: 5, among: 5 },
    ];
    expect(worstOf(byPath, [few, seems, proven, fewest])?.value).toBe('proven');
    expect(worstOf(byPath, [few, seems, fewest])?.value).toBe('seems');
    expect(worstOf(byPath, [few, fewest])?.value).toBe('few');
    expect(worstOf(byPath, [fewest])).toBeUndefined();
  });
});

describe('the verdict at the end of a watch', () => {
  test('passes only with every signal read, enough events, the split as set and no gap', () => {
    expect(judgeWatch(testSpec().signals, tally(), 50, 1_000)).toMatchObject({
      kind: 'pass',
      note: '50.0 % of 1000 requests served · errors 0.1 % · under 500 ms 99.0 %',
    });
  });
  test.each([
    ['a signal that could not be read', tally({ signals: [counts(0, 1000, { unknown: 'NaN' })] })],
    ['a signal that was never sampled', tally({ signals: [] })],
    ['too few events', tally({ signals: [counts(0, 3)] })],
    ['no request counted', tally({ split: { part: 0, among: 0 } })],
    ['a split more than three standard deviations off', tally({ split: { part: 600, among: 1000 } })],
    ['a gap of more than two intervals', tally({ missing: 2_001 })],
  ])('%s is never a pass', (_, evidence) => {
    expect(judgeWatch(testSpec().signals, evidence, 50, 1_000).kind).toBe('inconclusive');
  });
  test('the limit itself is a failure: the runbook says below', () => {
    expect(verdictAtEnd(errors, counts(50, 1000)).kind).toBe('fail');
    expect(verdictAtEnd(errors, counts(49, 1000)).kind).toBe('pass');
  });
  test('a failure outweighs what is inconclusive', () => {
    expect(judgeWatch(testSpec().signals, tally({ missing: 9_000, failure: 'errors 40 %' }), 50, 1_000)).toEqual({
      kind: 'fail',
      reason: 'errors 40 %',
    });
  });
  test('at 100 % a few answers of the old colour still under way are no contradiction', () => {
    expect(judgeSplit({ part: 998, among: 1000 }, 100).kind).toBe('pass');
    expect(judgeSplit({ part: 59_900, among: 60_000 }, 100).kind).toBe('pass');
    expect(judgeSplit({ part: 900, among: 1000 }, 100).kind).toBe('inconclusive');
  });
});

describe('whatever is counted', () => {
  test('the lower bound lies between zero and the share', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (a, b) => {
        const [part, among] = [Math.min(a, b), Math.max(a, b)];
        const bound = lowerBound({ part, among });
        expect(bound).toBeGreaterThanOrEqual(0);
        expect(bound).toBeLessThanOrEqual(among === 0 ? 0 : part / among + 1e-12);
      }),
    );
  });
  test('no evidence is never a pass and never a failure', () => {
    fc.assert(
      fc.property(fc.constantFrom(errors, latency), fc.nat(19), (signal, among) => {
        expect(guard(signal, counts(0, among)).kind).toBe('inconclusive');
        expect(verdictAtEnd(signal, counts(0, among)).kind).toBe('inconclusive');
      }),
    );
    expect(firstFailure(testSpec().signals, tally({ signals: [] }))).toBeNull();
  });
});
