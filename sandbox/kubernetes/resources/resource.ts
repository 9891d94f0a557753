import type { Draft, Fields, KubeObject } from '../objects';
import type { SchemaName } from '../schema/load';
import type { Cause } from '../status';

/** One kind of object, as data: everything the server does differently for it stands here. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  /** null: any content. */
  readonly schema: SchemaName | null;
  /** Defined by a CustomResourceDefinition: no strategic merge, PUT must carry the resourceVersion. */
  readonly custom: boolean;
  /** metadata.generation counts the changes of everything but metadata and status. */
  readonly counted: boolean;
  /** PUT without a resourceVersion overwrites. */
  readonly overwrites: boolean;
  readonly subresources: Readonly<Record<string, Subresource>>;
  /** Fills in what was left open; must be stable when applied to its own result. */
  readonly defaults: (object: KubeObject) => KubeObject;
  readonly rules: readonly Rule[];
  /** Seconds that a deletion leaves the object in place; null: it goes at once. */
  readonly grace: (object: KubeObject) => number | null;
  /** Answered instead of storing (reviews). */
  readonly review: ((object: Draft, decide: (access: Access) => boolean) => Draft) | null;
  readonly columns: readonly Column[];
  /** Fields that a fieldSelector may name besides metadata.name and metadata.namespace. */
  readonly selectable: readonly string[];
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What is wrong with an object; `previous` is null for a new one. */
export type Rule = (next: KubeObject, previous: KubeObject | null) => readonly Cause[];

export interface Subresource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly Verb[];
  readonly schema: SchemaName | null;
  /** The object as the subresource shows it. */
  readonly show: (object: KubeObject) => KubeObject;
  /** What the object becomes when this is written to the subresource. @throws StatusError */
  readonly take: (current: KubeObject, sent: Draft, resource: Resource) => KubeObject;
  /** A successful write answers a Status instead of the object. */
  readonly silent: boolean;
}

/** What somebody wants to do, as authorisation sees it. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1;
  readonly cell: (object: KubeObject) => string | number;
}

type Identity = Pick<Resource, 'group' | 'version' | 'kind' | 'plural' | 'schema'>;

/** A resource with the usual answers; `more` holds what differs. */
export function defineResource(identity: Identity, more: Partial<Resource> = {}): Resource {
  return {
    singular: identity.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    custom: false,
    counted: false,
    overwrites: true,
    subresources: {},
    defaults: (object) => object,
    rules: [],
    grace: () => null,
    review: null,
    columns: [],
    selectable: [],
    ...identity,
    ...more,
  };
}

export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Fills in fields that are absent. */
export function withDefaults(fields: Fields, defaults: Fields): Fields {
  return { ...defaults, ...fields };
}
