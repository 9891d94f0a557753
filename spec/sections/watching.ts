import { duration, section } from '../scalars';
import { counter } from './counter';

export const watching = section({
  every: duration({ least: 1 }).prefault('10s').describe('Time between two samples; a duration.'),
  extendAtMost: duration()
    .prefault('10m')
    .describe('How far an inconclusive watch is extended in all before a person is asked; a duration.'),
  requests: counter.describe(
    'Counts the requests of the gateway by colour, for the split actually served: callers inside the cluster and probes would shift it.',
  ),
});
