import type { Kind, Kubernetes, Permission, Place } from '../../activities/ports/kubernetes';
import type { Spec, TrafficSpec } from '../../workflows/runbook/spec';
import { missing, ok, said, type Finding } from './finding';

interface Wanted {
  readonly place: Place;
  readonly kind: Kind;
  readonly name: string;
}

/** The cluster: reachable, the spec's objects there, every right that the steps use. */
export async function checkKubernetes(kubernetes: Kubernetes, spec: Spec): Promise<readonly Finding[]> {
  const objects = await Promise.all(objectsOf(spec).map((wanted) => checkObject(kubernetes, wanted)));
  const unreachable = objects.find(({ found }) => found === 'unreachable');
  if (unreachable)
    return [missing('Kubernetes', unreachable.finding.found, `Check KUBECONFIG and the spec's cluster "${spec.production.cluster}".`)];
  return [
    ok('Kubernetes', `cluster "${spec.production.cluster}" answers`),
    ...objects.map(({ finding }) => finding),
    ...(await checkRights(kubernetes, spec)),
  ];
}

function objectsOf({ staging, production }: Spec): readonly Wanted[] {
  const at = ({ cluster, namespace }: Place): Place => ({ cluster, namespace });
  const colours = Object.values(production.colours);
  return [
    { place: at(staging), kind: 'Deployment', name: staging.deployment },
    ...colours.map(({ deployment }): Wanted => ({ place: at(production), kind: 'Deployment', name: deployment })),
    ...[production.service, ...colours.map(({ service }) => service)].map((name): Wanted => ({
      place: at(production),
      kind: 'Service',
      name,
    })),
    ...trafficObjects(production.traffic).map(({ kind, name }): Wanted => ({ place: at(production), kind, name })),
  ];
}

/** What the mechanism writes, beside the colours' own objects. */
function trafficObjects({ mechanism, route = '', canary = '' }: TrafficSpec): readonly Pick<Wanted, 'kind' | 'name'>[] {
  switch (mechanism) {
    case 'httproute':
      return [{ kind: 'HTTPRoute', name: route }];
    case 'istio':
      return [{ kind: 'VirtualService', name: route }];
    case 'nginx':
      return [route, canary].map((name) => ({ kind: 'Ingress', name }));
    default:
      return [];
  }
}

async function checkObject(
  kubernetes: Kubernetes,
  { place, kind, name }: Wanted,
): Promise<{ readonly finding: Finding; readonly found: 'yes' | 'no' | 'unreachable' }> {
  const about = `${kind} ${place.namespace}/${name}`;
  try {
    const object = await kubernetes.read({ ...place, kind, name });
    return object
      ? { found: 'yes', finding: ok(about, 'there') }
      : {
          found: 'no',
          finding: missing(
            about,
            'not there',
            `Create it, or correct its name in the spec: kubectl -n ${place.namespace} get ${kind.toLowerCase()}s`,
          ),
        };
  } catch (error) {
    const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : '';
    const found = type === 'Unavailable' || type === 'Misconfigured' ? 'unreachable' : 'no';
    return { found, finding: missing(about, said(error), 'Give the service account the right to read it, or correct the spec.') };
  }
}

/** Exactly the verbs that the steps use. */
const rights = {
  staging: [
    { verb: 'get', group: 'apps', resource: 'deployments' },
    { verb: 'patch', group: 'apps', resource: 'deployments' },
    { verb: 'list', group: '', resource: 'pods' },
  ],
  production: [
    { verb: 'get', group: 'apps', resource: 'deployments' },
    { verb: 'patch', group: 'apps', resource: 'deployments' },
    { verb: 'get', group: '', resource: 'services' },
    { verb: 'patch', group: '', resource: 'services' },
    { verb: 'get', group: '', resource: 'configmaps' },
    { verb: 'create', group: '', resource: 'configmaps' },
    { verb: 'delete', group: '', resource: 'configmaps' },
    { verb: 'list', group: '', resource: 'pods' },
    { verb: 'list', group: 'discovery.k8s.io', resource: 'endpointslices' },
    { verb: 'get', group: 'gateway.networking.k8s.io', resource: 'httproutes' },
    { verb: 'patch', group: 'gateway.networking.k8s.io', resource: 'httproutes' },
  ],
} as const satisfies Record<string, readonly Permission[]>;

async function checkRights(kubernetes: Kubernetes, { staging, production }: Spec): Promise<readonly Finding[]> {
  const places = [
    { place: staging, permissions: rights.staging },
    { place: production, permissions: rights.production },
  ] as const;
  return Promise.all(places.map(({ place, permissions }) => checkPlace(kubernetes, place, permissions)));
}

async function checkPlace(kubernetes: Kubernetes, { cluster, namespace }: Place, permissions: readonly Permission[]): Promise<Finding> {
  const about = `rights in ${namespace}`;
  try {
    const answers = await Promise.all(
      permissions.map(async (permission) => ({ permission, may: await kubernetes.mayI({ cluster, namespace }, permission) })),
    );
    const refused = answers.flatMap(({ permission: { verb, resource }, may }) => (may ? [] : [`${verb} ${resource}`]));
    return refused.length === 0
      ? ok(about, `all ${permissions.length}`)
      : missing(about, `not allowed: ${refused.join(', ')}`, `Add them to the Role of the worker's service account in ${namespace}.`);
  } catch (error) {
    return missing(
      about,
      said(error),
      'Allow the service account to create selfsubjectaccessreviews, or check by hand: kubectl auth can-i --list',
    );
  }
}
