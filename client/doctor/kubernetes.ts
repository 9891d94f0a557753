import type { Kind, Kubernetes, Permission, Place } from '../../activities/ports/kubernetes';
import type { Spec } from '../../workflows/runbook/spec';
import { routeObjects } from '../../workflows/runbook/target';
import { rightsOf, type Right } from '../rights';
import { missing, ok, said, type Finding } from './finding';

interface Wanted {
  readonly place: Place;
  readonly kind: Kind;
  readonly name: string;
  /** No step reads it: the Roles grant no right on it, so that a worker's own look may be refused. */
  readonly mayBeHidden?: true;
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
    { place: at(production), kind: 'Service', name: production.service },
    ...colours.map(({ service }): Wanted => ({ place: at(production), kind: 'Service', name: service, mayBeHidden: true })),
    ...routeObjects(production.traffic).map(({ kind, name }): Wanted => ({ place: at(production), kind, name })),
  ];
}

async function checkObject(
  kubernetes: Kubernetes,
  { place, kind, name, mayBeHidden }: Wanted,
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
    if (type === 'Forbidden' && mayBeHidden) return { found: 'yes', finding: ok(about, 'not looked at: no step needs the right to') };
    const found = type === 'Unavailable' || type === 'Misconfigured' ? 'unreachable' : 'no';
    return { found, finding: missing(about, said(error), 'Give the service account the right to read it, or correct the spec.') };
  }
}

async function checkRights(kubernetes: Kubernetes, spec: Spec): Promise<readonly Finding[]> {
  const rights = rightsOf(spec);
  const places = [...new Map(rights.map((right) => [`${right.cluster} ${right.namespace}`, right])).values()];
  return Promise.all(
    places.map((place) =>
      checkPlace(
        kubernetes,
        place,
        rights.filter(({ cluster, namespace }) => cluster === place.cluster && namespace === place.namespace),
      ),
    ),
  );
}

async function checkPlace(kubernetes: Kubernetes, { cluster, namespace }: Place, rights: readonly Right[]): Promise<Finding> {
  const permissions = rights.flatMap(permissionsOf);
  const about = `rights in ${namespace}`;
  try {
    const answers = await Promise.all(
      permissions.map(async (permission) => ({ permission, may: await kubernetes.mayI({ cluster, namespace }, permission) })),
    );
    const refused = answers.flatMap(({ permission: { verb, resource }, may }) => (may ? [] : [`${verb} ${resource}`]));
    return refused.length === 0
      ? ok(about, `all ${permissions.length}`)
      : missing(about, `not allowed: ${refused.join(', ')}`, `Apply the Roles that are needed: analytics-deploy rbac | kubectl apply -f -`);
  } catch (error) {
    return missing(
      about,
      said(error),
      'Allow the service account to create selfsubjectaccessreviews, or check by hand: kubectl auth can-i --list',
    );
  }
}

/** One question for each verb and name. */
function permissionsOf({ group, resource, verbs, names }: Right): readonly Permission[] {
  return verbs.flatMap((verb) =>
    (names ?? [undefined]).map((name) => ({ verb, group, resource, ...(name === undefined ? {} : { name }) })),
  );
}
