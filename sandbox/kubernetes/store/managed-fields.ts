import { isFields, sameJson } from '../json';
import { type Fields, type KubeObject, type ManagedField, timestamp } from '../objects';

/** Who wrote: a manager and the subresource it wrote through. */
export interface Writer {
  readonly manager: string;
  readonly subresource: string;
}

/** Marks the fields that a write changed as the writer's, and takes them from all others. Lists count as one field. */
export function recordWriter(previous: KubeObject | null, next: KubeObject, { manager, subresource }: Writer): readonly ManagedField[] {
  const changed = changedFields(ownable(previous), ownable(next));
  const before = previous?.metadata.managedFields ?? [];
  const isWriter = (entry: ManagedField): boolean => entry.manager === manager && (entry.subresource ?? '') === subresource;
  const mine = before.find(isWriter);
  const others = before
    .filter((entry) => !isWriter(entry))
    .map((entry) => ({ ...entry, fieldsV1: subtract(entry.fieldsV1 ?? {}, changed) }))
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0);
  const entry: ManagedField = {
    manager,
    operation: 'Update',
    apiVersion: next.apiVersion,
    time: timestamp(),
    fieldsType: 'FieldsV1',
    fieldsV1: union(mine?.fieldsV1 ?? {}, changed),
    ...(subresource === '' ? {} : { subresource }),
  };
  return [...others, entry];
}

function ownable(object: KubeObject | null): Fields {
  if (object === null) return {};
  const { apiVersion: _a, kind: _k, metadata, ...rest } = object;
  const { labels, annotations, ownerReferences, finalizers } = metadata;
  const metadataFields = Object.entries({ labels, annotations, ownerReferences, finalizers }).filter(([, value]) => value !== undefined);
  return { ...(metadataFields.length > 0 ? { metadata: Object.fromEntries(metadataFields) } : {}), ...rest };
}

/** Maps that belong to one writer as a whole, as the API's types say. */
const atomic: ReadonlySet<string> = new Set(['spec.selector', 'spec.template.spec.nodeSelector']);

/** The paths that differ, in the notation of managed fields. */
function changedFields(before: unknown, after: Fields, path = ''): Fields {
  const base = isFields(before) ? before : {};
  const changed = Object.entries(after)
    .filter(([key, value]) => value !== undefined && !sameJson(value, base[key]))
    .map(([key, value]) => {
      const inside = path === '' ? key : `${path}.${key}`;
      const isMap = isFields(value) && !atomic.has(inside);
      return [`f:${key}`, isMap ? changedFields(base[key], value, inside) : {}] as const;
    });
  return Object.fromEntries(changed);
}

const isLeaf = (value: unknown): boolean => !isFields(value) || Object.keys(value).length === 0;

function subtract(owned: Fields, taken: Fields): Fields {
  const left = Object.entries(owned).flatMap(([key, value]): [string, unknown][] => {
    const other = taken[key];
    if (other === undefined) return [[key, value]];
    if (isLeaf(value) || isLeaf(other) || !isFields(value) || !isFields(other)) return [];
    const rest = subtract(value, other);
    return isLeaf(rest) ? [] : [[key, rest]];
  });
  return Object.fromEntries(left);
}

function union(left: Fields, right: Fields): Fields {
  const result = new Map(Object.entries(left));
  for (const [key, value] of Object.entries(right)) {
    const present = result.get(key);
    result.set(key, isFields(present) && isFields(value) ? union(present, value) : value);
  }
  return Object.fromEntries(result);
}
