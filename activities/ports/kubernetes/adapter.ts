import { createRequire } from 'node:module';
import type * as Client from '@kubernetes/client-node';
import { codeOf, failure, quote } from '../../failures';
import type { Contents, Endpoint, Kind, Kinds, Kubernetes, Labelled, Operation, Place, Reference } from '../kubernetes';
import { statusOf, toFailure } from './errors';
import { follow } from './follow';
import { readAutoscaler, readBudget, readEndpoints, readPod, readers } from './objects';

const deadline = 10_000;
const fieldManager = 'analytics-deploy';
const strictly = { fieldManager, fieldValidation: 'Strict' } as const;

/** The library takes 0.4 s to load: only when a cluster is first needed. */
const load = (): typeof Client => createRequire(__filename)('@kubernetes/client-node') as typeof Client;

/** What was asked, and what the server said beside its answer. */
export type Warned = (what: string, text: string) => void;

type Options = Client.ConfigurationOptions;
type Named = { readonly namespace: string; readonly name: string };
/** How each kind is read and patched: the typed API where there is one. */
interface Verbs {
  read(api: Apis, at: Named, options: Options): Promise<unknown>;
  patch(api: Apis, at: Named, body: readonly Operation[], options: Options): Promise<unknown>;
}
interface Apis {
  readonly apps: Client.AppsV1Api;
  readonly autoscaling: Client.AutoscalingV2Api;
  readonly policy: Client.PolicyV1Api;
  readonly networking: Client.NetworkingV1Api;
  readonly core: Client.CoreV1Api;
  readonly custom: Client.CustomObjectsApi;
  readonly coordination: Client.CoordinationV1Api;
  readonly discovery: Client.DiscoveryV1Api;
  readonly authorization: Client.AuthorizationV1Api;
}

/** Kinds that the client library has no types for. */
function custom(resource: { readonly group: string; readonly version: string; readonly plural: string }): Verbs {
  return {
    read: ({ custom }, at, options) => custom.getNamespacedCustomObject({ ...at, ...resource }, options) as Promise<unknown>,
    patch: ({ custom }, at, body, options) =>
      custom.patchNamespacedCustomObject({ ...at, ...resource, ...strictly, body }, options) as Promise<unknown>,
  };
}
const verbs: Readonly<Record<Kind, Verbs>> = {
  Deployment: {
    read: ({ apps }, at, options) => apps.readNamespacedDeployment(at, options),
    patch: ({ apps }, at, body, options) => apps.patchNamespacedDeployment({ ...at, ...strictly, body }, options),
  },
  Service: {
    read: ({ core }, at, options) => core.readNamespacedService(at, options),
    patch: ({ core }, at, body, options) => core.patchNamespacedService({ ...at, ...strictly, body }, options),
  },
  ConfigMap: {
    read: ({ core }, at, options) => core.readNamespacedConfigMap(at, options),
    patch: ({ core }, at, body, options) => core.patchNamespacedConfigMap({ ...at, ...strictly, body }, options),
  },
  Lease: {
    read: ({ coordination }, at, options) => coordination.readNamespacedLease(at, options),
    patch: ({ coordination }, at, body, options) => coordination.patchNamespacedLease({ ...at, ...strictly, body }, options),
  },
  HorizontalPodAutoscaler: {
    read: ({ autoscaling }, at, options) => autoscaling.readNamespacedHorizontalPodAutoscaler(at, options),
    patch: ({ autoscaling }, at, body, options) =>
      autoscaling.patchNamespacedHorizontalPodAutoscaler({ ...at, ...strictly, body }, options),
  },
  HTTPRoute: custom({ group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' }),
  VirtualService: custom({ group: 'networking.istio.io', version: 'v1', plural: 'virtualservices' }),
  Ingress: {
    read: ({ networking }, at, options) => networking.readNamespacedIngress(at, options),
    patch: ({ networking }, at, body, options) => networking.patchNamespacedIngress({ ...at, ...strictly, body }, options),
  },
};

type Creators = {
  readonly [K in keyof Contents]: (api: Apis, at: Named, content: Contents[K], options: Options) => Promise<unknown>;
};
const creators: Creators = {
  ConfigMap: ({ core }, at, { data, immutable, ...labelled }, options) =>
    core.createNamespacedConfigMap(
      {
        namespace: at.namespace,
        ...strictly,
        body: { metadata: metadataOf(at, labelled), data: { ...data }, ...(immutable ? { immutable } : {}) },
      },
      options,
    ),
  Lease: ({ coordination }, at, { holder, transitions, acquiredAt, ...labelled }, options) => {
    const { V1MicroTime } = load();
    const spec = { holderIdentity: holder, leaseTransitions: transitions, acquireTime: new V1MicroTime(acquiredAt) };
    return coordination.createNamespacedLease(
      { namespace: at.namespace, ...strictly, body: { metadata: metadataOf(at, labelled), spec } },
      options,
    );
  },
};
function metadataOf(at: Named, { annotations, labels }: Labelled) {
  return { ...at, annotations: { ...annotations }, ...(labels === undefined ? {} : { labels: { ...labels } }) };
}

/**
 * Kubernetes by the official client. `kubeconfig` is KUBECONFIG's value: one or more files; the client's default where absent.
 *
 * @param warned told what the server warns of: a deprecated version, a field that it drops.
 */
export function createKubernetes(kubeconfig?: string, warned: Warned = () => undefined): Kubernetes {
  const clusters = new Map<string, Apis>();
  const connect = (cluster: string): Apis => {
    const apis = clusters.get(cluster) ?? apisOf(configOf(cluster, kubeconfig));
    clusters.set(cluster, apis);
    return apis;
  };

  /** One request under its deadline. A 401 reloads the credentials once, as tokens rotate. */
  async function call<T>(place: Place, what: string, send: (apis: Apis, options: Options) => Promise<T>): Promise<T> {
    try {
      try {
        return await send(
          connect(place.cluster),
          limited((text) => warned(what, text)),
        );
      } catch (error) {
        if (statusOf(error) !== 401) throw error;
        clusters.delete(place.cluster);
        return await send(
          connect(place.cluster),
          limited((text) => warned(what, text)),
        );
      }
    } catch (error) {
      throw statusOf(error) === null && (error as Error).name === 'ApplicationFailure' ? error : toFailure(error, what, Date.now());
    }
  }

  return {
    async read<K extends Kind>(reference: Reference<K>): Promise<Kinds[K] | null> {
      const raw = await call(reference, `get ${nameOf(reference)}`, (apis, options) =>
        verbs[reference.kind].read(apis, at(reference), options).catch((error: unknown) => {
          if (statusOf(error) === 404) return null;
          throw error;
        }),
      );
      return raw === null ? null : readers[reference.kind](raw);
    },
    async patch(reference, operations) {
      await call(reference, `patch ${nameOf(reference)}`, (apis, options) =>
        verbs[reference.kind].patch(apis, at(reference), operations, options),
      );
    },
    async create(reference, content) {
      await call(reference, `create ${nameOf(reference)}`, (apis, options) =>
        creators[reference.kind](apis, at(reference), content, options),
      );
    },
    async remove(reference, preconditions) {
      await call(reference, `delete ${nameOf(reference)}`, ({ core }, options) =>
        core.deleteNamespacedConfigMap({ ...at(reference), body: { preconditions } }, options),
      );
    },
    async pods(place, selector) {
      const labelSelector = labels(selector);
      const { items } = await call(place, `list pods ${labelSelector} in ${place.namespace}`, ({ core }, options) =>
        core.listNamespacedPod({ namespace: place.namespace, labelSelector }, options),
      );
      return items.map(readPod);
    },
    async endpoints(place, service) {
      const labelSelector = labels({ 'kubernetes.io/service-name': service });
      const { items } = await call(place, `list endpointslices of ${place.namespace}/${service}`, ({ discovery }, options) =>
        discovery.listNamespacedEndpointSlice({ namespace: place.namespace, labelSelector }, options),
      );
      return distinct(items.flatMap(readEndpoints));
    },
    async follow(reference, selector) {
      try {
        const { cluster } = reference;
        return await follow(load(), configOf(cluster, kubeconfig), reference, labels(selector));
      } catch {
        return null;
      }
    },
    async autoscalers(place) {
      const { namespace } = place;
      const { items } = await call(place, `list horizontalpodautoscalers in ${namespace}`, ({ autoscaling }, options) =>
        autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace }, options),
      );
      return items.map(readAutoscaler);
    },
    async budgets(place) {
      const { namespace } = place;
      const { items } = await call(place, `list poddisruptionbudgets in ${namespace}`, ({ policy }, options) =>
        policy.listNamespacedPodDisruptionBudget({ namespace }, options),
      );
      return items.map(readBudget);
    },
    async mayI(place, permission) {
      const body = { spec: { resourceAttributes: { namespace: place.namespace, ...permission } } };
      const { status } = await call(
        place,
        `ask whether ${permission.verb} ${permission.resource} is allowed`,
        ({ authorization }, options) => authorization.createSelfSubjectAccessReview({ body }, options),
      );
      return status?.allowed === true;
    },
  };
}

/** Dual-stack Services list a pod once per address family. */
function distinct(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [endpoint.target, endpoint])).values()];
}

function configOf(cluster: string, kubeconfig: string | undefined): Client.KubeConfig {
  const { KubeConfig } = load();
  const config = new KubeConfig();
  try {
    if (cluster === 'in-cluster') {
      config.loadFromCluster();
      return config;
    }
    const [first, ...more] = (kubeconfig ?? '').split(':').filter((file) => file !== '');
    if (first === undefined) config.loadFromDefault();
    else config.loadFromFile(first);
    for (const file of more) {
      const other = new KubeConfig();
      other.loadFromFile(file);
      config.mergeConfig(other, true);
    }
  } catch (error) {
    throw failure('Misconfigured', `The credentials for cluster ${cluster} cannot be read (${codeOf(error, 'not valid')})`, {
      remedy: 'Set KUBECONFIG where the worker runs to a readable kubeconfig, or run it in the cluster.',
    });
  }
  if (cluster !== 'current') {
    if (!config.getContextObject(cluster)) {
      const known = config.getContexts().map(({ name }) => name);
      throw failure('Misconfigured', `The kubeconfig has no context ${cluster}`, { remedy: `It has: ${known.join(', ') || 'none'}.` });
    }
    config.setCurrentContext(cluster);
  }
  return config;
}

function apisOf(config: Client.KubeConfig): Apis {
  const {
    AppsV1Api,
    AuthorizationV1Api,
    AutoscalingV2Api,
    NetworkingV1Api,
    PolicyV1Api,
    CoordinationV1Api,
    CoreV1Api,
    CustomObjectsApi,
    DiscoveryV1Api,
  } = load();
  return {
    apps: config.makeApiClient(AppsV1Api),
    autoscaling: config.makeApiClient(AutoscalingV2Api),
    policy: config.makeApiClient(PolicyV1Api),
    networking: config.makeApiClient(NetworkingV1Api),
    core: config.makeApiClient(CoreV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    coordination: config.makeApiClient(CoordinationV1Api),
    discovery: config.makeApiClient(DiscoveryV1Api),
    authorization: config.makeApiClient(AuthorizationV1Api),
  };
}

/** Every request under one deadline, from connecting to the last byte; warnings of the answer are passed on. */
function limited(warned: (text: string) => void): Options {
  const { Observable } = load();
  return {
    middleware: [
      {
        pre(context) {
          context.setSignal(AbortSignal.timeout(deadline));
          return new Observable(Promise.resolve(context));
        },
        post(context) {
          const warning = context.headers['warning'];
          if (warning !== undefined) warned(quote(warning));
          return new Observable(Promise.resolve(context));
        },
      },
    ],
    middlewareMergeStrategy: 'append',
  };
}

function at({ namespace, name }: Named): { namespace: string; name: string } {
  return { namespace, name };
}
function labels(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** A reference in the words of an operator: `deployment shop/analytics-blue`. */
export function nameOf({ kind, namespace, name }: Reference): string {
  return `${kind.toLowerCase()} ${namespace}/${name}`;
}
