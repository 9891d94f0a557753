import { estimateKinds } from '../../workflows/runbook/spec';
import * as grammar from '../grammar';
import { choice, duration, map, section, text } from '../scalars';
import { gate } from './gates';

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
