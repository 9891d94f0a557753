import type { KubeObject } from '../objects';
import type { Resource } from '../resources/resource';
import { storeKey } from '../resources/table';

/** One change of one object; `version` is its place in the order of all changes. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: KubeObject;
  /** The object before, null for a new one. */
  readonly previous: KubeObject | null;
  readonly version: number;
}
export type Listener = (change: Change) => void;

/** How many changes a watch may have missed before it must list again. */
const remembered = 4_096;

/** All objects in memory, with one counter of versions and the latest changes. Mutable. */
export class Store {
  private readonly kinds = new Map<string, Map<string, KubeObject>>();
  private readonly listeners = new Set<Listener>();
  private changes: Change[] = [];
  private counter = 1;
  private oldest = 1;

  /** The version of the newest change. */
  get version(): number {
    return this.counter;
  }

  get(resource: Resource, namespace: string, name: string): KubeObject | undefined {
    return this.kinds.get(storeKey(resource))?.get(`${namespace}/${name}`);
  }

  /** In the order of namespace and name. */
  list(resource: Resource, namespace: string): readonly KubeObject[] {
    const all = [...(this.kinds.get(storeKey(resource)) ?? [])]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, object]) => object);
    return namespace === '' ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  put(resource: Resource, object: KubeObject): KubeObject {
    const version = ++this.counter;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    const objects = this.objectsOf(resource);
    const key = keyOf(object);
    const previous = objects.get(key) ?? null;
    objects.set(key, stored);
    this.announce({ type: previous === null ? 'ADDED' : 'MODIFIED', resource, object: stored, previous, version });
    return stored;
  }

  remove(resource: Resource, object: KubeObject): KubeObject {
    const version = ++this.counter;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    this.objectsOf(resource).delete(keyOf(object));
    this.announce({ type: 'DELETED', resource, object: last, previous: object, version });
    return last;
  }

  /** Changes after a version; null where they are no longer all known. */
  since(version: number): readonly Change[] | null {
    if (version < this.oldest) return null;
    return this.changes.filter((change) => change.version > version);
  }

  /** Forgets the changes up to now, as a compaction does: watches from before get 410. */
  compact(): void {
    this.changes = [];
    this.oldest = this.counter;
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private objectsOf(resource: Resource): Map<string, KubeObject> {
    const key = storeKey(resource);
    const known = this.kinds.get(key) ?? new Map<string, KubeObject>();
    this.kinds.set(key, known);
    return known;
  }

  private announce(change: Change): void {
    this.changes.push(change);
    if (this.changes.length > 2 * remembered) {
      this.changes = this.changes.slice(-remembered);
      this.oldest = (this.changes[0]?.version ?? this.counter) - 1;
    }
    for (const listener of [...this.listeners]) listener(change);
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
