import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { judgeLoad } from '../../activities/load';
import type { Load, LoadMeasured } from '../../activities/ports/load';
import { autocannonLoad } from '../../activities/ports/load/adapter';
import type { LoadSpec } from '../../workflows/runbook/spec';
import { fakePorts, scrapes } from '../fakes/ports';
import { startServer } from '../fakes/server';
import { failing, run } from './run';

const load: LoadSpec = {
  duration: 1_000,
  connections: 2,
  rate: 50,
  path: '/stats',
  token: 'user',
  limits: {
    p95: 500,
    errors: 0.01,
    minimumRequests: 20,
    cacheHits: { hits: { metric: 'cache_total', labels: { result: 'hit' } }, lookups: { metric: 'cache_total', labels: {} }, above: 0.7 },
  },
};
const cached = (hits: number, misses: number) => `cache_total{result="hit"} ${hits}\ncache_total{result="miss"} ${misses}`;
const measured: LoadMeasured = { requests: 1_000, errors: 1, p95: 120 };
const loadTest = (given: LoadMeasured, ...texts: (string | Error)[]) => {
  const generator: Load = { run: () => Promise.resolve(given) };
  const { runLoadTest } = createActivities(fakePorts({ load: generator, metrics: scrapes(...texts) }));
  return run(runLoadTest, { url: 'http://staging', metricsUrl: 'http://staging/metrics', load, token: 'env:USER' });
};

describe('the load test', () => {
  test('passes within its limits, with the numbers', async () => {
    expect(await loadTest(measured, cached(100, 900), cached(1_000, 1_000))).toEqual({ ...measured, cacheHits: 0.9 });
  });
  test('tells everything that is beyond its limit', async () => {
    const told = await failing(loadTest({ requests: 1_000, errors: 10, p95: 500 }, cached(0, 0), cached(70, 30)));
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toBe(
      'Load test: p95 500 ms, must be below 500 ms; errors 1.0 %, must be below 1.0 %; cache hits 70.0 %, must be above 70.0 %. Mend what is slow or failing on staging, then retry.',
    );
  });
  test('with too few requests is inconclusive, which is not passed', async () => {
    expect((await failing(loadTest({ requests: 19, errors: 0, p95: 1 }, cached(1, 1), cached(99, 2)))).message).toContain(
      'inconclusive: 19 requests',
    );
    expect(judgeLoad({ ...load.limits, minimumRequests: 0 }, { requests: 0, errors: 0, p95: NaN, cacheHits: null })).toHaveLength(1);
  });
  test.each([
    ['metrics that are down', [new Error('answered 500')], 'answered 500'],
    ['no lookups', [cached(5, 5)], 'no cache lookup was counted'],
    ['NaN', [cached(5, 5), 'cache_total{result="hit"} NaN'], 'cache_total is not a number'],
    ['no such metric', ['other 1'], 'no series of cache_total'],
  ])('with %s is inconclusive', async (_, texts, said) => {
    expect((await failing(loadTest(measured, ...texts))).message).toContain(
      `inconclusive: ${texts[0] instanceof Error ? 'metrics before the load: ' : ''}${said}`,
    );
  });
});

describe('the load generator', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    let count = 0;
    server = await startServer((_, response) => void response.writeHead(++count % 10 === 0 ? 500 : 200).end('ok'));
  });
  afterAll(() => server.close());
  const generate = (signal: AbortSignal) =>
    autocannonLoad.run({ url: `${server.url}/stats`, connections: 2, rate: 60, duration: 1_000, signal });

  test('keeps its rate, and counts what answered, what failed, and how fast', async () => {
    const { requests, errors, p95 } = await generate(new AbortController().signal);
    expect(requests).toBeGreaterThanOrEqual(10);
    expect(requests).toBeLessThan(130);
    expect(errors).toBeGreaterThan(0);
    expect(errors).toBeLessThan(requests / 5);
    expect(p95).toBeGreaterThanOrEqual(0);
  });

  test('stops with an abort', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('aborted')), 100);
    await expect(generate(stop.signal)).rejects.toThrow('aborted');
  });
});
