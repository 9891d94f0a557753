import { isDeepStrictEqual } from 'node:util';
import type { ClusterClient } from './cluster/client';
import type { KubernetesList, KubernetesObject } from './cluster/objects';

/** Every object of the world's namespaces, by `Kind namespace/name`. */
export interface Snapshot {
  readonly takenAt: string;
  readonly objects: Readonly<Record<string, KubernetesObject>>;
}
/** One way in which the world is not as it was. */
export interface Difference {
  /** `Kind namespace/name` */
  readonly object: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** The field that changed, in dots; empty where the object itself came or went. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What the comparison of two worlds leaves out, and why. */
export const exclusions = {
  /** Kinds that a controller makes and removes by itself while others roll out. */
  kinds: ['ReplicaSet', 'Pod', 'EndpointSlice', 'Event'],
  /** What the tool keeps for itself between deployments, by its label: the lock and the record of a target. */
  managedBy: 'analytics-deploy',
  /** Annotations and labels that we, or the Deployment controller, keep for ourselves. */
  keyPrefixes: ['analytics-deploy/', 'analytics-deploy-'],
  keys: ['deployment.kubernetes.io/revision'],
  /** Fields that the API server or a controller keeps: of the metadata only labels and annotations are compared. */
  fields: ['apiVersion', 'kind', 'metadata', 'status'],
} as const;

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}
interface GroupList {
  readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
}

/** Copies every listable object of some namespaces, whatever its kind: the API itself says which kinds there are. */
export async function takeSnapshot(client: ClusterClient, namespaces: readonly string[]): Promise<Snapshot> {
  const { groups } = await client.call<GroupList>('/apis');
  const roots = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const perRoot = await Promise.all(roots.map((root) => listRoot(client, root, new Set(namespaces))));
  return {
    takenAt: new Date().toISOString(),
    objects: Object.fromEntries(perRoot.flat().sort(([one], [other]) => one.localeCompare(other))),
  };
}

type Named = readonly [string, KubernetesObject];

async function listRoot(client: ClusterClient, root: string, namespaces: ReadonlySet<string>): Promise<readonly Named[]> {
  const { resources } = await client.call<ResourceList>(root);
  const listable = resources.filter(({ name, namespaced, verbs }) => namespaced && !name.includes('/') && verbs.includes('list'));
  const lists = await Promise.all(
    listable.map(async ({ name, kind }) => {
      const { items } = await client.call<KubernetesList<KubernetesObject>>(`${root}/${name}`);
      return items
        .filter(({ metadata }) => namespaces.has(metadata.namespace ?? ''))
        .map((object): Named => [`${kind} ${object.metadata.namespace}/${object.metadata.name}`, object]);
    }),
  );
  return lists.flat();
}

/**
 * Says how the world differs from what it was: every object equal in spec, data, labels and annotations, none made, none gone;
 * `exclusions` names what does not count.
 */
export function compareWorlds(before: Snapshot, after: Snapshot): readonly Difference[] {
  const names = [...new Set([...Object.keys(before.objects), ...Object.keys(after.objects)])].sort();
  const isOwn = (object: string): boolean =>
    (after.objects[object] ?? before.objects[object])?.metadata.labels?.['app.kubernetes.io/managed-by'] === exclusions.managedBy;
  return names
    .filter((object) => isCompared(object) && !isOwn(object))
    .flatMap((object) => compareObject(object, before.objects[object], after.objects[object]));
}

const isCompared = (object: string): boolean => !exclusions.kinds.some((kind) => object.startsWith(`${kind} `));

function compareObject(object: string, before?: KubernetesObject, after?: KubernetesObject): readonly Difference[] {
  const [old, now] = [before && canonical(before), after && canonical(after)];
  if (!old || !now) return [{ object, kind: old ? 'removed' : 'added', path: '', before: old ?? null, after: now ?? null }];
  return compareValue('', old, now).map((change) => ({ object, kind: 'changed', ...change }));
}

type Fields = Readonly<Record<string, unknown>>;

function canonical(object: KubernetesObject): Fields {
  const fields = Object.entries(object).filter(([field]) => !(exclusions.fields as readonly string[]).includes(field));
  const { labels = {}, annotations = {} } = object.metadata;
  return { labels: kept(labels), annotations: kept(annotations), ...Object.fromEntries(fields) };
}

function kept(pairs: Readonly<Record<string, string>>): Fields {
  const isOurs = (key: string): boolean =>
    (exclusions.keys as readonly string[]).includes(key) || exclusions.keyPrefixes.some((prefix) => key.startsWith(prefix));
  return Object.fromEntries(Object.entries(pairs).filter(([key]) => !isOurs(key)));
}

type Change = Pick<Difference, 'path' | 'before' | 'after'>;

/** Descends as far as both sides are objects; lists are compared whole, as their order has a meaning. */
function compareValue(path: string, before: unknown, after: unknown): readonly Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isFields(before) || !isFields(after)) return [{ path, before: before ?? null, after: after ?? null }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => compareValue(path === '' ? key : `${path}.${key}`, before[key], after[key]));
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
