import { isFields, listOf, sameJson } from '../json';
import type { Fields } from '../objects';

/** By which key the entries of a list are matched; more exact names (`parent.field`) first. Lists that are not named are replaced. */
const mergeKeys: Readonly<Record<string, string>> = {
  'spec.ports': 'port',
  'containers.ports': 'containerPort',
  'initContainers.ports': 'containerPort',
  'status.addresses': 'type',
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  resourceClaims: 'name',
  ownerReferences: 'uid',
  conditions: 'type',
  podIPs: 'ip',
  hostIPs: 'ip',
};
/** Lists of plain values that are merged as sets. */
const sets: ReadonlySet<string> = new Set(['finalizers']);
const directives = ['$patch', '$retainKeys', '$setElementOrder/', '$deleteFromPrimitiveList/'];

/** Kubernetes' own patch: objects are merged, known lists by their key, with the directives that kubectl writes. */
export function strategicPatch(target: unknown, patch: Fields): Fields {
  return mergeObject(isFields(target) ? target : {}, patch, '');
}

function mergeObject(target: Fields, patch: Fields, name: string): Fields {
  const plain = Object.entries(patch).filter(([key]) => !directives.some((directive) => key.startsWith(directive)));
  if (patch.$patch === 'replace') return Object.fromEntries(plain);
  if (patch.$patch === 'delete') return {};
  const retained = patch.$retainKeys === undefined ? null : new Set(listOf(patch.$retainKeys));
  const result = new Map(Object.entries(target).filter(([key]) => retained === null || retained.has(key)));
  for (const [key, value] of plain) {
    if (value === null) result.delete(key);
    else result.set(key, mergeValue(result.get(key), value, key, name, listOf(patch[`$setElementOrder/${key}`])));
  }
  for (const [key, value] of Object.entries(patch)) {
    const list = /^\$deleteFromPrimitiveList\/(.*)$/.exec(key)?.[1];
    if (list !== undefined) result.set(list, without(listOf(result.get(list)), listOf(value)));
  }
  return Object.fromEntries(result);
}

function mergeValue(target: unknown, value: unknown, field: string, parent: string, order: readonly unknown[]): unknown {
  if (isFields(value)) return mergeObject(isFields(target) ? target : {}, value, field);
  if (!Array.isArray(value)) return value;
  const items: readonly unknown[] = value;
  if (sets.has(field)) return [...listOf(target), ...without(items, listOf(target))];
  const key = mergeKeys[`${parent}.${field}`] ?? mergeKeys[field];
  return key === undefined ? items : mergeList(listOf(target), items, key, field, order);
}

function mergeList(target: readonly unknown[], patch: readonly unknown[], key: string, field: string, order: readonly unknown[]): unknown {
  const entries = patch.filter(isFields);
  if (entries.some((entry) => entry.$patch === 'replace')) return entries.filter((entry) => entry.$patch === undefined);
  const result = [...target];
  for (const entry of entries) {
    const at = result.findIndex((item) => isFields(item) && sameJson(item[key], entry[key]));
    if (entry.$patch === 'delete') {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) {
      const present = result[at];
      result[at] = mergeObject(isFields(present) ? present : {}, entry, field);
    } else {
      result.push(mergeObject({}, entry, field));
    }
  }
  return order.length === 0 ? result : inOrder(result, order, key);
}

/** Puts the entries that `$setElementOrder` names in its order; the others keep their places behind them. */
function inOrder(items: readonly unknown[], order: readonly unknown[], key: string): readonly unknown[] {
  const rank = (item: unknown): number => {
    const found = order.findIndex((entry) => isFields(entry) && isFields(item) && sameJson(entry[key], item[key]));
    return found < 0 ? order.length : found;
  };
  return [...items].sort((left, right) => rank(left) - rank(right));
}

function without(items: readonly unknown[], removed: readonly unknown[]): readonly unknown[] {
  return items.filter((item) => !removed.some((other) => sameJson(item, other)));
}
