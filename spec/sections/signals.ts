import * as grammar from '../grammar';
import { choice, count, fraction, map, section, text } from '../scalars';
import { counter } from './counter';

export const signal = section({
  id: text(grammar.shortName).describe('Short unique name.'),
  title: text(grammar.title).describe('Name on screens and in reports.'),
  part: counter.describe('Counts the events that are judged.'),
  among: counter.describe('Counts all events.'),
  by: text(grammar.labelName)
    .exactOptional()
    .describe(
      'Label whose values are judged one by one as well, so that no endpoint hides among the others: each fails once that is proven.',
    ),
  direction: choice(['below', 'above']).describe('"below": the part must stay below the limit (errors); "above": above it (cache hits).'),
  limit: fraction().describe('Limit of part among all; fraction of one.'),
  minimum: count(1, 1_000_000_000, 'a number of events')
    .prefault(100)
    .describe('Events among which the part is counted, below which nothing is judged.'),
  absence: choice(['inconclusive', 'zero'])
    .prefault('inconclusive')
    .describe('What it means that the part has no series while the whole has: nothing is known, or there were none.'),
  quantile: section({
    histogram: text(grammar.metricName).describe('Name of the histogram, without _bucket.'),
    labels: map(grammar.labelName, text(grammar.labelMatch), 'label names to values')
      .prefault({})
      .describe('Labels that select its series.'),
    q: fraction().prefault(0.95).describe('Which quantile; fraction of one.'),
  })
    .exactOptional()
    .describe('A quantile that is shown beside the share, for people; it judges nothing.'),
});
