import { describe, expect, test } from '@jest/globals';
import { Meter } from '../../../sandbox/metrics/meter';
import { planMetrics } from '../../../sandbox/metrics/plan';
import { readSeries, relabel, renderPage } from '../../../sandbox/metrics/relabel';
import { analyticsSpec, parcelsSpec } from '../specs';

const lines = (meter: Meter): readonly string[] =>
  meter
    .render()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

describe('the metrics that a spec asks for', () => {
  test('are those of the runbook for the analytics spec', () => {
    const meter = new Meter(planMetrics(analyticsSpec()));
    meter.countRequest({ path: '/stats', status: 200, seconds: 0.02 }, 'blue');
    meter.countRequest({ path: '/stats', status: 503, seconds: 0.7 }, 'blue');
    meter.countLookup(true, '/stats', 'blue');
    meter.countLookup(false, '/stats', 'blue');
    expect(lines(meter)).toEqual(
      expect.arrayContaining([
        'http_requests_total{color="blue",status="200",path="/stats"} 1',
        'http_requests_total{color="blue",status="503",path="/stats"} 1',
        'http_request_duration_seconds_bucket{color="blue",le="0.5"} 1',
        'http_request_duration_seconds_bucket{color="blue",le="+Inf"} 2',
        'http_request_duration_seconds_count{color="blue"} 2',
        'cache_lookups_total{color="blue",result="hit"} 1',
        'cache_lookups_total{color="blue",result="miss"} 1',
        'db_queries_total 2',
        'analytics_events_total 2',
      ]),
    );
  });

  test('follow the names and labels of another service', () => {
    const meter = new Meter(planMetrics(parcelsSpec()));
    meter.countRequest({ path: '/stats', status: 200, seconds: 0.2 }, 'one');
    meter.countRequest({ path: '/stats', status: 500, seconds: 0.4 }, 'one');
    meter.countLookup(true, '/stats', 'one');
    meter.countLookup(false, '/stats', 'one');
    expect(lines(meter)).toEqual(
      expect.arrayContaining([
        'parcels_responses_total{track="one",outcome="ok"} 1',
        'parcels_responses_total{track="one",outcome="error"} 1',
        'parcels_cache_hits_total{track="one"} 1',
        'parcels_cache_lookups_total{track="one"} 2',
        'parcels_seconds_bucket{track="one",le="0.3"} 1',
        'parcels_seconds_count{track="one"} 2',
        'queue_operations_total 2',
      ]),
    );
  });
});

test('pages of many pods become one, each series with its pod', () => {
  const series = ['a', 'b'].flatMap((pod) =>
    readSeries('# TYPE x counter\nx{k="v"} 1\nx 2\n').map((one) => relabel(one, { pod, k: 'other' })),
  );
  expect(renderPage(series, [])).toBe(
    '# TYPE x counter\nx{k="v",pod="a"} 1\nx{pod="a",k="other"} 2\nx{k="v",pod="b"} 1\nx{pod="b",k="other"} 2\n',
  );
});
