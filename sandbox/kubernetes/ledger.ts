import type { KubeObject } from './objects';
import type { Resource } from './resources/resource';

/** Annotation by which a writer marks its write, so that repeated writes of the same intention can be counted. */
export const keyAnnotation = 'analytics-deploy/key';
/** Annotation by which a writer says in which epoch of its lock it wrote: a key written again in a higher one only fences. */
const epochAnnotation = /^analytics-deploy-[^/]+\/epoch$/;
/** Manager of what the server's own controllers write. */
export const controllerManager = 'controller';

/** One attempt to write, successful or not. */
export interface LedgerEntry {
  /** ISO time with milliseconds. */
  readonly at: string;
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
  /** Empty for cluster-wide kinds. */
  readonly namespace: string;
  readonly name: string;
  /** Empty for a write to the object itself. */
  readonly subresource: string;
  /** Field manager, else the user agent up to its first slash; `controller` for our own controllers. */
  readonly manager: string;
  /** The key annotation of the object after the write. Not for our own controllers: they carry annotations along that others wrote. */
  readonly key?: string;
  /** The epoch annotation of the object after the write, where it has one. */
  readonly epoch?: string;
  /** HTTP status of the write itself, also where a fault kept it from the caller. */
  readonly code: number;
  /** The stored object is another one than before. */
  readonly changed: boolean;
  /** Of the object after the write; empty where it was refused. */
  readonly resourceVersion: string;
}

/** What is known of an attempt before it is made. */
export type Attempt = Pick<LedgerEntry, 'verb' | 'namespace' | 'name' | 'subresource' | 'manager'> & { readonly resource: Resource };

/** The list of all attempts to write. Only ever grows. */
export class Ledger {
  private readonly written: LedgerEntry[] = [];

  get entries(): readonly LedgerEntry[] {
    return this.written;
  }

  record(attempt: Attempt, result: { readonly code: number; readonly changed: boolean; readonly object?: KubeObject }): void {
    const { resource, verb, namespace, name, subresource, manager } = attempt;
    const annotations = manager === controllerManager ? undefined : result.object?.metadata.annotations;
    this.written.push({
      at: new Date().toISOString(),
      verb,
      group: resource.group,
      kind: resource.kind,
      resource: resource.plural,
      namespace,
      name: name || (result.object?.metadata.name ?? ''),
      subresource,
      manager,
      ...marksOf(annotations),
      code: result.code,
      changed: result.changed,
      resourceVersion: result.object?.metadata.resourceVersion ?? '',
    });
  }
}

/** What a writer left on an object about its own write. */
export function marksOf(annotations: Readonly<Record<string, string>> | undefined): Pick<LedgerEntry, 'key' | 'epoch'> {
  const key = annotations?.[keyAnnotation];
  const epoch = Object.entries(annotations ?? {}).find(([name]) => epochAnnotation.test(name))?.[1];
  return { ...(key === undefined ? {} : { key }), ...(epoch === undefined ? {} : { epoch }) };
}
