import { randomUUID } from 'node:crypto';
import { applyPatch, type Operation as Patch } from 'rfc6902';
import { failure } from '../../activities/failures';
import type {
  Autoscaler,
  Budget,
  Contents,
  Endpoint,
  Kind,
  Kinds,
  Kubernetes,
  Operation,
  Place,
  Pod,
  Reference,
} from '../../activities/ports/kubernetes';
import { readAutoscaler, readPod, readers } from '../../activities/ports/kubernetes/objects';

export interface RawObject {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    annotations?: Record<string, string>;
    managedFields?: unknown[];
  };
  [field: string]: unknown;
}
export interface Request {
  readonly verb: 'read' | 'patch' | 'create' | 'delete';
  readonly kind: Kind;
  readonly name: string;
}
/** What happens to one request: `before` its effect or `after` it. A returned error is what the caller sees. */
export type Fault = (request: Request, when: 'before' | 'after') => Error | undefined;

/** A cluster in memory with JSON Patch, versions, identities and a ledger of the writes that took effect. */
export class FakeKubernetes implements Kubernetes {
  readonly objects = new Map<string, RawObject>();
  readonly ledger: { readonly verb: string; readonly name: string; readonly key: string | undefined }[] = [];
  readonly requests: Request[] = [];
  readonly podsOf = new Map<string, unknown[]>();
  readonly endpointsOf = new Map<string, Endpoint[]>();
  budgetsOf: Budget[] = [];
  fault: Fault = () => undefined;
  #version = 100;

  put(kind: Kind, name: string, content: object): RawObject {
    const object: RawObject = { metadata: { name, uid: randomUUID(), resourceVersion: this.#next(), generation: 1 }, ...content };
    this.objects.set(`${kind}/${name}`, object);
    return object;
  }
  raw(kind: Kind, name: string): RawObject {
    const object = this.objects.get(`${kind}/${name}`);
    if (!object) throw new Error(`the test made no ${kind} ${name}`);
    return object;
  }
  /** Somebody else deletes an object. */
  drop(kind: Kind, name: string): void {
    this.raw(kind, name);
    this.objects.delete(`${kind}/${name}`);
  }
  /** Somebody else changes an object. */
  edit(kind: Kind, name: string, by: string, fields: unknown, change: (object: RawObject) => void): void {
    const object = structuredClone(this.raw(kind, name));
    change(object);
    object.metadata.resourceVersion = this.#next();
    this.#own(object, by, fields);
    this.objects.set(`${kind}/${name}`, object);
  }

  async read<K extends Kind>({ kind, name }: Reference<K>): Promise<Kinds[K] | null> {
    this.#meet({ verb: 'read', kind, name }, 'before');
    const object = this.objects.get(`${kind}/${name}`);
    const seen = object ? readers[kind](structuredClone(object)) : null;
    this.#meet({ verb: 'read', kind, name }, 'after');
    return Promise.resolve(seen);
  }

  async patch({ kind, name }: Reference, operations: readonly Operation[]): Promise<void> {
    this.#meet({ verb: 'patch', kind, name }, 'before');
    const object = this.objects.get(`${kind}/${name}`);
    if (!object) throw failure('NotFound', `patch ${name}: 404`);
    const next = JSON.parse(JSON.stringify(object)) as RawObject;
    const problem = applyPatch(next, JSON.parse(JSON.stringify(operations)) as Patch[]).find((error) => error !== null);
    // As a real server: a failed test is answered like any other request that cannot be processed.
    if (problem) throw failure('Invalid', `patch ${name}: 422 the server rejected our request`);
    next.metadata.resourceVersion = this.#next();
    const changed = operations.some(({ op, path }) => op !== 'test' && path.startsWith('/spec'));
    if (changed) {
      next.metadata.generation++;
      this.#own(next, 'analytics-deploy', { 'f:spec': ownedBy(kind) });
    }
    this.objects.set(`${kind}/${name}`, next);
    this.ledger.push({ verb: 'patch', name, key: next.metadata.annotations?.['analytics-deploy/key'] });
    this.#meet({ verb: 'patch', kind, name }, 'after');
    return Promise.resolve();
  }

  async create<K extends keyof Contents>({ kind, name }: Reference<K>, content: Contents[K]): Promise<void> {
    this.#meet({ verb: 'create', kind, name }, 'before');
    if (this.objects.has(`${kind}/${name}`)) throw failure('Conflict', `create ${name}: 409 already exists`);
    const object = this.put(kind, name, bodyOf(content));
    object.metadata.annotations = { ...content.annotations };
    this.#own(object, 'analytics-deploy', { 'f:data': {} });
    this.ledger.push({ verb: 'create', name, key: content.annotations['analytics-deploy/key'] });
    this.#meet({ verb: 'create', kind, name }, 'after');
    return Promise.resolve();
  }

  async remove({ name }: Reference<'ConfigMap'>, version: { uid: string; resourceVersion: string }): Promise<void> {
    this.#meet({ verb: 'delete', kind: 'ConfigMap', name }, 'before');
    const object = this.objects.get(`ConfigMap/${name}`);
    if (!object) throw failure('NotFound', `delete ${name}: 404`);
    if (object.metadata.uid !== version.uid || object.metadata.resourceVersion !== version.resourceVersion)
      throw failure('Conflict', `delete ${name}: 409`);
    this.objects.delete(`ConfigMap/${name}`);
    this.ledger.push({ verb: 'delete', name, key: undefined });
    this.#meet({ verb: 'delete', kind: 'ConfigMap', name }, 'after');
    return Promise.resolve();
  }

  /** By the label `app`; a selector with a colour finds the pods of that colour's Deployment. */
  pods(_: Place, { app = '', color }: Readonly<Record<string, string>>): Promise<readonly Pod[]> {
    return Promise.resolve((this.podsOf.get(color === undefined ? app : `${app}-${color}`) ?? []).map(readPod));
  }
  endpoints(_: Place, service: string): Promise<readonly Endpoint[]> {
    return Promise.resolve(this.endpointsOf.get(service) ?? []);
  }
  follow(): Promise<null> {
    return Promise.resolve(null);
  }
  autoscalers(): Promise<readonly Autoscaler[]> {
    const all = [...this.objects].filter(([key]) => key.startsWith('HorizontalPodAutoscaler/'));
    return Promise.resolve(all.map(([, object]) => readAutoscaler(object)));
  }
  budgets(): Promise<readonly Budget[]> {
    return Promise.resolve(this.budgetsOf);
  }
  mayI(): Promise<boolean> {
    return Promise.resolve(true);
  }

  #meet(request: Request, when: 'before' | 'after'): void {
    if (when === 'before') this.requests.push(request);
    const error = this.fault(request, when);
    if (error) throw error;
  }
  #next(): string {
    return String(++this.#version);
  }
  #own(object: RawObject, manager: string, fieldsV1: unknown): void {
    const time = new Date(1_700_000_000_000 + this.#version * 1_000).toISOString();
    object.metadata.managedFields = [{ manager, operation: 'Update', time, fieldsV1 }];
  }
}

function ownedBy(kind: Kind): unknown {
  if (kind === 'HTTPRoute') return { 'f:rules': {} };
  if (kind === 'Service') return { 'f:selector': {} };
  return { 'f:replicas': {}, 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"analytics"}': { 'f:image': {} } } } } };
}

function bodyOf(content: Contents[keyof Contents]): object {
  if ('data' in content) return { data: { ...content.data }, immutable: content.immutable };
  return { spec: { holderIdentity: content.holder, leaseTransitions: content.transitions, acquireTime: content.acquiredAt } };
}
