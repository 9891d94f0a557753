import { estimateKinds, weekdays } from '../workflows/runbook/spec';
import * as grammar from './grammar';
import { choice, duration, list, map, moment, section, text, timeOfDay } from './scalars';
import { gate } from './schema-gates';

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

const range = (kind: string, least: string, most: string) =>
  section({
    least: duration({ least: 1 }).prefault(least).describe('At least; a duration.'),
    most: duration({ least: 1 }).prefault(most).describe('At most; a duration.'),
  })
    .prefault({})
    .describe(`${kind} (runbook: ${least} to ${most}).`);

export const estimates = section({
  kind: choice(estimateKinds).prefault('code').describe('What this spec deploys, unless a profile says otherwise.'),
  table: section({
    config: range('A simple change of configuration', '15m', '30m'),
    code: range('A deployment of code', '30m', '60m'),
    migration: range('A deployment with a database migration', '45m', '90m'),
    full: range('A full system update', '60m', '120m'),
  })
    .prefault({})
    .describe("How long each kind takes. The plan's own figure counts where it is longer."),
});

export const profiles = map(
  grammar.shortName,
  section({
    about: text(grammar.reason).describe('What it is for.'),
    estimate: choice(estimateKinds).exactOptional().describe('What it deploys, for the estimate.'),
    off: map(grammar.shortName, text(grammar.reason), 'ids to reasons')
      .prefault({})
      .describe('What it leaves out: ids of steps, checklist lines and attestations, each with its reason.'),
    waits: section({
      initial: duration({ least: 1 }).exactOptional().describe('Watch at the first share; a duration.'),
      steps: duration({ least: 1 }).exactOptional().describe('Watch at each further share; a duration.'),
      selectorWatch: duration({ least: 1 }).exactOptional().describe('Watch after the Service selector; a duration.'),
      soak: duration().exactOptional().describe('How long the old colour stays warm; a duration.'),
    })
      .prefault({})
      .describe('Waits that replace those of the ramp.'),
    gate: gate.describe('Who approves that less than the whole runbook is performed.'),
  }),
  'names to profiles',
);
