import { estimateKinds } from '../../workflows/runbook/spec';
import { choice, duration, section } from '../scalars';

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
