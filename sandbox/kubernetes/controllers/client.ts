import type { Faults } from '../faults';
import { type Attempt, controllerManager, type Ledger } from '../ledger';
import { type Draft, type Fields, type KubeObject, timestamp } from '../objects';
import type { Resource } from '../resources/resource';
import type { Resources } from '../resources/table';
import { StatusError } from '../status';
import type { DeleteOptions, Outcome, Registry, WriteOptions } from '../store/registry';

/** How controllers read and write: by the rules of the API, and with their entries in the ledger. */
export class ControllerClient {
  constructor(
    private readonly registry: Registry,
    private readonly ledger: Ledger,
    private readonly faults: Faults,
    readonly resources: Resources,
  ) {}

  get<T extends KubeObject>(resource: Resource, namespace: string, name: string): T | undefined {
    return this.registry.store.get(resource, namespace, name) as T | undefined;
  }

  list<T extends KubeObject>(resource: Resource, namespace: string): readonly T[] {
    return this.registry.store.list(resource, namespace) as readonly T[];
  }

  /** @throws StatusError */
  create<T extends KubeObject>(resource: Resource, namespace: string, draft: Draft): T {
    const attempt: Attempt = {
      resource,
      namespace,
      name: draft.metadata.name ?? '',
      subresource: '',
      verb: 'create',
      manager: controllerManager,
    };
    return this.recorded(attempt, 201, (options) => this.registry.create(resource, namespace, draft, options)) as T;
  }

  /** Writes what `take` makes of the newest object. @throws StatusError */
  update<T extends KubeObject>(resource: Resource, object: T, take: (current: T) => T, subresource = ''): T {
    const { namespace = '', name } = object.metadata;
    const attempt: Attempt = { resource, namespace, name, subresource, verb: 'update', manager: controllerManager };
    const change = (options: WriteOptions): Outcome =>
      this.registry.update(resource, namespace, name, (current) => take(current as T), options);
    return this.recorded(attempt, 200, change) as T;
  }

  setStatus<T extends KubeObject>(resource: Resource, object: T, status: T['status']): T {
    return this.update(resource, object, (current) => ({ ...current, status }), 'status');
  }

  /** @throws StatusError */
  remove(resource: Resource, object: KubeObject, wanted: Omit<DeleteOptions, 'orphan'> = {}): void {
    const { namespace = '', name, uid } = object.metadata;
    const attempt: Attempt = { resource, namespace, name, subresource: '', verb: 'delete', manager: controllerManager };
    this.recorded(attempt, 200, (options) => this.registry.remove(resource, namespace, name, { uid, ...wanted, orphan: false }, options));
  }

  /** Tells people what happened to an object; failing to do so is no reason to stop. */
  tell(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { namespace = 'default', name, uid } = about.metadata;
    const { apiVersion, kind } = about;
    const event: Fields = {
      involvedObject: { apiVersion, kind, namespace, name, uid },
      type,
      reason,
      message,
      lastTimestamp: timestamp(),
      source: { component: controllerManager },
    };
    try {
      this.registry.create(
        this.resources.events,
        namespace,
        { apiVersion: 'v1', kind: 'Event', metadata: { generateName: `${name}.` }, ...event },
        { manager: controllerManager, subresource: '', dryRun: false },
      );
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }

  private recorded(attempt: Attempt, code: number, change: (options: WriteOptions) => Outcome): KubeObject {
    const { resource, ...asked } = attempt;
    try {
      this.meetFaults({ ...asked, resource: resource.plural });
      const outcome = change({ manager: controllerManager, subresource: attempt.subresource, dryRun: false });
      if (outcome.changed) this.ledger.record(attempt, { code, changed: true, object: outcome.object });
      return outcome.object;
    } catch (error) {
      this.ledger.record(attempt, { code: error instanceof StatusError ? error.code : 500, changed: false });
      throw error;
    }
  }

  private meetFaults(asked: Parameters<Faults['meet']>[0]): void {
    for (const effect of this.faults.meet(asked)) {
      if (effect.kind === 'answer')
        throw new StatusError(effect.status, effect.reason ?? 'Forbidden', effect.message ?? `sandbox fault: ${effect.status}`);
    }
  }
}
