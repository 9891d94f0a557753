import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from '#cache';
import { measureEngagement } from '#engagement';
import { type UserEvent } from '#events';
import { exportCsv } from '#export';
import { followTrend } from '#trends';

const events: readonly UserEvent[] = [
  { user: 'ana', action: 'view', at: '2026-11-02T08:00:00Z' },
  { user: 'bo', action: 'view', at: '2026-11-01T08:00:00Z' },
  { user: 'bo', action: 'like', at: '2026-11-01T08:01:00Z' },
];

void test('engagement is likes and shares for each view', () => {
  assert.deepEqual(measureEngagement(events), { users: 2, views: 2, likes: 1, shares: 0, rate: 0.5 });
});

void test('nothing viewed is no engagement', () => {
  assert.equal(measureEngagement([]).rate, 0);
});

void test('a trend is ordered by day and compares with the day before', () => {
  assert.deepEqual(followTrend(events), [
    { day: '2026-11-01', rate: 1, change: 0 },
    { day: '2026-11-02', rate: 0, change: -1 },
  ]);
});

void test('a cached answer is computed once in its lifetime', () => {
  let computed = 0;
  let time = 0;
  const cache = createCache<number>(100, () => time);
  const read = (): number => cache.get('stats', () => (computed += 1));
  assert.deepEqual([read(), read()], [1, 1]);
  time = 101;
  assert.equal(read(), 2);
  cache.clear();
  assert.equal(read(), 3);
});

void test('an exported field with a comma is quoted', () => {
  assert.equal(exportCsv([{ user: 'a,b', action: 'view', at: '' }]), 'user,action,at\n"a,b",view,');
});
