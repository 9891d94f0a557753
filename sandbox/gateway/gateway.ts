import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TrafficSpec } from '../../workflows/runbook/spec';
import type { ClusterClient } from '../cluster/client';
import { listen, pathOf, respond, respondJson } from '../http/server';
import { Meter } from '../metrics/meter';
import type { MetricsPlan } from '../metrics/plan';
import { renderPage } from '../metrics/relabel';
import { type Backends, followBackends } from './backends';
import type { Chance } from './chance';
import { createForwarder } from './forward';
import { openRouter, type Router } from './router';
import { isMeasured, scrapePods } from './scrape';

export interface GatewaySettings {
  readonly production: {
    readonly namespace: string;
    readonly traffic: TrafficSpec;
    readonly selectorKey: string;
    /** The Service of callers inside the cluster. */
    readonly service: string;
    /** Colour by the name of its own Service. */
    readonly colours: Readonly<Record<string, string>>;
    readonly metricsPath: string;
  };
  readonly staging: { readonly namespace: string; readonly service: string; readonly metricsPath: string };
  readonly plan: MetricsPlan;
  readonly chance: Chance;
  /** Told the share of each colour whenever the route changes. */
  readonly sharesChanged: (shares: Readonly<Record<string, number>>) => void;
  readonly notice: (message: string) => void;
}
export interface Gateway {
  /** The route's weights decide. */
  readonly production: string;
  /** The Service's selector decides, as for callers inside the cluster. */
  readonly inCluster: string;
  readonly staging: string;
  /** Percentage by colour. */
  shares(): Readonly<Record<string, number>>;
  /** How many pods are ready behind a Service of production. */
  readyBehind(service: string): number;
  readyInStaging(): number;
  stop(): Promise<void>;
}

/** Starts the gateway: follows routes, endpoints and pods, and serves production, the view from inside the cluster, and staging. */
export async function startGateway(settings: GatewaySettings, client: ClusterClient): Promise<Gateway> {
  const { production, staging, plan } = settings;
  const meter = new Meter(plan, (counter) => counter.keptBy === 'gateway');
  const forwarder = createForwarder();
  const colourOf = (service: string): string => production.colours[service] ?? service;
  const [live, test] = await Promise.all([followBackends(client, production.namespace), followBackends(client, staging.namespace)]);
  let router: Router | null = null;
  const shares = (): Readonly<Record<string, number>> => {
    const byService = router?.shares() ?? {};
    return Object.fromEntries(Object.entries(production.colours).map(([service, colour]) => [colour, byService[service] ?? 0]));
  };
  const changed = (): void => {
    if (router) settings.sharesChanged(shares());
  };
  router = await openRouter({ ...production, chance: settings.chance, backends: live, changed, notice: settings.notice }, client);
  changed();
  const routes = router;

  const serveProduction = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    if (path === production.metricsPath) {
      respondMetrics(response, await productionPage());
      return;
    }
    const started = performance.now();
    const choice = routes.choose(path);
    if (choice.kind === 'none') {
      respondJson(response, choice.status, { error: choice.why });
      return;
    }
    const colour = colourOf(choice.name);
    response.once('finish', () => {
      meter.countRequest({ path, status: response.statusCode, seconds: (performance.now() - started) / 1000 }, colour);
    });
    await pass(request, response, live, choice.name);
  };

  const pass = async (request: IncomingMessage, response: ServerResponse, backends: Backends, service: string): Promise<void> => {
    const target = backends.next(service);
    if (!target) {
      respondJson(response, 503, { error: `Service ${service} has no ready endpoint.` });
      return;
    }
    await forwarder.forward(request, response, target);
  };

  const histograms = plan.histograms.map(({ metric }) => metric);
  const productionPage = async (): Promise<string> => {
    const scraped = await Promise.all(
      Object.entries(production.colours).map(([service, colour]) => scrapePods(live.ready(service), colour, plan)),
    );
    const others = scraped.flat().filter(({ metric }) => !isMeasured(plan, metric));
    return meter.render() + renderPage(others, histograms);
  };
  const stagingPage = async (): Promise<string> => renderPage(await scrapePods(test.ready(staging.service), null, plan), histograms);

  const servers = await Promise.all([
    listen(serveProduction),
    listen((request, response) => pass(request, response, live, production.service)),
    listen(async (request, response) => {
      if (pathOf(request) === staging.metricsPath) return respondMetrics(response, await stagingPage());
      return pass(request, response, test, staging.service);
    }),
  ]);
  const [front, inside, stage] = servers;
  return {
    production: front.url,
    inCluster: inside.url,
    staging: stage.url,
    shares,
    readyBehind: (service) => live.ready(service).length,
    readyInStaging: () => test.ready(staging.service).length,
    stop: async () => {
      await Promise.all([routes.stop(), live.stop(), test.stop(), ...servers.map((server) => server.close())]);
      forwarder.stop();
    },
  };
}

const respondMetrics = (response: ServerResponse, page: string): void =>
  respond(response, 200, page, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
