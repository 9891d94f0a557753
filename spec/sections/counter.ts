import * as grammar from '../grammar';
import { map, section, text } from '../scalars';

/** The sum of all series of one metric whose labels match. */
export const counter = section({
  metric: text(grammar.metricName).describe('Name of the counter, as /metrics shows it.'),
  labels: map(grammar.labelName, text(grammar.labelMatch), 'label names to values')
    .prefault({})
    .describe('Labels that select the series that are summed; {colour} is replaced, a value in slashes is a regular expression.'),
});
