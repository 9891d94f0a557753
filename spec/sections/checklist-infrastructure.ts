import * as grammar from '../grammar';
import { fraction, list, section, text } from '../scalars';
import { command } from './command';
import { tokenName } from './token';

export const infrastructure = section({
  routing: section({
    ready: fraction().prefault(1).describe("Part of the live colour's replicas that must be ready endpoints; fraction of one."),
  })
    .exactOptional()
    .describe('Service, route and EndpointSlices are consistent: the live colour has all of the traffic.'),
  cdn: command
    .exactOptional()
    .describe('The command that plans the invalidation of CDN and caches; without it people attest infrastructure.cdn.'),
  monitoring: section({
    prometheus: text(grammar.baseUrl).describe('Base URL of Prometheus, which must be ready and tell an Alertmanager.'),
    alertmanager: text(grammar.baseUrl).describe('Base URL of Alertmanager, which must be ready.'),
    token: tokenName().exactOptional().describe('Name below tokens: sent to both as "Authorization: Bearer".'),
    alerts: list(text(grammar.alertMatcher), 'matchers', { least: 1 })
      .prefault(['severity="critical"'])
      .describe('No alert that matches all of these may be active and unsilenced.'),
  })
    .exactOptional()
    .describe('The monitoring itself is operational, and no alert that matters is active.'),
});
