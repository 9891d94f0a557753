import * as grammar from '../grammar';
import { count, duration, fraction, section, text } from '../scalars';
import { counter } from './counter';
import { tokenName } from './token';

export const load = section({
  duration: duration({ least: 1 }).prefault('10m').describe('How long load is put on staging; a duration (runbook: 10m).'),
  connections: count(1, 10_000, 'a number of connections').prefault(20).describe('Connections held open.'),
  rate: count(1, 1_000_000, 'a rate').prefault(100).describe('Requests per second over all connections.'),
  path: text(grammar.httpPath).describe('Path that is requested.'),
  token: tokenName().exactOptional().describe('Name below tokens.'),
  limits: section({
    p95: duration({ least: 1 }).prefault('500ms').describe('95 % of answers must be faster; a duration (runbook: 500ms).'),
    errors: fraction().prefault(0.01).describe('Errors must stay below this; fraction of one (runbook: 0.01, 1 %).'),
    cacheHits: section({
      hits: counter.describe('Counts cache hits.'),
      lookups: counter.describe('Counts cache lookups.'),
      above: fraction().prefault(0.7).describe('Hits among lookups must be above this; fraction of one (runbook: 0.7, 70 %).'),
    })
      .exactOptional()
      .describe("Cache hits during the load, by staging's counters."),
    minimumRequests: count(1, 1_000_000_000, 'a number of requests')
      .prefault(1000)
      .describe('Fewer requests prove nothing: the test fails.'),
  })
    .prefault({})
    .describe('What makes the load test pass.'),
});
