import { weekdays } from '../../workflows/runbook/spec';
import * as grammar from '../grammar';
import { choice, duration, list, moment, section, text, timeOfDay } from '../scalars';

const days = (least: 0 | 1) => list(choice(weekdays), 'days such as Tue', { least, most: 7 });

const named = 'Days on which it begins: Mon, Tue, Wed, Thu, Fri, Sat, Sun; UTC.';

const hours = {
  days: days(1).describe(named),
  from: timeOfDay().describe('When it begins; time of day, UTC.'),
  to: timeOfDay().describe(
    'When it is over, not included; time of day, UTC. Where it is not later than "from", that time of the next day.',
  ),
};

export const windows = section({
  weekly: list(section({ ...hours, name: text(grammar.title).describe('Name on screens.') }), 'windows', { least: 1, most: 50 }).describe(
    'Hours of each week in which production may be written (runbook: Tue to Thu 02:00 to 04:00, Sat and Sun 01:00 to 03:00).',
  ),
  peak: section({ ...hours, days: days(0).describe(`${named} None: there are no peak hours.`) })
    .exactOptional()
    .describe('Hours in which it may not, whatever the windows say (runbook: 09:00 to 18:00).'),
  freezes: list(
    section({
      from: moment().describe('When it begins; UTC.'),
      to: moment().describe('When it is over, not included; UTC.'),
      reason: text(grammar.reason).describe('Why nothing is deployed then.'),
    }),
    'freezes',
  )
    .prefault([])
    .describe('Stretches in which nothing is deployed; a window is cut where one begins.'),
  buffer: duration().prefault('15m').describe("What is kept free at a window's end for what takes longer than foreseen; a duration."),
  timeZones: list(text(grammar.timeZone), 'time zones', { most: 6 })
    .prefault([])
    .describe('Zones in which times are shown beside UTC; they decide nothing.'),
});
