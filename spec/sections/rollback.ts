import * as grammar from '../grammar';
import { duration, fraction, list, map, section, share, text } from '../scalars';
import { gate } from './gates';
import { request } from './request';

export const rollback = section({
  minimumReady: fraction()
    .prefault(0.5)
    .describe(
      "Part of the old colour's replicas that must be ready before traffic returns to it without a person's word; fraction of one.",
    ),
  health: text(grammar.httpPath)
    .exactOptional()
    .describe('Path that tells that the service is well, asked at the end of a rollback; without it /health (runbook).'),
  partial: section({
    share: share().prefault(20).describe("The candidate's share after it; percent (runbook: 20)."),
    watch: duration({ least: 1 }).prefault('5m').describe('How long that is watched; a duration (runbook: 5m).'),
  })
    .exactOptional()
    .describe('Rung partial: part of the traffic back while the ramp is under way. Without it the rung is refused.'),
  flags: section({
    values: map(grammar.variableName, text(grammar.lineOfText), 'flags to their safe values').describe(
      'Values that are safe, set over the others.',
    ),
    watch: duration().prefault('5m').describe('How long the live colour is watched with them after the commit point; a duration.'),
    gate: gate.exactOptional().describe('Who decides that the live colour restarts with them; without it as before production.'),
  })
    .exactOptional()
    .describe('Rung flags: feature flags to their safe values. Without it the rung is refused.'),
  system: section({
    requests: list(request, 'requests').exactOptional().describe('Requests to production afterwards; without them the smoke tests.'),
  })
    .exactOptional()
    .describe('Rung system: the previous version deployed again.'),
  database: section({ gate: gate.describe('Who decides on it, at least two people, who see how much would be lost.') })
    .exactOptional()
    .describe('Rung database: the verified backup, or reverse migrations. Without it the rung is refused.'),
});
