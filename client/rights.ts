import type { Permission } from '../activities/ports/kubernetes';
import type { Spec, TrafficSpec } from '../workflows/runbook/spec';
import { routeObjects, targetName, type RouteObject } from '../workflows/runbook/target';

/** One right that the worker needs in one namespace, and what for. */
export interface Right {
  readonly cluster: string;
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly Permission['verb'][];
  /** Names that it is limited to. Absent where RBAC cannot (create, list), or where names are not known beforehand. */
  readonly names?: readonly string[];
  readonly reason: string;
}

type Rule = Omit<Right, 'cluster' | 'namespace'>;

/** Exactly what a deployment, its rollback and a repair ask of the cluster. No right on secrets, none beyond these namespaces. */
export function rightsOf(spec: Pick<Spec, 'service' | 'staging' | 'production' | 'flags' | 'checklist'>): readonly Right[] {
  const { staging, production } = spec;
  const at = ({ cluster, namespace }: { readonly cluster: string; readonly namespace: string }, rules: readonly Rule[]): readonly Right[] =>
    rules.map((rule) => ({ cluster, namespace, ...rule }));
  return [...at(staging, stagingRules(spec)), ...at(production, productionRules(spec))];
}

const pods: Rule = {
  group: '',
  resource: 'pods',
  verbs: ['list', 'watch'],
  reason: 'whether pods are ready, what keeps them from it, and which image they run',
};

function stagingRules({ staging }: Pick<Spec, 'staging'>): readonly Rule[] {
  return [
    {
      group: 'apps',
      resource: 'deployments',
      verbs: ['get', 'patch'],
      names: [staging.deployment],
      reason: 'step 1.1: the image, and its way back',
    },
    { group: 'apps', resource: 'deployments', verbs: ['watch'], reason: 'step 1.1: following the rollout' },
    pods,
  ];
}

function productionRules({
  service,
  production,
  flags,
  checklist,
}: Pick<Spec, 'service' | 'production' | 'flags' | 'checklist'>): readonly Rule[] {
  const colours = Object.values(production.colours);
  const own = targetName(service);
  return [
    {
      group: 'apps',
      resource: 'deployments',
      verbs: ['get', 'patch'],
      names: colours.map(({ deployment }) => deployment),
      reason:
        'steps 2.2 and scale-down: image, flags and replicas of the candidate, replicas of the old colour; a rollback scales it up again',
    },
    { group: 'apps', resource: 'deployments', verbs: ['watch'], reason: 'step 2.2: following the rollout' },
    pods,
    {
      group: 'discovery.k8s.io',
      resource: 'endpointslices',
      verbs: ['list'],
      reason: 'traffic moves only to ready endpoints, forward and back',
    },
    {
      group: '',
      resource: 'services',
      verbs: ['get', 'patch'],
      names: [production.service],
      reason: 'the selector names the live colour; steps 2.2 or 2.3 move it, a rollback moves it back',
    },
    ...(checklist?.infrastructure?.routing
      ? [
          {
            group: '',
            resource: 'services',
            verbs: ['get'] as const,
            names: colours.map(({ service: name }) => name),
            reason: 'checklist: each colour has a Service that selects it',
          },
        ]
      : []),
    ...(checklist?.environment?.variables && !flags
      ? [
          {
            group: '',
            resource: 'configmaps',
            verbs: ['get'] as const,
            reason: "checklist: the ConfigMaps that the candidate's template names, whatever they are called",
          },
        ]
      : []),
    ...trafficRules(production.traffic),
    ...(flags
      ? [
          {
            group: '',
            resource: 'configmaps',
            verbs: ['get', 'patch', 'delete'] as const,
            reason:
              'step 2.1: the flags; their names end in a hash that nobody knows beforehand. Deleted by a rollback, fenced off by a repair',
          },
        ]
      : []),
    { group: '', resource: 'configmaps', verbs: ['create'], reason: 'the record of what was changed, and the flags' },
    {
      group: '',
      resource: 'configmaps',
      verbs: ['get', 'patch'],
      names: [own],
      reason: 'the record of what was changed and from what: what a repair goes by',
    },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['create'], reason: 'the lock of the target, at the first deployment' },
    {
      group: 'coordination.k8s.io',
      resource: 'leases',
      verbs: ['get', 'patch'],
      names: [own],
      reason: 'the lock of the target: taken, given up, and raised by a repair',
    },
    {
      group: 'autoscaling',
      resource: 'horizontalpodautoscalers',
      verbs: ['list', 'get', 'patch'],
      reason: "the colours' autoscalers, whatever they are called: their minimum is kept up while traffic moves",
    },
    {
      group: 'policy',
      resource: 'poddisruptionbudgets',
      verbs: ['list'],
      reason: 'the scale-down of the old colour takes no pods that a budget keeps',
    },
  ];
}

/** How RBAC calls what shares the traffic. */
const resources: Readonly<Record<RouteObject['kind'], Pick<Right, 'group' | 'resource'>>> = {
  HTTPRoute: { group: 'gateway.networking.k8s.io', resource: 'httproutes' },
  VirtualService: { group: 'networking.istio.io', resource: 'virtualservices' },
  Ingress: { group: 'networking.k8s.io', resource: 'ingresses' },
};

function trafficRules(traffic: TrafficSpec): readonly Rule[] {
  const objects = routeObjects(traffic);
  const [first] = objects;
  if (!first) return [];
  const names = objects.map(({ name }) => name);
  return [
    { ...resources[first.kind], verbs: ['get', 'patch'], names, reason: 'steps 2.2 and 2.3: the shares of traffic, and their way back' },
  ];
}
