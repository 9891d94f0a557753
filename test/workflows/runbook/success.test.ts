import { describe, expect, test } from '@jest/globals';
import { unpause, type DeskState } from '../../../workflows/desk-state';
import type { RunFacts } from '../../../workflows/runbook/announcing';
import type { SampleTally } from '../../../workflows/runbook/judge/evidence';
import { judgeCriterion } from '../../../workflows/runbook/success';
import type { Row, RowState } from '../../../workflows/runbook/view';
import { testRequest } from '../test-request';

const minute = 60_000;
const row = (id: string, state: RowState, more: Partial<Row> = {}): Row => ({
  ...{ id, title: id, state, startedAt: 0, endedAt: 10 * minute, window: null, note: '', children: [] },
  ...more,
});
const measured = (part: number, among = 1_000): SampleTally => ({
  samples: 10,
  missing: 0,
  split: { part: 100, among: 1_000 },
  failure: null,
  signals: [
    {
      ...{ signal: 'errors', candidate: { part, among }, control: { part: 0, among: 0 }, latest: { part: 0, among: 0 } },
      ...{ quantile: null, unknown: null },
    },
  ],
});
const facts = (more: Partial<RunFacts> = {}): RunFacts => ({
  request: testRequest(),
  release: null,
  now: 60 * minute,
  startedAt: 0,
  plan: { total: 0, waits: 0, approvals: 0, worstRollback: 0, pointOfNoReturn: '' },
  rows: [row('1.2', 'done', { note: '4 of 4', children: [row('1.2.request-1', 'done')] })],
  planned: {},
  stood: [],
  share: 100,
  watches: [],
  benchmarks: [],
  exposure: [],
  waivers: [],
  unwell: [],
  ...more,
});

describe('a criterion of success', () => {
  test('is proved by a step that is done, and says what it found', () => {
    expect(judgeCriterion({ steps: ['1.2'] }, facts())).toEqual({ kind: 'pass', note: '1.2: 4 of 4' });
  });

  test.each([
    ['skipped', 'inconclusive', /^1\.2\.request-1 was skipped: skipped by bo$/],
    ['off', 'inconclusive', /was left out/],
    ['pending', 'inconclusive', /was not done/],
    ['running', 'inconclusive', /is not over/],
    ['failed', 'fail', /has failed/],
  ] as const)('is not met where something of it is %s', (state, kind, reason) => {
    const rows = [row('1.2', 'done', { children: [row('1.2.request-1', state, { note: 'skipped by bo' })] })];
    expect(judgeCriterion({ steps: ['1.2'] }, facts({ rows }))).toEqual({ kind, reason: expect.stringMatching(reason) });
  });

  test('is not met by a step that the deployment does not have: what cannot be proved is never a pass', () => {
    expect(judgeCriterion({ steps: ['1.3'] }, facts())).toEqual({ kind: 'inconclusive', reason: '1.3 was not done' });
    expect(judgeCriterion({}, facts())).toMatchObject({ kind: 'inconclusive' });
  });

  test('is proved by what every watch has measured: the worst of them counts', () => {
    const watches = [10, 20].map((part, place) => ({ title: `watch ${place}`, tally: measured(part) }));
    expect(judgeCriterion({ watches: ['errors'] }, facts({ watches }))).toEqual({
      kind: 'pass',
      note: 'errors 2.0 %, within its limit in 2 watches',
    });
    const worse = [...watches, { title: 'watch at 100 %', tally: measured(90) }];
    expect(judgeCriterion({ watches: ['errors'] }, facts({ watches: worse }))).toEqual({
      kind: 'fail',
      reason: 'watch at 100 %: errors 9.0 % of 1000, must stay below 5.0 %',
    });
    const blind = [...watches, { title: 'watch at 100 %', tally: measured(0, 3) }];
    expect(judgeCriterion({ watches: ['errors'] }, facts({ watches: blind }))).toMatchObject({ kind: 'inconclusive' });
  });

  test('is not proved by watches of which people have skipped one', () => {
    const watches = [{ title: 'watch 20 %', tally: measured(10) }];
    const skipped = row('2.3.watch-50', 'skipped', { title: 'watch 50 %', window: minute, note: 'skipped by eva: metrics are broken' });
    const rows = [row('2.3', 'done', { children: [row('2.3.watch-20', 'done', { window: minute }), skipped] })];
    expect(judgeCriterion({ watches: ['errors'] }, facts({ watches, rows }))).toEqual({
      kind: 'inconclusive',
      reason: 'watch 50 %: skipped by eva: metrics are broken',
    });
  });

  test('is not met where no watch has looked', () => {
    expect(judgeCriterion({ watches: ['errors'] }, facts())).toMatchObject({
      kind: 'inconclusive',
      reason: 'errors: no watch has measured it',
    });
  });

  test('compares work and watches with their plan; what waited for people is not in it', () => {
    const rows = [
      row('2.2', 'done'),
      row('gate', 'done', { endedAt: 900 * minute }),
      row('2.3', 'running', { startedAt: 50 * minute, endedAt: null }),
    ];
    const planned = { '2.2': 10 * minute, gate: 0, '2.3': 10 * minute };
    const duration = { times: 1, grace: 0 };
    expect(judgeCriterion({ duration }, facts({ rows, planned }))).toEqual({
      kind: 'pass',
      note: '20 min of work and watches, planned 20 min',
    });
    expect(judgeCriterion({ duration }, facts({ rows, planned, now: 61 * minute }))).toEqual({
      kind: 'fail',
      reason: '21 min of work and watches, planned 20 min, at most 20 min',
    });
    expect(judgeCriterion({ duration: { times: 1, grace: minute } }, facts({ rows, planned, now: 61 * minute }))).toMatchObject({
      kind: 'pass',
    });
    expect(judgeCriterion({ duration }, facts({ rows, planned: {} }))).toMatchObject({ kind: 'inconclusive' });
  });

  test('takes no pause and no question for work, however many there were at once', () => {
    const rows = [row('2.3', 'done', { startedAt: 0, endedAt: 80 * minute })];
    const stood = [
      { from: 30 * minute, until: 70 * minute },
      { from: 10 * minute, until: 40 * minute },
      { from: 75 * minute, until: 90 * minute },
    ];
    expect(judgeCriterion({ duration: { times: 1, grace: 0 } }, facts({ rows, stood, planned: { '2.3': 15 * minute } }))).toEqual({
      kind: 'pass',
      note: '15 min of work and watches, planned 15 min',
    });
  });

  test('tells everything that is missing, not only the first', () => {
    expect(judgeCriterion({ steps: ['1.3', '1.2', '1.4'], watches: ['errors'] }, facts())).toEqual({
      kind: 'inconclusive',
      reason: '1.3 was not done; 1.4 was not done; errors: no watch has measured it',
    });
  });
});

test('a pause that is over is remembered as time in which nobody worked', () => {
  const state = { paused: { by: 'eva', since: 5 }, stood: [] } as unknown as DeskState;
  unpause(state);
  unpause(state);
  expect(state).toEqual({ paused: null, stood: [{ from: 5, until: expect.any(Number) }] });
});
