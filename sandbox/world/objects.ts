import { createHash } from 'node:crypto';
import type { Spec } from '../../workflows/runbook/spec';
import { type Resource, listPath } from '../cluster/paths';

/** One object that the world begins with, and where it is created. */
export interface Seed {
  readonly path: string;
  readonly object: object;
}
export interface SeedSettings {
  readonly spec: Spec;
  /** `repository@sha256:…` of the version that is live. */
  readonly image: string;
  readonly liveVersion: string;
  /** Pods of the live colour. */
  readonly replicas: number;
}

/** The port of every Service and container, as the cluster sees it. */
const PORT = 8080;

/** The colour that is live at the beginning: green where there is one, as in the runbook, else the second. */
export function firstLive(spec: Pick<Spec, 'production'>): string {
  const colours = Object.keys(spec.production.colours);
  const live = colours.includes('green') ? 'green' : (colours[1] ?? colours[0]);
  if (live === undefined) throw new Error('The spec names no colours. Give production.colours two of them.');
  return live;
}

/** The namespaces that the spec names, each once. */
export const namespacesOf = ({ staging, production }: Pick<Spec, 'staging' | 'production'>): readonly string[] => [
  ...new Set([staging.namespace, production.namespace]),
];

/** Everything that is there before the first deployment, by the spec's own names, in the order of creation. */
export function seedsOf(settings: SeedSettings): readonly Seed[] {
  const { spec, replicas } = settings;
  const { production, staging } = spec;
  const live = firstLive(spec);
  const flags = flagsOf(settings);
  const colours = Object.entries(production.colours);
  return [
    ...namespacesOf(spec).map((name) => ({
      path: listPath('namespaces'),
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    })),
    ...(flags ? [seed('configmaps', production.namespace, 'v1', 'ConfigMap', flags)] : []),
    deployment(settings, staging.namespace, staging.deployment, { app: stagingApp(spec) }, 1, null),
    service(staging.namespace, stagingService(spec), { app: stagingApp(spec) }),
    ...colours.flatMap(([colour, names]) => {
      const labels = { app: spec.service, [production.selectorKey]: colour };
      return [
        deployment(settings, production.namespace, names.deployment, labels, colour === live ? replicas : 0, flags?.metadata.name ?? null),
        service(production.namespace, names.service, labels),
      ];
    }),
    service(production.namespace, production.service, {
      app: spec.service,
      ...(production.traffic.mechanism === 'replicas' ? {} : { [production.selectorKey]: live }),
    }),
    ...trafficSeeds(spec, live),
  ];
}

/** What shares the traffic at the beginning: all of it on the live colour. */
function trafficSeeds(spec: Spec, live: string): readonly Seed[] {
  const { production, service: app } = spec;
  const { namespace, traffic } = production;
  const { mechanism, route = '', canary = '' } = traffic;
  const colours = Object.entries(production.colours);
  const serviceOf = (isLive: boolean): string => colours.find(([colour]) => (colour === live) === isLive)?.[1].service ?? '';
  const labels = { app };
  switch (mechanism) {
    case 'httproute':
      return [
        seed('httproutes', namespace, 'gateway.networking.k8s.io/v1', 'HTTPRoute', {
          metadata: { name: route, labels },
          spec: {
            parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'sandbox' }],
            rules: [
              {
                matches: [{ path: { type: 'PathPrefix', value: '/' } }],
                backendRefs: colours.map(([colour, names]) => ({
                  group: '',
                  kind: 'Service',
                  name: names.service,
                  port: PORT,
                  weight: colour === live ? 100 : 0,
                })),
              },
            ],
          },
        }),
      ];
    case 'istio':
      return [
        seed('virtualservices', namespace, 'networking.istio.io/v1', 'VirtualService', {
          metadata: { name: route, labels },
          spec: {
            hosts: [production.service],
            http: [
              {
                route: colours.map(([colour, names]) => ({
                  destination: { host: `${names.service}.${namespace}.svc.cluster.local`, port: { number: PORT } },
                  weight: colour === live ? 100 : 0,
                })),
              },
            ],
          },
        }),
      ];
    case 'nginx':
      return [
        ingress(namespace, route, labels, serviceOf(true), {}),
        ingress(namespace, canary, labels, serviceOf(false), {
          'nginx.ingress.kubernetes.io/canary': 'true',
          'nginx.ingress.kubernetes.io/canary-weight': '0',
        }),
      ];
    default:
      return [];
  }
}

function ingress(namespace: string, name: string, labels: object, backend: string, annotations: object): Seed {
  const service = { name: backend, port: { number: PORT } };
  return seed('ingresses', namespace, 'networking.k8s.io/v1', 'Ingress', {
    metadata: { name, labels, annotations },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: 'analytics.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }],
    },
  });
}

/** Staging must not be selected by production's Services where both share a namespace. */
const stagingApp = (spec: Spec): string => (isShared(spec) ? `${spec.service}-staging` : spec.service);
const isShared = ({ staging, production }: Spec): boolean => staging.namespace === production.namespace;

/** The Service of staging: named like its Deployment, unless production has one of that name beside it. */
export function stagingService(spec: Spec): string {
  const { deployment: name } = spec.staging;
  const taken = [spec.production.service, ...Object.values(spec.production.colours).map((colour) => colour.service)];
  return isShared(spec) && taken.includes(name) ? `${name}-staging` : name;
}

interface Flags {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string>>;
}

/** The flags of the version that is live: fully rolled out. */
function flagsOf({ spec, liveVersion }: SeedSettings): Flags | null {
  if (!spec.flags) return null;
  const { configMap, values, rollout } = spec.flags;
  const data = { ...values, ...(rollout ? { [rollout.name]: '100' } : {}) };
  const hash = createHash('sha256')
    .update(JSON.stringify([liveVersion, data]))
    .digest('hex')
    .slice(0, 10);
  return { metadata: { name: `${configMap}-${hash}`, labels: { app: spec.service } }, data };
}

function deployment(
  { spec, image }: SeedSettings,
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  replicas: number,
  configMap: string | null,
): Seed {
  const container = {
    name: spec.image.container,
    image,
    ports: [{ name: 'http', containerPort: PORT }],
    ...(configMap === null ? {} : { envFrom: [{ configMapRef: { name: configMap } }] }),
    ...environmentOf(spec, namespace),
  };
  return seed('deployments', namespace, 'apps/v1', 'Deployment', {
    metadata: { name, labels },
    spec: {
      replicas,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: labels },
      // No scheduler of a real cluster takes the pods away from the fleet.
      template: { metadata: { labels }, spec: { schedulerName: 'sandbox', containers: [container] } },
    },
  });
}

/** The variables that the checklist asks for, by value and by a Secret that nobody but a kubelet reads; flags bring their own. */
function environmentOf({ checklist, flags, production, service: app }: Spec, namespace: string): object {
  const { required = [], fromSecrets = [] } = checklist?.environment?.variables ?? {};
  const byFlags = { ...flags?.values, ...(flags?.rollout ? { [flags.rollout.name]: '' } : {}) };
  const env = [
    ...required.filter((name) => !(name in byFlags)).map((name) => ({ name, value: 'sandbox' })),
    ...fromSecrets.map((name) => ({ name, valueFrom: { secretKeyRef: { name: `${app}-secrets`, key: name } } })),
  ];
  return namespace !== production.namespace || env.length === 0 ? {} : { env };
}

function service(namespace: string, name: string, selector: Readonly<Record<string, string>>): Seed {
  return seed('services', namespace, 'v1', 'Service', {
    metadata: { name, labels: { app: selector.app ?? name } },
    spec: { selector, ports: [{ name: 'http', port: PORT, targetPort: PORT, protocol: 'TCP' }] },
  });
}

function seed(resource: Resource, namespace: string, apiVersion: string, kind: string, content: object): Seed {
  const { metadata, ...rest } = content as { readonly metadata: object };
  return { path: listPath(resource, namespace), object: { apiVersion, kind, metadata: { ...metadata, namespace }, ...rest } };
}
