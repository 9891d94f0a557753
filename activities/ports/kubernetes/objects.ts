/** From the API's JSON to the facts that the deployment reads. Absent fields take the API's defaults. */
import type {
  Autoscaler,
  Backend,
  Budget,
  Condition,
  ConfigMap,
  Container,
  Deployment,
  Endpoint,
  HttpRoute,
  Ingress,
  Kinds,
  Lease,
  Meta,
  ObjectName,
  Pod,
  Service,
  VariableSource,
  VirtualService,
} from '../kubernetes';

type Json = Readonly<Record<string, unknown>>;
type Strings = Readonly<Record<string, string>>;

/** The reader of each kind. */
export const readers: { readonly [K in keyof Kinds]: (raw: unknown) => Kinds[K] } = {
  Deployment: readDeployment,
  Service: readService,
  ConfigMap: readConfigMap,
  HTTPRoute: readHttpRoute,
  Lease: readLease,
  HorizontalPodAutoscaler: readAutoscaler,
  VirtualService: readVirtualService,
  Ingress: readIngress,
};

function readDeployment(raw: unknown): Deployment {
  const [spec, status] = [json(json(raw).spec), json(json(raw).status)];
  const meta = readMeta(raw);
  return {
    meta,
    replicas: number(spec.replicas, 1),
    paused: spec.paused === true,
    revision: meta.annotations?.['deployment.kubernetes.io/revision'] ?? '',
    selector: strings(json(spec.selector).matchLabels),
    containers: containersOf(json(json(spec.template).spec)),
    variables: variablesOf(json(json(spec.template).spec)),
    volumes: volumesOf(json(json(spec.template).spec)),
    status: {
      observedGeneration: number(status.observedGeneration, 0),
      replicas: number(status.replicas, 0),
      updated: number(status.updatedReplicas, 0),
      ready: number(status.readyReplicas, 0),
      available: number(status.availableReplicas, 0),
      conditions: list(status.conditions).map(readCondition),
    },
  };
}

function readService(raw: unknown): Service {
  return { meta: readMeta(raw), selector: strings(json(json(raw).spec).selector) };
}

function readConfigMap(raw: unknown): ConfigMap {
  return { meta: readMeta(raw), data: strings(json(raw).data) };
}

function readLease(raw: unknown): Lease {
  const { holderIdentity, leaseTransitions } = json(json(raw).spec);
  return { meta: readMeta(raw), holder: string(holderIdentity), transitions: number(leaseTransitions, 0) };
}

/** An autoscaler's facts. The API takes 1 where no minimum is stated. */
export function readAutoscaler(raw: unknown): Autoscaler {
  const { scaleTargetRef, minReplicas, maxReplicas } = json(json(raw).spec);
  const { kind, name } = json(scaleTargetRef);
  return {
    meta: readMeta(raw),
    target: { kind: string(kind), name: string(name) },
    minimum: number(minReplicas, 1),
    maximum: number(maxReplicas, 1),
  };
}

/** A disruption budget's facts. */
export function readBudget(raw: unknown): Budget {
  const { selector, minAvailable, maxUnavailable } = json(json(raw).spec);
  const byExpressions = list(json(selector).matchExpressions).length > 0;
  return {
    name: readMeta(raw).name,
    selector: byExpressions ? null : strings(json(selector).matchLabels),
    minAvailable: amount(minAvailable),
    maxUnavailable: amount(maxUnavailable),
  };
}
function amount(value: unknown): number | string | null {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

function readHttpRoute(raw: unknown): HttpRoute {
  const meta = readMeta(raw);
  const rules = list(json(json(raw).spec).rules);
  const parents = list(json(json(raw).status).parents);
  return {
    meta,
    rules: rules.map((rule) => ({ backends: list(json(rule).backendRefs).map(readBackend) })),
    accepted: parents.map((parent) => {
      const accepted = list(json(parent).conditions).find((condition) => json(condition).type === 'Accepted');
      // A condition of an older generation says nothing about what was just written.
      return accepted && number(json(accepted).observedGeneration, 0) >= meta.generation ? readCondition(accepted) : null;
    }),
  };
}

function readBackend(raw: unknown): Backend {
  const { name, weight } = json(raw);
  return { name: string(name), weight: typeof weight === 'number' ? weight : null };
}

/** Hosts may be short or fully qualified: the first part is the Service. */
function readVirtualService(raw: unknown): VirtualService {
  const rules = list(json(json(raw).spec).http);
  const backends = (rule: unknown): readonly Backend[] => {
    const routes = list(json(rule).route);
    return routes.map((route) => {
      const { destination, weight } = json(route);
      const host = string(json(destination).host);
      const { subset } = json(destination);
      const name = host.split('.')[0] ?? host;
      // A lone destination takes everything, whatever it states.
      const stated = typeof weight === 'number' ? weight : routes.length === 1 ? 100 : null;
      return { name, host, weight: stated, ...(typeof subset === 'string' ? { subset } : {}) };
    });
  };
  return { meta: readMeta(raw), rules: rules.map((rule) => ({ backends: backends(rule) })) };
}

function readIngress(raw: unknown): Ingress {
  const { defaultBackend, rules } = json(json(raw).spec);
  const named = (backend: unknown, path: string) => {
    const { name } = json(json(backend).service);
    return typeof name === 'string' ? [{ service: name, path: `${path}/service/name` }] : [];
  };
  const paths = list(rules).flatMap((rule, at) =>
    list(json(json(rule).http).paths).flatMap((entry, place) =>
      named(json(entry).backend, `/spec/rules/${at}/http/paths/${place}/backend`),
    ),
  );
  return { meta: readMeta(raw), backends: [...named(defaultBackend, '/spec/defaultBackend'), ...paths] };
}

/** A pod's facts. */
export function readPod(raw: unknown): Pod {
  const [metadata, spec, status] = [json(json(raw).metadata), json(json(raw).spec), json(json(raw).status)];
  const conditions = list(status.conditions).map(readCondition);
  const ready = conditions.find(({ type }) => type === 'Ready');
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  const waiting = [...list(status.initContainerStatuses), ...list(status.containerStatuses)].flatMap((container) => {
    const { reason, message } = json(json(json(container).state).waiting);
    return typeof reason === 'string' ? [{ reason, message: string(message) }] : [];
  });
  const stuck = scheduled?.status === 'False' ? [{ reason: scheduled.reason, message: scheduled.message }] : [];
  return {
    name: string(metadata.name),
    ready: ready?.status === 'True',
    readySince: ready?.status === 'True' ? ready.since : null,
    deleting: metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null,
    containers: containersOf(spec),
    waiting: [...stuck, ...waiting],
  };
}

/** The endpoints of one EndpointSlice. A readiness that is not stated counts as ready, as the API says; one that ends does not. */
export function readEndpoints(raw: unknown): readonly Endpoint[] {
  return list(json(raw).endpoints).map((endpoint) => {
    const { conditions, targetRef, addresses } = json(endpoint);
    const { ready, terminating } = json(conditions);
    return { target: string(json(targetRef).name) || string(list(addresses)[0]), ready: ready !== false && terminating !== true };
  });
}

function readMeta(raw: unknown): Meta {
  const metadata = json(json(raw).metadata);
  return {
    name: string(metadata.name),
    uid: string(metadata.uid),
    resourceVersion: string(metadata.resourceVersion),
    generation: number(metadata.generation, 0),
    labels: metadata.labels ? strings(metadata.labels) : null,
    annotations: metadata.annotations ? strings(metadata.annotations) : null,
    deleting: metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null,
    managers: list(metadata.managedFields).map((entry) => {
      const { manager, time, fieldsV1 } = json(entry);
      return { name: string(manager), at: instant(time) ?? 0, fields: fieldsV1 };
    }),
  };
}

function containersOf(podSpec: Json): readonly Container[] {
  return list(podSpec.containers).map((container) => {
    const { name, image, envFrom } = json(container);
    const references = list(envFrom).map((entry) => string(json(json(entry).configMapRef).name) || null);
    return { name: string(name), image: string(image), envFrom: Array.isArray(envFrom) ? references : null };
  });
}

/** As the kubelet reads them: `envFrom` first, then `env`. */
function variablesOf(podSpec: Json): Deployment['variables'] {
  const containers = [...list(podSpec.initContainers), ...list(podSpec.containers)];
  return Object.fromEntries(
    containers.map((container) => {
      const { name, env, envFrom } = json(container);
      return [string(name), [...list(envFrom).flatMap(readEnvFrom), ...list(env).map(readEnv)]];
    }),
  );
}

function readEnvFrom(raw: unknown): readonly VariableSource[] {
  const { prefix, configMapRef, secretRef } = json(raw);
  return [...(configMapRef ? [objectName('ConfigMap', configMapRef)] : []), ...(secretRef ? [objectName('Secret', secretRef)] : [])].map(
    (of) => ({ kind: 'all', prefix: string(prefix), of }) as const,
  );
}

function readEnv(raw: unknown): VariableSource {
  const { name, value, valueFrom } = json(raw);
  const { configMapKeyRef, secretKeyRef } = json(valueFrom);
  const own = string(name);
  if (configMapKeyRef)
    return { kind: 'key', name: own, of: objectName('ConfigMap', configMapKeyRef), key: string(json(configMapKeyRef).key) };
  if (secretKeyRef) return { kind: 'key', name: own, of: objectName('Secret', secretKeyRef), key: string(json(secretKeyRef).key) };
  return { kind: 'value', name: own, value: valueFrom ? null : string(value) };
}

function volumesOf(podSpec: Json): readonly ObjectName[] {
  return list(podSpec.volumes).flatMap((volume) => {
    const { configMap, secret, projected } = json(volume);
    const sources = list(json(projected).sources).map(json);
    return [
      ...[configMap, ...sources.map((source) => source.configMap)].flatMap((each) => (each ? [objectName('ConfigMap', each)] : [])),
      ...sources.flatMap((source) => (source.secret ? [objectName('Secret', source.secret)] : [])),
      ...(secret ? [{ kind: 'Secret', name: string(json(secret).secretName), optional: json(secret).optional === true } as const] : []),
    ];
  });
}

function objectName(kind: ObjectName['kind'], raw: unknown): ObjectName {
  const { name, optional } = json(raw);
  return { kind, name: string(name), optional: optional === true };
}

function readCondition(raw: unknown): Condition {
  const { type, status, reason, message, lastTransitionTime } = json(raw);
  return {
    type: string(type),
    status: string(status),
    reason: string(reason),
    message: string(message),
    since: instant(lastTransitionTime),
  };
}

function json(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
function strings(value: unknown): Strings {
  return Object.fromEntries(Object.entries(json(value)).map(([key, text]) => [key, String(text)]));
}
/** Times come as text, or as dates from a client that parses them. */
function instant(value: unknown): number | null {
  const at = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? null : at;
}
