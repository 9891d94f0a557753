import { expect, test } from '@jest/globals';
import { inFull, terse } from '../../../../workflows/runbook/report/terse';
import { reportOf } from '../../../client/fixtures';

const row = (id: string) =>
  ({ id, title: id, state: 'done', startedAt: null, endedAt: null, window: null, note: '', children: [] }) as const;
const watch = { ...row('2.3.watch-50'), startedAt: 1_000, endedAt: 61_000, window: 60_000, planned: 30_000, note: 'errors 0.1 %' };
const begun = { startedAt: 1_000, endedAt: 90_000 };
const traffic = { ...row('2.3.traffic-80'), startedAt: 61_000, endedAt: 61_000 };
const report = reportOf({ rows: [{ ...row('2.3'), ...begun, children: [watch, traffic, row('2.3.watch-80')] }, row('2.4')] });

test('a report says in the history only what is not empty, and is the same when it is read', () => {
  const [section, last] = terse(report).rows;
  expect(section?.children?.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
    [undefined, 61_000],
    [61_000, undefined],
    [null, undefined],
  ]);
  expect(last).toEqual({ id: '2.4', title: '2.4', state: 'done' });
  expect(inFull(terse(report))).toEqual(report);
});

test('a report of an earlier build, which said everything, is read as it is', () => {
  expect(inFull(report)).toEqual(report);
});
