import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { MonitoringGroup } from '../../workflows/runbook/monitoring';
import { type Faults, type Suspect } from '../faults';
import { listen, type Listening, pathOf, respond, respondJson } from '../http/server';
import { Meter } from '../metrics/meter';
import type { MetricsPlan } from '../metrics/plan';
import type { Endpoint } from './surface';

/** What one pod's application is started with. */
export interface ApplicationSettings {
  readonly service: string;
  readonly pod: string;
  /** Who it is to the faults: where, colour and version. */
  readonly self: Suspect;
  /** Environment from the pod's ConfigMaps and literal values. */
  readonly environment: Readonly<Record<string, string>>;
  readonly endpoints: readonly Endpoint[];
  /** Secret values by the name that the spec gives them. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly plan: MetricsPlan;
  readonly faults: Faults;
}

/** How long a slowed answer takes longer, in milliseconds: well over the runbook's 500 ms. */
export const SLOWED_BY = 800;
/** The cache's usual share of hits. */
const usualHits = 0.86;
/** Usual times of an answer in milliseconds, taken in turn. */
const usualTimes = [2, 3, 3, 4, 5, 6, 8, 12] as const;

/** Starts the service's application: its endpoints with authentication, `/health`, `/version` and `/metrics`. */
export async function startApplication(settings: ApplicationSettings): Promise<Listening> {
  const meter = new Meter(settings.plan);
  const { self, faults } = settings;
  const turns = faults.turnsOf(self);
  const served = { 'x-version': self.version, 'x-pod': settings.pod, ...(self.colour === null ? {} : { 'x-color': self.colour }) };
  let count = 0;

  const work = async (endpoint: Endpoint, response: ServerResponse): Promise<void> => {
    const started = performance.now();
    const slow = turns.latency(faults.rate('latency', self));
    if (slow) faults.spoiled('latency', self);
    await delay((usualTimes[count++ % usualTimes.length] ?? 0) + (slow ? SLOWED_BY : 0));
    const fails = turns.errors(faults.rate('errors', self));
    if (fails) faults.spoiled('errors', self);
    else lookUp(endpoint.path);
    const status = fails ? 500 : endpoint.status;
    meter.countRequest({ path: endpoint.path, status, seconds: (performance.now() - started) / 1000 }, self.colour ?? undefined);
    if (fails) respondJson(response, 500, { error: 'Internal error.' }, served);
    else respondJson(response, status, endpoint.body, served);
  };

  const isBroken = (group: MonitoringGroup): boolean => {
    const broken = faults.rate(group, self) > 0;
    if (broken) faults.spoiled(group, self);
    return broken;
  };

  const lookUp = (path: string): void => {
    const missed = faults.rate('cache', self);
    const hit = turns.hits(usualHits * (1 - missed));
    if (missed > 0 && !hit) faults.spoiled('cache', self);
    meter.countLookup(hit, path, self.colour ?? undefined);
  };

  return listen((request, response) => {
    const path = pathOf(request);
    const endpoint = settings.endpoints.find((candidate) => candidate.path === path && candidate.method === methodOf(request));
    if (path === '/metrics' && !endpoint) {
      const gauges = meter.renderGauges(isBroken, self.colour ?? undefined);
      return respond(response, 200, meter.render() + gauges, { 'content-type': 'text/plain; version=0.0.4' });
    }
    if (path === '/version' && !endpoint) {
      const { service, environment } = settings;
      return respondJson(response, 200, { service, version: self.version, colour: self.colour, environment }, served);
    }
    if (!endpoint) return respondJson(response, 404, { error: 'No such endpoint.' }, served);
    if (path === '/health') return respondJson(response, endpoint.status, endpoint.body, served);
    const refused = refuse(request, endpoint, settings.tokens);
    if (refused !== null) return respondJson(response, refused, { error: 'Send a valid bearer token.' }, served);
    return work(endpoint, response);
  });
}

const methodOf = ({ method = 'GET' }: IncomingMessage): string => (method === 'HEAD' ? 'GET' : method);

/** 401 without a known token, 403 with another one's, null where it may pass. */
function refuse(request: IncomingMessage, endpoint: Endpoint, tokens: Readonly<Record<string, string>>): number | null {
  const [, given] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (given === undefined) return endpoint.open ? null : 401;
  const name = Object.keys(tokens).find((candidate) => tokens[candidate] === given);
  if (name === undefined) return 401;
  return endpoint.open || endpoint.tokens.includes(name) ? null : 403;
}
