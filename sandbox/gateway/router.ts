import type { TrafficSpec } from '../../workflows/runbook/spec';
import type { ClusterClient } from '../cluster/client';
import type { HttpRoute, Ingress, Service, VirtualService } from '../cluster/objects';
import { listPath } from '../cluster/paths';
import { reflect } from '../cluster/reflector';
import { acceptRoute } from './accept';
import type { Backends } from './backends';
import type { Chance } from './chance';
import { chooseBackend, ruleFor, sharesOf } from './routing';

/** Where a request goes: a Service of one colour, or one of both, whose pod tells the colour. */
export type Choice =
  { readonly kind: 'service'; readonly name: string } | { readonly kind: 'none'; readonly status: number; readonly why: string };

/** Decides by the live objects of one traffic mechanism, as its controller would. */
export interface Router {
  choose(path: string): Choice;
  /** Percentage by the Service of each colour. */
  shares(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

export interface RouterSettings {
  readonly namespace: string;
  readonly traffic: TrafficSpec;
  /** The Service of callers inside the cluster. */
  readonly service: string;
  readonly selectorKey: string;
  /** Colour by the name of its own Service. */
  readonly colours: Readonly<Record<string, string>>;
  readonly chance: Chance;
  readonly backends: Backends;
  /** Told whenever shares may have changed. */
  readonly changed: () => void;
  readonly notice: (message: string) => void;
}

type Open = (settings: RouterSettings, client: ClusterClient) => Promise<Router>;

const none = (status: number, why: string): Choice => ({ kind: 'none', status, why });

const httpRoute: Open = async ({ namespace, traffic, chance, changed, notice }, client) => {
  const { route: name = '' } = traffic;
  const routes = await reflect<HttpRoute>(client, listPath('httproutes', namespace), {
    changed: (route) => {
      if (route.metadata.name !== name) return;
      changed();
      if (isNews(route)) acceptRoute(client, route).catch((error: unknown) => notice(`Route: ${String(error)}`));
    },
  });
  return {
    choose(path) {
      const rule = ruleFor(routes.get(name), path);
      if (!rule) return none(404, 'No route takes this path.');
      const backend = chooseBackend(rule.backendRefs ?? [], chance);
      // The Gateway API asks for a 500 where no backend has a weight.
      return backend ? { kind: 'service', name: backend.name } : none(500, 'No backend of the route has a weight.');
    },
    shares: () => sharesOf(routes.get(name)?.spec.rules?.[0]?.backendRefs),
    stop: () => routes.stop(),
  };
};

const virtualService: Open = async ({ namespace, traffic, colours, chance, changed }, client) => {
  const { route: name = '' } = traffic;
  const services = await reflect<VirtualService>(client, listPath('virtualservices', namespace), { changed });
  // A destination's subset is named like its colour.
  const serviceOf = (host: string, subset: string | undefined): string =>
    (subset === undefined ? undefined : Object.keys(colours).find((service) => colours[service] === subset)) ?? host.split('.')[0] ?? host;
  const refs = () =>
    (services.get(name)?.spec.http?.[0]?.route ?? []).map(({ destination, weight }, _, all) => ({
      name: serviceOf(destination.host, destination.subset),
      weight: all.length === 1 ? 100 : (weight ?? 0),
    }));
  return {
    choose() {
      const backend = chooseBackend(refs(), chance);
      return backend ? { kind: 'service', name: backend.name } : none(503, 'No destination has a weight.');
    },
    shares: () => sharesOf(refs()),
    stop: () => services.stop(),
  };
};

const nginx: Open = async ({ namespace, traffic, chance, backends, changed }, client) => {
  const { route = '', canary = '' } = traffic;
  const ingresses = await reflect<Ingress>(client, listPath('ingresses', namespace), { changed });
  const backendOf = (name: string): string => ingresses.get(name)?.spec.rules?.[0]?.http?.paths?.[0]?.backend.service?.name ?? '';
  const share = (): number => {
    const annotations = ingresses.get(canary)?.metadata.annotations ?? {};
    const value = (name: string): string | undefined => annotations[`nginx.ingress.kubernetes.io/${name}`];
    return value('canary') === 'true' ? (100 * Number(value('canary-weight') ?? 0)) / Number(value('canary-weight-total') ?? 100) : 0;
  };
  return {
    choose() {
      const main = backendOf(route);
      // As ingress-nginx does: without a pod behind the main Ingress there is no answer at all.
      if (backends.ready(main).length === 0) return none(503, `Service ${main} of the main Ingress has no ready endpoint.`);
      return { kind: 'service', name: chance() * 100 < share() ? backendOf(canary) : main };
    },
    shares() {
      const [main, other, weight] = [backendOf(route), backendOf(canary), share()];
      return main === other ? { [main]: 100 } : { [main]: 100 - weight, [other]: weight };
    },
    stop: () => ingresses.stop(),
  };
};

const selector: Open = async ({ namespace, service, selectorKey, colours, changed }, client) => {
  const services = await reflect<Service>(client, listPath('services', namespace), { changed });
  const selected = (): string | undefined => {
    const colour = services.get(service)?.spec.selector?.[selectorKey];
    return Object.keys(colours).find((name) => colours[name] === colour);
  };
  return {
    choose() {
      const name = selected();
      return name === undefined ? none(503, `Service ${service} selects no colour.`) : { kind: 'service', name };
    },
    shares() {
      const name = selected();
      return name === undefined ? {} : { [name]: 100 };
    },
    stop: () => services.stop(),
  };
};

/** One Service of both colours: each ready pod gets as many requests as any other. */
const replicas: Open = async ({ colours, backends, chance }) => {
  const counts = () => Object.keys(colours).map((name) => ({ name, weight: backends.ready(name).length }));
  return {
    choose() {
      const backend = chooseBackend(counts(), chance);
      return backend ? { kind: 'service', name: backend.name } : none(503, 'No colour has a ready pod.');
    },
    shares: () => sharesOf(counts()),
    stop: async () => undefined,
  };
};

const routers: Readonly<Record<TrafficSpec['mechanism'], Open>> = {
  httproute: httpRoute,
  istio: virtualService,
  nginx,
  selector,
  replicas,
};

export function openRouter(settings: RouterSettings, client: ClusterClient): Promise<Router> {
  return routers[settings.traffic.mechanism](settings, client);
}

/** Whether the route's status does not speak of its present generation yet. */
function isNews({ metadata, status }: HttpRoute): boolean {
  const parents = (status?.parents ?? []) as readonly { readonly conditions?: readonly { readonly observedGeneration?: number }[] }[];
  const seen = parents.flatMap(({ conditions = [] }) => conditions.map(({ observedGeneration = 0 }) => observedGeneration));
  return seen.length === 0 || Math.min(...seen) < (metadata.generation ?? 1);
}
