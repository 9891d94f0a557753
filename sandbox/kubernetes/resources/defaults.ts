/** What the real server fills in, so that objects read here look like objects read there. */
import { fieldsOf, isFields, listOf } from '../json';
import { type Fields, type KubeObject, timestamp } from '../objects';
import { withDefaults } from './resource';

export function podSpec(spec: Fields): Fields {
  const withContainers = Object.fromEntries(
    ['containers', 'initContainers']
      .filter((field) => Array.isArray(spec[field]))
      .map((field) => [field, listOf(spec[field]).map((item) => (isFields(item) ? container(item) : item))]),
  );
  return withDefaults(
    { ...spec, ...withContainers },
    {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    },
  );
}

function container(fields: Fields): Fields {
  const ports =
    fields.ports === undefined ? {} : { ports: listOf(fields.ports).map((port) => withDefaults(fieldsOf(port), { protocol: 'TCP' })) };
  const probes = Object.fromEntries(
    ['readinessProbe', 'livenessProbe', 'startupProbe']
      .filter((field) => isFields(fields[field]))
      .map((field) => [field, probe(fieldsOf(fields[field]))]),
  );
  return withDefaults(
    { ...fields, ...ports, ...probes },
    {
      imagePullPolicy: pullPolicy(typeof fields.image === 'string' ? fields.image : ''),
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    },
  );
}

function probe(fields: Fields): Fields {
  const httpGet = isFields(fields.httpGet) ? { httpGet: withDefaults(fields.httpGet, { path: '/', scheme: 'HTTP' }) } : {};
  return withDefaults({ ...fields, ...httpGet }, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
}

function pullPolicy(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return !/[:@]/.test(last) || last.endsWith(':latest') ? 'Always' : 'IfNotPresent';
}

export function pod(object: KubeObject): KubeObject {
  const spec = withDefaults(podSpec(fieldsOf(object.spec)), { enableServiceLinks: true, serviceAccountName: 'default' });
  return { ...object, spec, status: withDefaults(fieldsOf(object.status), { phase: 'Pending', qosClass: 'BestEffort' }) };
}

function template(value: unknown): Fields {
  const fields = fieldsOf(value);
  return { metadata: {}, ...fields, ...(fields.spec === undefined ? {} : { spec: podSpec(fieldsOf(fields.spec)) }) };
}

function rollingUpdate(strategy: Fields): Fields {
  const typed = withDefaults(strategy, { type: 'RollingUpdate' });
  if (typed.type !== 'RollingUpdate') return typed;
  return { ...typed, rollingUpdate: withDefaults(fieldsOf(typed.rollingUpdate), { maxUnavailable: '25%', maxSurge: '25%' }) };
}

export function deployment(object: KubeObject): KubeObject {
  const fields = fieldsOf(object.spec);
  const spec = withDefaults(
    {
      ...fields,
      ...(fields.template === undefined ? {} : { template: template(fields.template) }),
      strategy: rollingUpdate(fieldsOf(fields.strategy)),
    },
    { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  );
  return { ...object, spec };
}

export function replicaSet(object: KubeObject): KubeObject {
  const fields = fieldsOf(object.spec);
  const spec = withDefaults(
    { ...fields, ...(fields.template === undefined ? {} : { template: template(fields.template) }) },
    { replicas: 1 },
  );
  return { ...object, spec };
}

/** @param address gives a Service that wants one its cluster address. */
export function service(address: () => string): (object: KubeObject) => KubeObject {
  return (object) => {
    const fields = fieldsOf(object.spec);
    const ports =
      fields.ports === undefined
        ? {}
        : {
            ports: listOf(fields.ports).map((port) => withDefaults(fieldsOf(port), { protocol: 'TCP', targetPort: fieldsOf(port).port })),
          };
    const spec = withDefaults({ ...fields, ...ports }, { type: 'ClusterIP', sessionAffinity: 'None' });
    if (spec.type === 'ExternalName') return { ...object, spec };
    const clusterIP = typeof spec.clusterIP === 'string' && spec.clusterIP !== '' ? spec.clusterIP : address();
    const network = { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
    return {
      ...object,
      spec: { ...withDefaults(spec, network), clusterIP, clusterIPs: [clusterIP] },
      status: withDefaults(fieldsOf(object.status), { loadBalancer: {} }),
    };
  };
}

export function namespace(object: KubeObject): KubeObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } },
    spec: withDefaults(fieldsOf(object.spec), { finalizers: ['kubernetes'] }),
    status: withDefaults(fieldsOf(object.status), { phase: 'Active' }),
  };
}

/** Text given as `stringData` is stored as base64 `data`. */
export function secret(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  const encoded = Object.entries(fieldsOf(stringData)).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')] as const);
  const data = encoded.length === 0 ? {} : { data: { ...fieldsOf(object.data), ...Object.fromEntries(encoded) } };
  return { type: 'Opaque', ...rest, ...data };
}

export function event(object: KubeObject): KubeObject {
  return { ...object, firstTimestamp: object.firstTimestamp ?? timestamp(), count: object.count ?? 1 };
}

export function httpRoute(object: KubeObject): KubeObject {
  const fields = fieldsOf(object.spec);
  const backend = (value: unknown): unknown => (isFields(value) ? withDefaults(value, { group: '', kind: 'Service', weight: 1 }) : value);
  const match = (value: unknown): unknown =>
    isFields(value) ? { ...value, path: withDefaults(fieldsOf(value.path), { type: 'PathPrefix', value: '/' }) } : value;
  const rule = (value: unknown): unknown => {
    if (!isFields(value)) return value;
    const backendRefs = value.backendRefs === undefined ? {} : { backendRefs: listOf(value.backendRefs).map(backend) };
    return { ...value, ...backendRefs, matches: listOf(value.matches ?? [{}]).map(match) };
  };
  const parent = (value: unknown): unknown =>
    isFields(value) ? withDefaults(value, { group: 'gateway.networking.k8s.io', kind: 'Gateway' }) : value;
  return {
    ...object,
    spec: {
      ...fields,
      ...(fields.parentRefs === undefined ? {} : { parentRefs: listOf(fields.parentRefs).map(parent) }),
      rules: listOf(fields.rules ?? [{}]).map(rule),
    },
  };
}
