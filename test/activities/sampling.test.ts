import { describe, expect, test } from '@jest/globals';
import { ActivityCancellationDetails } from '@temporalio/common';
import { createActivities } from '../../activities';
import type { SampleRequest } from '../../workflows/runbook/contract';
import type { SampleTally } from '../../workflows/runbook/judge/evidence';
import type { SignalSpec } from '../../workflows/runbook/spec';
import type { Scrape } from '../../activities/ports/metrics';
import { parseExposition } from '../../activities/ports/metrics/exposition';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { failing, run, surroundings } from './run';

const errors: SignalSpec = {
  id: 'errors',
  title: 'errors',
  part: { metric: 'requests_total', labels: { color: '{colour}', status: '/5../' } },
  among: { metric: 'requests_total', labels: { color: '{colour}' } },
  direction: 'below',
  limit: 0.05,
  minimum: 50,
  absence: 'zero',
  quantile: { histogram: 'seconds', labels: { color: '{colour}' }, q: 0.95 },
};
const cache: SignalSpec = {
  id: 'cache',
  title: 'cache hits',
  part: { metric: 'cache_total', labels: { result: 'hit' } },
  among: { metric: 'cache_total', labels: {} },
  direction: 'above',
  limit: 0.7,
  minimum: 50,
  absence: 'inconclusive',
};
const request: SampleRequest = {
  metricsUrl: 'http://metrics',
  signals: [errors],
  requests: { metric: 'requests_total', labels: { color: '{colour}' } },
  candidate: 'blue',
  live: 'green',
  share: 20,
  every: 1_000,
  window: 10_000,
};

/** Counters of a busy shop: per second, blue answers `ok` and `bad`, green ten good ones. */
function shop(second: number, { ok = 20, bad = 0, restarts = Infinity }: { ok?: number; bad?: number; restarts?: number } = {}): string {
  const seconds = second >= restarts ? second - restarts : second;
  const failures = bad * seconds > 0 ? `requests_total{color="blue",status="500"} ${bad * seconds}` : '';
  return [
    `requests_total{color="blue",status="200"} ${100 + ok * seconds}`,
    failures,
    `requests_total{color="green",status="200"} ${1_000 + 10 * second}`,
    `seconds_bucket{color="blue",le="0.1"} ${ok * seconds}`,
    `seconds_bucket{color="blue",le="0.5"} ${(ok + bad) * seconds}`,
    `seconds_bucket{color="blue",le="+Inf"} ${(ok + bad) * seconds}`,
  ].join('\n');
}

type Source = (second: number) => string | Error;
function sampler(source: Source): { ports: FakePorts; sample: ReturnType<typeof createActivities>['sampleSignals']; scraped: number[] } {
  const scraped: number[] = [];
  const ports = fakePorts();
  const started = ports.clock.time;
  const scrape = (): Promise<Scrape> => {
    const second = Math.round((ports.clock.time - started) / 1_000);
    scraped.push(second);
    const text = source(second);
    return Promise.resolve(typeof text === 'string' ? parseExposition(text) : { kind: 'unreadable', reason: text.message });
  };
  return { ports, sample: createActivities({ ...ports, metrics: { scrape } }).sampleSignals, scraped };
}
const only = (tally: SampleTally) => tally.signals[0];

describe('a sampler', () => {
  test('counts from its first scrape to the end of the window', async () => {
    const { sample, scraped } = sampler((second) => shop(second));
    const tally = await run(sample, request);
    expect(scraped).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(tally).toMatchObject({ samples: 11, missing: 0, failure: null, split: { part: 200, among: 300 } });
    expect(only(tally)).toMatchObject({
      candidate: { part: 0, among: 200 },
      control: { part: 0, among: 100 },
      latest: { part: 0, among: 20 },
      unknown: null,
    });
    expect(only(tally)?.quantile).toBeCloseTo(0.095);
  });

  test('measures the split only once the gateway serves the weights that are set, all else from the beginning', async () => {
    const { sample } = sampler((second) => shop(second));
    const tally = await run(sample, { ...request, propagation: 4_000 });
    expect(tally).toMatchObject({ split: { part: 120, among: 180 } });
    expect(only(tally)?.candidate).toEqual({ part: 0, among: 200 });
  });

  test('answers at the first proof of failure, not at the end', async () => {
    const { sample, scraped } = sampler((second) => shop(second, { bad: 10 }));
    const tally = await run(sample, request);
    expect(tally.failure).toContain('errors');
    expect(scraped.length).toBeLessThan(5);
  });

  describe('that judges by endpoint', () => {
    const byPath: SampleRequest = { ...request, signals: [{ ...errors, by: 'path' }] };
    /** A busy endpoint that answers, and a rare one, 3 % of all, that does not. */
    const paths = (second: number, label = 'path'): string =>
      [
        `requests_total{color="blue",status="200",${label}="/stats"} ${97 * second}`,
        `requests_total{color="blue",status="500",${label}="/export"} ${3 * second}`,
        `requests_total{color="green",status="200",${label}="/stats"} ${10 * second}`,
      ].join('\n');

    test('sees the endpoint that always fails, which all others would hide', async () => {
      expect((await run(sampler((second) => paths(second)).sample, request)).failure).toBeNull();
      const tally = await run(sampler((second) => paths(second)).sample, byPath);
      expect(tally.failure).toBe('errors of path /export 100.0 % of 21, must stay below 5.0 %');
      expect(only(tally)?.worst).toEqual({ value: '/export', part: 21, among: 21 });
    });

    test('says that nothing is known where the metric has no such label', async () => {
      const tally = await run(sampler((second) => paths(second, 'route')).sample, byPath);
      expect(only(tally)).toMatchObject({ candidate: { among: 1_000 }, unknown: 'requests_total has no label path' });
    });

    describe('where part and whole are of different metrics, and the part has no such label', () => {
      const failures = (second: number, bad: number): string =>
        [
          `requests_total{color="blue",path="/stats"} ${97 * second}`,
          `requests_total{color="blue",path="/export"} ${3 * second}`,
          `failures_total{color="blue"} ${bad * second}`,
        ].join('\n');
      const part = { metric: 'failures_total', labels: { color: '{colour}' } };
      const told = { candidate: { among: 1_000 }, unknown: 'failures_total has no label path' };

      test("does not acquit each endpoint of errors that are nobody's", async () => {
        const tally = await run(sampler((second) => failures(second, 3)).sample, { ...byPath, signals: [{ ...errors, part, by: 'path' }] });
        expect(only(tally)).toMatchObject(told);
        expect(only(tally)).not.toHaveProperty('worst');
      });

      test('does not convict each endpoint of having no good answer', async () => {
        const good: SignalSpec = { ...errors, part, by: 'path', direction: 'above', limit: 0.9 };
        const tally = await run(sampler((second) => failures(second, 99)).sample, { ...byPath, signals: [good] });
        expect(tally.failure).toBeNull();
        expect(only(tally)).toMatchObject(told);
      });
    });

    test('judges errors of no endpoint by themselves, where the same metric has the label elsewhere', async () => {
      const lost = (second: number): string =>
        [
          `requests_total{color="blue",status="200",path="/stats"} ${97 * second}`,
          `requests_total{color="blue",status="500"} ${3 * second}`,
        ].join('\n');
      const tally = await run(sampler(lost).sample, byPath);
      expect(tally.failure).toBe('errors of path (none) 100.0 % of 21, must stay below 5.0 %');
    });

    test("forgets no endpoint's failures in the next part of a watch: two that are proven by both parts together fail it", async () => {
      const rare = (first: string, second: string) => (at: number) =>
        [
          `requests_total{color="blue",status="200",path="/stats"} ${400 * at}`,
          `requests_total{color="blue",status="500",path="${first}"} ${Math.min(at, 10)}`,
          `requests_total{color="blue",status="500",path="${second}"} ${Math.min(at, 8)}`,
        ].join('\n');
      const prior = await run(sampler(rare('/export', '/import')).sample, byPath);
      expect(prior.failure).toBeNull();
      expect(only(prior)?.suspects).toEqual([
        { value: '/export', part: 10, among: 10 },
        { value: '/import', part: 8, among: 8 },
      ]);
      const other = await run(sampler(rare('/other', '/import')).sample, { ...byPath, prior });
      expect(only(other)?.suspects).toContainEqual({ value: '/import', part: 16, among: 16 });
      const again = await run(sampler(rare('/export', '/import')).sample, { ...byPath, prior });
      expect(again.failure).toBe('errors of path /export 100.0 % of 20, must stay below 5.0 %');
    });

    test('goes on from the few with most bad beyond what is allowed, however many endpoints there are', async () => {
      const many = (second: number): string =>
        Array.from({ length: 300 }, (_, path) => [
          `requests_total{color="blue",status="200",path="/${path}"} ${100 * second}`,
          `requests_total{color="blue",status="500",path="/${path}"} ${second * (path > 290 ? path - 290 : path === 0 ? 0 : 1)}`,
        ])
          .flat()
          .join('\n');
      const { suspects = [], worst } =
        only(await run(sampler(many).sample, { ...byPath, signals: [{ ...errors, by: 'path', limit: 0.5 }] })) ?? {};
      expect(suspects.map(({ value }) => value)).toEqual(['/299', '/298', '/297', '/296', '/295']);
      expect(worst?.value).toBe('/299');
    });

    test('keeps none of them where nothing fails', async () => {
      const well = (second: number): string => `requests_total{color="blue",status="200",path="/stats"} ${97 * second}`;
      const tally = only(await run(sampler(well).sample, byPath));
      expect(tally).toMatchObject({ worst: { value: '/stats', part: 0, among: 970 }, unknown: null });
      expect(tally).not.toHaveProperty('suspects');
    });

    test('goes on with the counts of the worst one in the next part of a watch', async () => {
      const lenient = { ...byPath, signals: [{ ...errors, by: 'path', limit: 0.999 }] };
      const prior = await run(sampler((second) => paths(second)).sample, lenient);
      expect(only(prior)?.worst).toEqual({ value: '/export', part: 30, among: 30 });
      const next = await run(sampler((second) => paths(second)).sample, { ...lenient, prior });
      expect(only(next)?.worst).toEqual({ value: '/export', part: 60, among: 60 });
    });
  });

  test('counts across a restart of the counted process', async () => {
    const { sample } = sampler((second) => shop(second, { restarts: 5 }));
    // 80 until the restart; the counter stands at 100 after it, and 20 a second follow.
    expect(only(await run(sample, request))?.candidate.among).toBe(80 + 100 + 5 * 20);
  });

  test.each([
    ['NaN', () => 'requests_total{color="blue"} NaN', 'not a number'],
    ['an infinite value', () => 'requests_total{color="blue"} +Inf', 'not a number'],
    ['a negative value', () => 'requests_total{color="blue"} -1', 'negative'],
    ['a stale value', () => 'requests_total{color="blue"} 1 1000', 'stale'],
    ['no series', () => 'other 1', 'no series of requests_total'],
    ['HTML', () => '<html>', 'malformed at line 1'],
    ['an outage', () => new Error('metrics answered 503'), 'metrics answered 503'],
  ])('calls %s unknown and never counts it', async (_, source, said) => {
    const { sample } = sampler(source);
    const tally = await run(sample, request);
    expect(only(tally)?.unknown).toContain(said);
    expect(tally).toMatchObject({ failure: null, split: { part: 0, among: 0 } });
    expect(only(tally)?.candidate).toEqual({ part: 0, among: 0 });
  });

  test('tells by the spec what a part without series means', async () => {
    const misses = (second: number) => `cache_total{result="miss"} ${10 * second}`;
    const both = (second: number) => `${misses(second)}\ncache_total{result="hit"} ${90 * second}`;
    const never = await run(sampler(misses).sample, { ...request, signals: [cache] });
    expect(only(never)).toMatchObject({ unknown: 'no series of cache_total', candidate: { part: 0, among: 0 } });
    const late = await run(sampler((second) => (second < 4 ? misses(second) : both(second))).sample, { ...request, signals: [cache] });
    expect(only(late)).toMatchObject({ unknown: null, candidate: { part: 900, among: 1_000 } });
  });

  test('takes a label that no series has for a slip of the pen, and not for an absence of errors', async () => {
    const slip: SignalSpec = { ...errors, part: { ...errors.part, labels: { ...errors.part.labels, state: '/5../' } } };
    const { sample } = sampler((second) => shop(second, { bad: 5 }));
    const [tally] = (await run(sample, { ...request, signals: [slip] })).signals;
    expect(tally).toMatchObject({ unknown: 'requests_total has no label state', candidate: { part: 0, among: 0 } });
  });

  test('adds an outage of more than two intervals to what is missing, and no shorter one', async () => {
    const silent = (from: number, to: number) => sampler((second) => (second > from && second < to ? new Error('down') : shop(second)));
    const short = await run(silent(3, 5).sample, request);
    expect(short).toMatchObject({ missing: 0, split: { part: 200, among: 300 } });
    const long = await run(silent(3, 8).sample, request);
    expect(long).toMatchObject({ missing: 5_000, split: { part: 200, among: 300 } });
    const toTheEnd = await run(silent(5, 99).sample, request);
    expect(toTheEnd.missing).toBe(5_000);
  });

  test('takes an answer that repeats itself for what it is: no sample, and no evidence for the time that it covers', async () => {
    const frozen = sampler((second) => shop(Math.min(second, 4)));
    const tally = await run(frozen.sample, request);
    expect(tally).toMatchObject({ samples: 5, missing: 6_000, split: { part: 80, among: 120 } });
    expect(only(tally)?.unknown).toBe('metrics stand still: the same answer again and again');
    const idle = sampler((second) => shop(second === 5 ? 4 : second));
    expect(await run(idle.sample, request)).toMatchObject({ samples: 10, missing: 0, split: { part: 200, among: 300 } });
  });

  test('goes on after a crash: the window is not restarted, the gap is counted and known', async () => {
    const { ports, sample, scraped } = sampler((second) => shop(second));
    const first = surroundings({ heartbeatTimeoutMs: 5_000 });
    let details: unknown;
    first.on('heartbeat', (beat: unknown) => (details = JSON.parse(JSON.stringify(beat ?? null)) as unknown));
    ports.clock.onSleep = (now) => {
      if (scraped.length === 4 && now) throw new Error('the worker dies');
    };
    await expect(first.run(sample, request)).rejects.toMatchObject({ type: 'Unexpected' });
    expect(JSON.stringify(details).length).toBeLessThan(4_096);

    ports.clock.onSleep = () => undefined;
    ports.clock.time += 3_000;
    const tally = await run(sample, request, { attempt: 2, heartbeatTimeoutMs: 5_000, heartbeatDetails: details });
    expect(scraped.at(-1)).toBe(10);
    expect(tally).toMatchObject({ missing: 4_000, split: { part: 200, among: 300 } });
  });

  test('heartbeats what the attempt before it knew, even if it crashes again before its first sample', async () => {
    const { sample } = sampler(() => new Error('down'));
    const around = surroundings({ attempt: 3, heartbeatTimeoutMs: 5_000, heartbeatDetails: { kept: true } });
    const beats: unknown[] = [];
    around.on('heartbeat', (beat: unknown) => beats.push(beat));
    await around.run(sample, request);
    expect(beats[0]).toEqual({ kept: true });
  });

  test('keeps its heartbeat small where there are very many series, and then counts the gap of a crash as missing', async () => {
    const many = (second: number) =>
      Array.from({ length: 400 }, (_, path) => `requests_total{color="blue",path="/${path}"} ${second}`).join('\n');
    const { sample, ports } = sampler(many);
    const around = surroundings({ heartbeatTimeoutMs: 5_000 });
    let details: unknown;
    around.on('heartbeat', (beat: unknown) => (details = JSON.parse(JSON.stringify(beat ?? null)) as unknown));
    expect((await around.run<[SampleRequest], SampleTally, typeof sample>(sample, { ...request, window: 3_000 })).split.part).toBe(1_200);
    expect(JSON.stringify(details).length).toBeLessThan(4_096);
    ports.clock.time += 1_500;
    const resumed = await run(sample, { ...request, window: 10_000 }, { attempt: 2, heartbeatDetails: details });
    expect(resumed.missing).toBe(1_500);
  });

  test('told to stop by a pause, answers with what it has', async () => {
    const { sample, scraped } = sampler((second) => shop(second));
    const around = surroundings({ heartbeatTimeoutMs: 5_000 });
    around.on('heartbeat', () => {
      if (scraped.length === 4) around.cancel();
    });
    const { window: _, ...endless } = request;
    expect(await around.run(sample, endless)).toMatchObject({ samples: 4, split: { part: 60, among: 90 } });
  });

  test('does not answer when its worker shuts down, so that another one goes on', async () => {
    const { sample, scraped } = sampler((second) => shop(second));
    const around = surroundings({ heartbeatTimeoutMs: 5_000 });
    const shutdown = new ActivityCancellationDetails({ workerShutdown: true });
    around.on('heartbeat', () => {
      if (scraped.length === 4) around.cancel('WORKER_SHUTDOWN', shutdown);
    });
    await expect(around.run(sample, request)).rejects.toMatchObject({ name: 'CancelledFailure' });
  });

  test('adds to the evidence of an earlier part of the watch', async () => {
    const { sample } = sampler((second) => shop(second));
    const prior = await run(sample, { ...request, window: 4_000 });
    const { sample: next } = sampler((second) => shop(second));
    const tally = await run(next, { ...request, window: 6_000, prior });
    expect(tally).toMatchObject({ split: { part: 200, among: 300 } });
    expect(only(tally)?.candidate.among).toBe(200);
  });

  test('refuses a selector that is no regular expression', async () => {
    const broken = { ...errors, part: { metric: 'requests_total', labels: { status: '/(/' } } };
    expect(await failing(run(sampler(() => shop(0)).sample, { ...request, signals: [broken] }))).toMatchObject({ type: 'Misconfigured' });
  });
});
