/** Every kind that the server knows, one record each. */
import { fieldsOf } from '../json';
import { apiVersionOf, defineResource, type Resource } from './resource';
import { builtIn, type SchemaName } from '../schema/load';
import * as columns from './columns';
import * as defaults from './defaults';
import * as rules from './rules';
import { binding, scale, statusOf } from './subresources';

const gateway = (definition: string): SchemaName => ({
  package: '@kubernetes-models/gateway-api',
  definition: `IoK8sSigsGatewayApi${definition}`,
});

const common = [rules.subdomainName, rules.metadata];

/** The resource with its `status` subresource, which has the same type. */
function withStatus(resource: Resource): Resource {
  return { ...resource, subresources: { status: statusOf(resource), ...resource.subresources } };
}

const namespaces = withStatus(
  defineResource(
    { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', schema: builtIn('CoreV1Namespace') },
    {
      namespaced: false,
      shortNames: ['ns'],
      defaults: defaults.namespace,
      rules: [rules.labelName, rules.metadata],
      columns: columns.namespaceColumns,
      selectable: ['status.phase'],
    },
  ),
);
const nodes = withStatus(
  defineResource(
    { group: '', version: 'v1', kind: 'Node', plural: 'nodes', schema: builtIn('CoreV1Node') },
    { namespaced: false, shortNames: ['no'], rules: common },
  ),
);
const pods = withStatus(
  defineResource(
    { group: '', version: 'v1', kind: 'Pod', plural: 'pods', schema: builtIn('CoreV1Pod') },
    {
      shortNames: ['po'],
      categories: ['all'],
      subresources: { binding },
      defaults: defaults.pod,
      rules: [...common, rules.podHasContainers, rules.podIsImmutable, rules.nodeIsImmutable],
      grace: podGrace,
      columns: columns.podColumns,
      selectable: ['spec.nodeName', 'spec.restartPolicy', 'status.phase', 'status.podIP'],
    },
  ),
);

/** Only a node can end a pod in peace: one that was never bound, or has ended, goes at once. */
function podGrace(object: Parameters<Resource['grace']>[0]): number | null {
  const { nodeName, terminationGracePeriodSeconds } = fieldsOf(object.spec);
  const { phase } = fieldsOf(object.status);
  if (nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') return null;
  return typeof terminationGracePeriodSeconds === 'number' ? terminationGracePeriodSeconds : 30;
}

/** @param address gives out cluster addresses of Services. */
function services(address: () => string): Resource {
  return withStatus(
    defineResource(
      { group: '', version: 'v1', kind: 'Service', plural: 'services', schema: builtIn('CoreV1Service') },
      {
        shortNames: ['svc'],
        categories: ['all'],
        defaults: defaults.service(address),
        rules: [rules.serviceName, rules.metadata, rules.servicePorts, rules.clusterAddressIsImmutable],
        columns: columns.serviceColumns,
        selectable: ['spec.clusterIP', 'spec.type'],
      },
    ),
  );
}

const configMaps = defineResource(
  { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', schema: builtIn('CoreV1ConfigMap') },
  { shortNames: ['cm'], rules: [...common, rules.immutableData], columns: columns.configMapColumns },
);
const secrets = defineResource(
  { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', schema: builtIn('CoreV1Secret') },
  { defaults: defaults.secret, rules: [...common, rules.immutableData], columns: columns.configMapColumns, selectable: ['type'] },
);
const events = defineResource(
  { group: '', version: 'v1', kind: 'Event', plural: 'events', schema: builtIn('CoreV1Event') },
  {
    shortNames: ['ev'],
    defaults: defaults.event,
    rules: common,
    columns: columns.eventColumns,
    selectable: ['involvedObject.kind', 'involvedObject.name', 'involvedObject.namespace', 'involvedObject.uid', 'reason', 'type'],
  },
);

const deployments = withStatus(
  defineResource(
    { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', schema: builtIn('AppsV1Deployment') },
    {
      shortNames: ['deploy'],
      categories: ['all'],
      counted: true,
      subresources: { scale },
      defaults: defaults.deployment,
      rules: [
        ...common,
        rules.notNegative('replicas'),
        rules.notNegative('minReadySeconds'),
        rules.notNegative('revisionHistoryLimit'),
        rules.deadlineExceedsMinReady,
        rules.templateHasContainers,
        rules.selectorMatchesTemplate,
        rules.selectorIsImmutable,
      ],
      columns: columns.deploymentColumns,
    },
  ),
);
const replicaSets = withStatus(
  defineResource(
    { group: 'apps', version: 'v1', kind: 'ReplicaSet', plural: 'replicasets', schema: builtIn('AppsV1ReplicaSet') },
    {
      shortNames: ['rs'],
      categories: ['all'],
      counted: true,
      subresources: { scale },
      defaults: defaults.replicaSet,
      rules: [
        ...common,
        rules.notNegative('replicas'),
        rules.templateHasContainers,
        rules.selectorMatchesTemplate,
        rules.selectorIsImmutable,
      ],
      columns: columns.replicaSetColumns,
      selectable: ['status.replicas'],
    },
  ),
);
const endpointSlices = defineResource(
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    schema: builtIn('DiscoveryV1EndpointSlice'),
  },
  { counted: true, rules: [...common, rules.reachableAddresses], columns: columns.endpointSliceColumns },
);
const leases = defineResource(
  { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', schema: builtIn('CoordinationV1Lease') },
  { overwrites: false, rules: common },
);
const jobs = withStatus(
  defineResource(
    { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', schema: builtIn('BatchV1Job') },
    { categories: ['all'], counted: true, rules: [...common, rules.templateIsImmutable] },
  ),
);
const autoscalers = withStatus(
  defineResource(
    {
      group: 'autoscaling',
      version: 'v2',
      kind: 'HorizontalPodAutoscaler',
      plural: 'horizontalpodautoscalers',
      schema: builtIn('AutoscalingV2HorizontalPodAutoscaler'),
    },
    { shortNames: ['hpa'], categories: ['all'], rules: common },
  ),
);
const budgets = withStatus(
  defineResource(
    {
      group: 'policy',
      version: 'v1',
      kind: 'PodDisruptionBudget',
      plural: 'poddisruptionbudgets',
      schema: builtIn('PolicyV1PodDisruptionBudget'),
    },
    { shortNames: ['pdb'], counted: true, rules: common },
  ),
);
const ingresses = withStatus(
  defineResource(
    { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress', plural: 'ingresses', schema: builtIn('NetworkingV1Ingress') },
    { shortNames: ['ing'], counted: true, rules: common },
  ),
);
const custom = { custom: true, counted: true, overwrites: false, rules: common } satisfies Partial<Resource>;
const httpRoutes = withStatus(
  defineResource(
    {
      group: 'gateway.networking.k8s.io',
      version: 'v1',
      kind: 'HTTPRoute',
      plural: 'httproutes',
      schema: gateway('ApisV1HTTPRoute'),
    },
    { ...custom, defaults: defaults.httpRoute, columns: columns.routeColumns },
  ),
);
const virtualServices = withStatus(
  defineResource(
    { group: 'networking.istio.io', version: 'v1', kind: 'VirtualService', plural: 'virtualservices', schema: null },
    { ...custom, shortNames: ['vs'] },
  ),
);
const destinationRules = withStatus(
  defineResource(
    { group: 'networking.istio.io', version: 'v1', kind: 'DestinationRule', plural: 'destinationrules', schema: null },
    { ...custom, shortNames: ['dr'] },
  ),
);
const accessReviews = defineResource(
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
    schema: builtIn('AuthorizationV1SelfSubjectAccessReview'),
  },
  {
    namespaced: false,
    verbs: ['create'],
    review: (object, decide) => {
      const asked = fieldsOf(fieldsOf(object.spec).resourceAttributes);
      const text = (field: string): string => (typeof asked[field] === 'string' ? asked[field] : '');
      const allowed = decide({
        verb: text('verb'),
        group: text('group'),
        resource: text('resource'),
        subresource: text('subresource'),
        namespace: text('namespace'),
        name: text('name'),
      });
      return { ...object, status: { allowed } };
    },
  },
);

/** All resources of one server: Services share its pool of addresses. */
export function defineResources(address: () => string) {
  return {
    namespaces,
    nodes,
    pods,
    services: services(address),
    configMaps,
    secrets,
    events,
    deployments,
    replicaSets,
    endpointSlices,
    leases,
    jobs,
    autoscalers,
    budgets,
    ingresses,
    httpRoutes,
    virtualServices,
    destinationRules,
    accessReviews,
  } as const;
}
export type Resources = ReturnType<typeof defineResources>;

/** Name by which the store keeps the objects of a resource. */
export function storeKey(resource: Pick<Resource, 'group' | 'version' | 'plural'>): string {
  return `${apiVersionOf(resource)}/${resource.plural}`;
}
