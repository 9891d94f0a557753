import type { LoadReceipt, LoadRequest } from '../workflows/runbook/contract';
import type { CounterSelector, LoadSpec } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { growth, matcher, readCounters } from './counters';
import { failure } from './failures';
import type { Ports } from './ports';
import { identify } from './ports/metrics/exposition';
import type { Scrape, Series } from './ports/metrics';
import { percent } from '../workflows/runbook/words';

const scrapeDeadline = 10_000;

/** The load test (runbook, step 1.3): p95, errors and cache hits, judged on a minimum of requests. */
export function loadActivities({ load: generator, metrics, secrets, clock }: Ports) {
  return {
    async runLoadTest({ url, metricsUrl, load, token }: LoadRequest, { signal }: Attempt): Promise<LoadReceipt> {
      const secret = token && (await secrets.resolve(token));
      const cache = load.limits.cacheHits;
      const scrape = async () => (cache ? metrics.scrape(metricsUrl, scrapeDeadline, signal) : null);
      const before = await scrape();
      const target = `${url.replace(/\/+$/, '')}/${load.path.replace(/^\/+/, '')}`;
      const measured = await generator.run({
        url: target,
        token: secret,
        connections: load.connections,
        rate: load.rate,
        duration: load.duration,
        signal,
      });
      const after = await scrape();
      const hits = cache && before && after ? hitShare(cache, before, after, clock.now()) : null;
      const receipt = { ...measured, p95: Math.round(measured.p95 * 10) / 10, cacheHits: typeof hits === 'number' ? hits : null };
      const problems = [...judgeLoad(load.limits, receipt), ...(typeof hits === 'string' ? [`inconclusive: ${hits}`] : [])];
      if (problems.length === 0) return receipt;
      throw failure('CheckFailed', `Load test: ${problems.join('; ')}`, { remedy: 'Mend what is slow or failing on staging, then retry.' });
    },
  };
}

/** Pure: everything that is beyond its limit. Too few requests judge nothing. */
export function judgeLoad(limits: LoadSpec['limits'], { requests, errors, p95, cacheHits }: LoadReceipt): readonly string[] {
  if (requests < Math.max(limits.minimumRequests, 1))
    return [`inconclusive: ${requests} requests, at least ${limits.minimumRequests} are needed`];
  return [
    ...(p95 < limits.p95 ? [] : [`p95 ${Number.isNaN(p95) ? 'unknown' : `${p95} ms`}, must be below ${limits.p95} ms`]),
    ...(errors / requests < limits.errors ? [] : [`errors ${percent(errors / requests)}, must be below ${percent(limits.errors)}`]),
    ...(limits.cacheHits && cacheHits !== null && cacheHits <= limits.cacheHits.above
      ? [`cache hits ${percent(cacheHits)}, must be above ${percent(limits.cacheHits.above)}`]
      : []),
  ];
}

type Cache = NonNullable<LoadSpec['limits']['cacheHits']>;

/** Hits among lookups between two scrapes, or why they are not known. */
function hitShare({ hits, lookups }: Cache, before: Scrape, after: Scrape, now: number): number | string {
  const [part, among] = [grown(hits, before, after, now), grown(lookups, before, after, now)];
  if (typeof part === 'string') return part;
  if (typeof among === 'string') return among;
  return among === 0 ? 'no cache lookup was counted' : part / among;
}

function grown(selector: CounterSelector, before: Scrape, after: Scrape, now: number): number | string {
  if (before.kind !== 'series') return `metrics before the load: ${before.reason}`;
  if (after.kind !== 'series') return `metrics after the load: ${after.reason}`;
  const matches = matcher(selector, '');
  const first = readCounters(before.series, matches, now);
  const last = readCounters(after.series, matches, now);
  if (first.kind === 'unknown') return first.reason;
  if (last.kind === 'unknown') return last.reason;
  if (last.values.length === 0) return `no series of ${selector.metric}`;
  const old = new Map(first.values.map((series: Series) => [identify(series), series.value]));
  return last.values.reduce((sum, series) => sum + growth(old.get(identify(series)), series.value), 0);
}
