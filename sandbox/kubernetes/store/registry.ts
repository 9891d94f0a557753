import { randomUUID } from 'node:crypto';
import { fieldsOf, listOf, sameJson } from '../json';
import { type Draft, type KubeObject, type ObjectMeta, timestamp } from '../objects';
import { apiVersionOf, type Resource } from '../resources/resource';
import { sameSpec, takeMain } from '../resources/subresources';
import type { Resources } from '../resources/table';
import { checkSchema } from '../schema/check';
import { cause, modified, refuse } from '../status';
import { recordWriter, type Writer } from './managed-fields';
import { randomSuffix } from './names';
import type { Store } from './store';

export interface WriteOptions extends Writer {
  readonly dryRun: boolean;
}
/** What a write led to. `changed` is false where everything was as asked already. */
export interface Outcome {
  readonly object: KubeObject;
  readonly changed: boolean;
}
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** What depends on the object stays and loses its owner. */
  readonly orphan: boolean;
}

/** The rules of the API between callers and the store; the same for requests and for our controllers. */
export class Registry {
  constructor(
    readonly store: Store,
    private readonly resources: Resources,
  ) {}

  /** @throws StatusError 404 */
  read(resource: Resource, namespace: string, name: string): KubeObject {
    const found = this.store.get(resource, namespace, name);
    if (!found) throw refuse.notFound(resource, name);
    return found;
  }

  /** @throws StatusError 403, 404, 409 or 422 */
  create(resource: Resource, namespace: string, sent: Draft, options: WriteOptions): Outcome {
    this.requireNamespace(resource, namespace);
    const { generateName } = sent.metadata;
    const name = sent.metadata.name || (generateName ? `${generateName}${randomSuffix()}` : '');
    if (name === '') throw refuse.invalid(resource, '', [cause.required('metadata.name', 'name or generateName is required')]);
    if (this.store.get(resource, namespace, name)) throw refuse.alreadyExists(resource, name);
    const { labels, annotations, ownerReferences, finalizers } = sent.metadata;
    const metadata: ObjectMeta = {
      name,
      ...(generateName ? { generateName } : {}),
      ...(resource.namespaced ? { namespace } : {}),
      uid: randomUUID(),
      resourceVersion: '',
      ...(resource.counted ? { generation: 1 } : {}),
      creationTimestamp: timestamp(),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(ownerReferences ? { ownerReferences } : {}),
      ...(finalizers ? { finalizers } : {}),
    };
    const object = resource.defaults({
      ...takeMain(null, sent, resource),
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata,
    });
    return this.commit(resource, null, object, options);
  }

  /**
   * Writes what `take` makes of the current object, if it is still the one that the caller means.
   * @throws StatusError 404, 409 or 422
   */
  update(resource: Resource, namespace: string, name: string, take: (current: KubeObject) => Draft, options: WriteOptions): Outcome {
    const current = this.read(resource, namespace, name);
    const sent = take(current);
    const { uid, resourceVersion } = sent.metadata;
    if (uid !== undefined && uid !== current.metadata.uid) {
      throw refuse.conflict(
        resource,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== current.metadata.resourceVersion) {
      throw refuse.conflict(resource, name, modified);
    }
    const { labels, annotations, ownerReferences, finalizers } = sent.metadata;
    const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, ...system } = current.metadata;
    const metadata: ObjectMeta = {
      ...system,
      ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
      ...(annotations && Object.keys(annotations).length > 0 ? { annotations } : {}),
      ...(ownerReferences && ownerReferences.length > 0 ? { ownerReferences } : {}),
      ...(finalizers && finalizers.length > 0 ? { finalizers } : {}),
    };
    const next = resource.defaults({ ...sent, apiVersion: current.apiVersion, kind: current.kind, metadata });
    if (sameJson(next, current)) return { object: current, changed: false };
    const counted = resource.counted && !sameSpec(next, current) ? { generation: (current.metadata.generation ?? 0) + 1 } : {};
    const outcome = this.commit(resource, current, { ...next, metadata: { ...metadata, ...counted } }, options);
    // The last finalizer that is taken off an object marked for deletion lets it go.
    if (!options.dryRun && metadata.deletionTimestamp !== undefined && isHeld(current) && !isHeld(next)) {
      return { object: this.store.remove(resource, outcome.object), changed: true };
    }
    return outcome;
  }

  /** Deletes, or marks for deletion where there is a grace period or a finalizer. @throws StatusError 404 or 409 */
  remove(
    resource: Resource,
    namespace: string,
    name: string,
    wanted: DeleteOptions,
    options: WriteOptions,
  ): Outcome & { readonly gone: boolean } {
    const current = this.read(resource, namespace, name);
    const { metadata } = current;
    const broken = [
      ['UID', wanted.uid, metadata.uid],
      ['ResourceVersion', wanted.resourceVersion, metadata.resourceVersion],
    ].find(([, asked, actual]) => asked !== undefined && asked !== actual);
    if (broken) {
      const [what, asked, actual] = broken;
      throw refuse.conflict(resource, name, `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${actual}`);
    }
    const own = resource.grace(current);
    const grace = own === null ? 0 : (wanted.gracePeriodSeconds ?? own);
    const stays = isHeld(current) || grace > 0;
    if (options.dryRun) return { object: current, changed: false, gone: !stays };
    if (!stays) {
      if (wanted.orphan) this.orphanDependents(current);
      return { object: this.store.remove(resource, current), changed: true, gone: true };
    }
    const already = metadata.deletionGracePeriodSeconds;
    if (already !== undefined && already <= grace) return { object: current, changed: false, gone: false };
    const marked: KubeObject = {
      ...current,
      metadata: {
        ...metadata,
        deletionTimestamp: timestamp(Date.now() + grace * 1_000),
        deletionGracePeriodSeconds: grace,
      },
    };
    return { object: this.store.put(resource, marked), changed: true, gone: false };
  }

  private commit(resource: Resource, current: KubeObject | null, next: KubeObject, options: WriteOptions): Outcome {
    const { name } = next.metadata;
    const { wrongTypes, violations } = checkSchema(resource.schema, next, resource.custom);
    const causes = [
      ...wrongTypes,
      ...violations,
      ...(wrongTypes.length === 0 ? resource.rules.flatMap((rule) => rule(next, current)) : []),
    ];
    if (causes.length > 0) throw refuse.invalid(resource, name, causes);
    const { managedFields: _managed, ...metadata } = next.metadata;
    const object: KubeObject = { ...next, metadata: { ...metadata, managedFields: recordWriter(current, next, options) } };
    return { object: options.dryRun ? object : this.store.put(resource, object), changed: !options.dryRun };
  }

  private requireNamespace(resource: Resource, namespace: string): void {
    if (!resource.namespaced) return;
    const found = this.store.get(this.resources.namespaces, '', namespace);
    if (!found) throw refuse.notFound(this.resources.namespaces, namespace);
    if (found.metadata.deletionTimestamp !== undefined) {
      throw refuse.forbidden(resource, '', `unable to create new content in namespace ${namespace} because it is being terminated`);
    }
  }

  private orphanDependents(owner: KubeObject): void {
    for (const resource of Object.values(this.resources)) {
      for (const object of this.store.list(resource, '')) {
        const { ownerReferences = [], ...metadata } = object.metadata;
        const kept = ownerReferences.filter((reference) => reference.uid !== owner.metadata.uid);
        if (kept.length < ownerReferences.length) {
          this.store.put(resource, { ...object, metadata: { ...metadata, ...(kept.length > 0 ? { ownerReferences: kept } : {}) } });
        }
      }
    }
  }
}

/** Somebody has asked to be waited for before the object goes. */
function isHeld(object: KubeObject): boolean {
  return (object.metadata.finalizers?.length ?? 0) > 0 || listOf(fieldsOf(object.spec).finalizers).length > 0;
}
