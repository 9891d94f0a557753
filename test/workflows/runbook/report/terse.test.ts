import { expect, test } from '@jest/globals';
import { inFull, terse } from '../../../../workflows/runbook/report/terse';
import { reportOf } from '../../../client/fixtures';

const row = (id: string) =>
  ({ id, title: id, state: 'done', startedAt: null, endedAt: null, window: null, note: '', children: [] }) as const;
const watch = { ...row('2.3.watch-50'), startedAt: 1_000, endedAt: 61_000, window: 60_000, planned: 30_000, note: 'errors 0.1 %' };
const report = reportOf({ rows: [{ ...row('2.3'), children: [watch, row('2.3.traffic-80')] }, row('2.4')] });

test('a report says in the history only what is not empty, and is the same when it is read', () => {
  expect(JSON.stringify(terse(report).rows)).not.toMatch(/null|\[\]|""/);
  expect(inFull(terse(report))).toEqual(report);
});

test('a report of an earlier build, which said everything, is read as it is', () => {
  expect(inFull(report)).toEqual(report);
});
