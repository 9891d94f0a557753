import * as grammar from '../grammar';
import { amount, choice, list, section, text } from '../scalars';
import { counter } from './counter';

const gauge = section({
  value: counter.describe('What is read.'),
  among: counter.exactOptional().describe('What it is divided by, where it is a part of something.'),
  as: choice(['value', 'rate']).prefault('value').describe('"value": as it stands; "rate": its growth per second.'),
  combine: choice(['sum', 'highest', 'lowest']).prefault('sum').describe('What is made of several series; rates are summed.'),
  direction: choice(['below', 'above']).describe('On which side of the limit it must stay.'),
  limit: amount().describe('Its limit, in the unit of the metric.'),
  absence: choice(['inconclusive', 'fail'])
    .prefault('inconclusive')
    .describe('What it means that there is no series: nothing is known and people are asked, or it fails. Never a pass.'),
});

export const monitoring = section({
  signals: list(
    section({
      id: text(grammar.shortName).describe('Its group (deployment, application, business or infrastructure), a dot, its name.'),
      title: text(grammar.title).describe('Name on screens and in reports.'),
      watch: text(grammar.shortName).exactOptional().describe('Known by every watch: the id of one of the signals.'),
      step: text(grammar.shortName).exactOptional().describe('Known by a step or section of the plan that judges it, by id.'),
      gauge: gauge.exactOptional().describe('Known by a value on /metrics of production, judged after step 2.4.'),
      attestation: text(grammar.shortName).exactOptional().describe('Known by a person alone: an id of the closed list of attestations.'),
    }),
    'signals',
    { least: 1, most: 60 },
  ).describe('Each signal, with exactly one of watch, step, gauge and attestation.'),
});
