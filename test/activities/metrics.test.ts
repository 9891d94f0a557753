import { describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { fakePorts, scrapes } from '../fakes/ports';
import { failing, run } from './run';

const verify = (...texts: (string | Error)[]) => {
  const { verifyMetrics } = createActivities(fakePorts({ metrics: scrapes(...texts) }));
  return run(verifyMetrics, { metricsUrl: 'http://metrics', families: ['analytics', 'cache', 'db'], every: 1_000 });
};
const all = (analytics: number, cache: number, db: number) =>
  `analytics_total{a="1"} ${analytics}\nanalytics_other 1\ncache_hits ${cache}\ndb_queries ${db}`;

describe('the metric families', () => {
  test('are there and move', async () => {
    expect(await verify(all(1, 1, 1), all(2, 2, 2))).toEqual({ families: { analytics: 1, cache: 1, db: 1 } });
  });
  test('may be slow: up to six scrapes, over outages', async () => {
    expect(await verify(all(1, 1, 1), new Error('down'), all(2, 1, 1), all(2, 2, 1), all(2, 2, 2))).toEqual({
      families: { analytics: 1, cache: 1, db: 1 },
    });
  });
  test('that stand still or are not there are named', async () => {
    const told = await failing(verify('analytics_total 1\ncache_hits 5', 'analytics_total 2\ncache_hits 5'));
    expect(told).toMatchObject({ type: 'CheckFailed' });
    expect(told.message).toContain('Metrics: cache: does not move, db: no series');
  });
  test('that cannot be read are no families', async () => {
    expect((await failing(verify(new Error('metrics answered 500')))).message).toContain('(metrics answered 500)');
  });
});
