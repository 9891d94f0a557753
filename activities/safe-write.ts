import type { ApplicationFailure } from '@temporalio/common';
import type { Hold } from '../workflows/runbook/target';
import type { Attempt } from './activity';
import { assertNever, failure, failureTypeOf, isRefusal } from './failures';
import type { Contents, Kind, Kinds, Kubernetes, Meta, Operation, Reference } from './ports/kubernetes';

/** The annotation that carries the idempotency key of the last write of ours. */
export const keyAnnotation = 'analytics-deploy/key';
const fieldManager = 'analytics-deploy';
const triesOnConflict = 5;

/** Where our own fields stand: at the target, at what was recorded before, or at something else. */
export type Stand = 'there' | 'from' | 'foreign';

/** How the target is reached from the object just read; null where there is no object. */
export type Mutation =
  | { readonly kind: 'patch'; readonly operations: readonly Operation[]; readonly annotations?: Annotations }
  | { readonly kind: 'create'; readonly content: Contents[keyof Contents] }
  | { readonly kind: 'delete' };
type Annotations = Readonly<Record<string, string>>;

/** One write that shall happen once. */
export interface Intent<K extends Kind> {
  readonly reference: Reference<K>;
  /**
   * `deploymentId/stepId/forward` or `…/undo`. An undo fences: it writes its key even where the fields are right already. Null leaves the key of
   * the write before: only the epoch is raised.
   */
  readonly key: string | null;
  /** The lock under which is written: once somebody has raised the object's epoch above it, nothing is. */
  readonly hold?: Hold | undefined;
  readonly stand: (object: Kinds[K] | null) => Stand;
  /** Tests of our own fields come along with their new values. */
  readonly mutate: (object: Kinds[K] | null) => Mutation;
  /** Our own fields in words. */
  readonly found: (object: Kinds[K] | null) => string;
  readonly expected: string;
  /** Path of our own fields in managedFields: who wrote there last. */
  readonly field: readonly string[];
}

export type WriteResult<T> =
  | { readonly kind: 'applied'; readonly object: T | null }
  | { readonly kind: 'already-there'; readonly object: T | null }
  | { readonly kind: 'foreign'; readonly by: string; readonly found: string; readonly expected: string }
  /** Somebody has taken the target over: nothing was written. */
  | { readonly kind: 'fenced'; readonly held: number; readonly found: number }
  /** The answer was lost and the object shows that the write has not happened. */
  | { readonly kind: 'not-applied'; readonly cause: unknown }
  /** The answer was lost and the object cannot be read. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/**
 * The one way in which the world's Kubernetes objects are written: read; already there → done; our own fields not as recorded → foreign,
 * nothing written; else a conditional write on uid, resourceVersion and those fields; then read back. A conflict is read again, at most five
 * times. A lost answer is resolved by reading, never by writing again. Never forced.
 */
export async function safeWrite<K extends Kind>(
  kubernetes: Kubernetes,
  intent: Intent<K>,
  attempt: Attempt,
): Promise<WriteResult<Kinds[K]>> {
  let object = await kubernetes.read(intent.reference);
  for (let tries = 1; ; tries++) {
    const settled = settle(intent, object);
    if (settled) return settled;
    attempt.signal.throwIfAborted();
    attempt.mayWrite();
    try {
      await send(kubernetes, intent, object);
    } catch (cause) {
      if (!isRefusal(cause)) return afterLostAnswer(kubernetes, intent, cause);
      attempt.wasRefused();
      const now = await kubernetes.read(intent.reference);
      if (!isConflict(cause, object?.meta, now?.meta)) throw cause;
      if (tries === triesOnConflict) {
        throw failure('Conflict', `${label(intent.reference)} changed under ${tries} writes in a row`, {
          remedy: 'The retry reads again.',
        });
      }
      object = now;
      continue;
    }
    return readBack(kubernetes, intent);
  }
}

/** What needs no write: done, fenced off, or not ours to change. */
function settle<K extends Kind>(intent: Intent<K>, object: Kinds[K] | null): WriteResult<Kinds[K]> | null {
  const epoch = intent.hold ? epochOf(object?.meta, intent.hold) : 0;
  if (intent.hold && epoch > intent.hold.epoch) {
    // Whoever took it over has put it back already: an undo has nothing left to do.
    if (!isForward(intent.key) && intent.stand(object) === 'there') return { kind: 'already-there', object };
    return { kind: 'fenced', held: intent.hold.epoch, found: epoch };
  }
  if (isForward(intent.key) && wasUndone(intent.key, object?.meta)) {
    return { kind: 'foreign', by: 'the undo of this deployment', found: intent.found(object), expected: `${intent.expected}, not undone` };
  }
  const stand = intent.stand(object);
  switch (stand) {
    case 'there':
      return isForward(intent.key) || object === null || keyOf(object.meta) === intent.key ? { kind: 'already-there', object } : null;
    case 'from':
      return null;
    case 'foreign':
      return foreign(intent, object);
    default:
      return assertNever(stand);
  }
}

async function send<K extends Kind>(kubernetes: Kubernetes, intent: Intent<K>, object: Kinds[K] | null): Promise<void> {
  const mutation = intent.mutate(object);
  const marks = marksOf(intent);
  switch (mutation.kind) {
    case 'patch':
      if (object === null)
        throw failure('NotFound', `${label(intent.reference)} does not exist`, { remedy: 'Create it or correct the spec, then retry.' });
      return kubernetes.patch(
        intent.reference,
        conditional(object.meta, intent.hold, { ...mutation.annotations, ...marks }, mutation.operations),
      );
    case 'create': {
      const { content } = mutation;
      const reference = intent.reference as Reference<keyof Contents>;
      return kubernetes.create(reference, { ...content, annotations: { ...content.annotations, ...marks } });
    }
    case 'delete':
      if (object === null) return;
      return kubernetes.remove(intent.reference as Reference<'ConfigMap'>, {
        uid: object.meta.uid,
        resourceVersion: object.meta.resourceVersion,
      });
    default:
      return assertNever(mutation);
  }
}

/** What every write of ours leaves on the object. */
function marksOf({ key, hold }: Pick<Intent<Kind>, 'key' | 'hold'>): Annotations {
  return { ...(key === null ? {} : { [keyAnnotation]: key }), ...(hold ? { [epochAnnotation(hold)]: String(hold.epoch) } : {}) };
}

/** The operations behind tests of identity, version and epoch, together with our annotations. */
function conditional(
  { uid, resourceVersion, annotations }: Meta,
  hold: Hold | undefined,
  marks: Annotations,
  operations: readonly Operation[],
): readonly Operation[] {
  const epoch = hold && annotations?.[epochAnnotation(hold)];
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    ...(hold === undefined || epoch === undefined ? [] : [{ op: 'test', path: pathOf(epochAnnotation(hold)), value: epoch } as const]),
    ...operations,
    ...(annotations === null
      ? [{ op: 'add', path: '/metadata/annotations', value: marks } as const]
      : Object.entries(marks).map(([name, value]) => ({ op: 'add', path: pathOf(name), value }) as const)),
  ];
}
const pathOf = (annotation: string): string => `/metadata/annotations/${annotation.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** A failed `test` is answered like any other invalid request: only a version that has moved on tells them apart. */
function isConflict(cause: unknown, tested: Meta | undefined, now: Meta | undefined): boolean {
  const type = failureTypeOf(cause);
  const moved = tested?.uid !== now?.uid || tested?.resourceVersion !== now?.resourceVersion;
  return type === 'Conflict' || ((type === 'Invalid' || type === 'NotFound') && moved);
}

async function readBack<K extends Kind>(kubernetes: Kubernetes, intent: Intent<K>): Promise<WriteResult<Kinds[K]>> {
  try {
    const object = await kubernetes.read(intent.reference);
    const stand = intent.stand(object);
    if (stand === 'there') return { kind: 'applied', object };
    // Somebody wrote our own value back in between: going forward that is theirs to decide, an undo keeps trying.
    if (stand === 'from' && !isForward(intent.key)) return { kind: 'not-applied', cause: contested(intent, object) };
    return foreign(intent, object);
  } catch (cause) {
    return { kind: 'unknown', cause };
  }
}

async function afterLostAnswer<K extends Kind>(kubernetes: Kubernetes, intent: Intent<K>, cause: unknown): Promise<WriteResult<Kinds[K]>> {
  try {
    const object = await kubernetes.read(intent.reference);
    if (intent.stand(object) !== 'there') return intent.stand(object) === 'from' ? { kind: 'not-applied', cause } : foreign(intent, object);
    if (object === null || keyOf(object.meta) === intent.key) return { kind: 'applied', object };
    return isForward(intent.key) ? { kind: 'already-there', object } : { kind: 'not-applied', cause };
  } catch {
    return { kind: 'unknown', cause };
  }
}

function contested<K extends Kind>(intent: Intent<K>, object: Kinds[K] | null): ApplicationFailure {
  const by = writerOf(object?.meta, intent.field);
  return failure('Conflict', `${label(intent.reference)} holds ${intent.found(object)} again right after the undo; last written by ${by}`, {
    remedy: 'The retry puts it back again: stop whoever writes there.',
  });
}

function foreign<K extends Kind>(intent: Intent<K>, object: Kinds[K] | null): WriteResult<Kinds[K]> {
  return { kind: 'foreign', by: writerOf(object?.meta, intent.field), found: intent.found(object), expected: intent.expected };
}

/** The object as it was written, or the failure that says why it was not. */
export function written<T>(result: WriteResult<T>, reference: Reference): T | null {
  switch (result.kind) {
    case 'applied':
    case 'already-there':
      return result.object;
    case 'foreign':
      throw foreignFailure(reference, result);
    case 'fenced':
      throw failure(
        'TakenOver',
        `${label(reference)} belongs to epoch ${result.found} of its lock, this deployment held epoch ${result.held}`,
        {
          remedy:
            'A repair or another deployment has taken the target over: nothing of theirs was overwritten, and nothing more is written.',
        },
      );
    case 'not-applied':
      throw result.cause as ApplicationFailure;
    case 'unknown':
      throw failure('Unavailable', `No answer to the write of ${label(reference)}, and it cannot be read`, {
        remedy: 'The retry reads first and writes only if it has not happened.',
      });
    default:
      return assertNever(result);
  }
}

/** Somebody else's value in our own fields. */
export function foreignFailure(reference: Reference, who: { by: string; found: string; expected: string }): ApplicationFailure {
  const { by, found, expected } = who;
  return failure('Foreign', `${label(reference)} holds ${found}, expected ${expected}; last written by ${by}`, {
    foreign: { by, found, expected },
    remedy: 'Nothing of theirs was overwritten: agree with them, then retry or roll back.',
  });
}

/** Raises an object's epoch and changes nothing else of it: from then on no write of an earlier epoch reaches it. */
export async function raiseEpoch<K extends Kind>(
  kubernetes: Kubernetes,
  reference: Reference<K>,
  hold: Hold,
  attempt: Attempt,
): Promise<void> {
  if ((await kubernetes.read(reference)) === null) return;
  const found = (object: Kinds[K] | null): string => (object === null ? 'nothing' : `epoch ${epochOf(object.meta, hold)}`);
  const isRaised = (object: Kinds[K] | null): boolean => object === null || epochOf(object.meta, hold) >= hold.epoch;
  const intent: Intent<K> = {
    reference,
    key: null,
    hold,
    stand: (object) => (isRaised(object) ? 'there' : 'from'),
    mutate: () => ({ kind: 'patch', operations: [] }),
    found,
    expected: `epoch ${hold.epoch}`,
    field: ['f:metadata', 'f:annotations'],
  };
  written(await safeWrite(kubernetes, intent, attempt), reference);
}

/** A reference in the words of an operator: `deployment shop/analytics-blue`. */
export function label({ kind, namespace, name }: Reference): string {
  return `${kind.toLowerCase()} ${namespace}/${name}`;
}

/** Who wrote last at a path of managedFields; who wrote last at all where nobody owns it. */
export function writerOf(meta: Meta | undefined, field: readonly string[]): string {
  if (!meta) return 'somebody who deleted it';
  const newestFirst = [...meta.managers].sort((a, b) => b.at - a.at);
  return (newestFirst.find(({ fields }) => owns(fields, field)) ?? newestFirst[0])?.name || 'somebody unknown';
}

/** True where the fields at the path were last written by this tool. */
export function isWrittenByUs(meta: Meta, field: readonly string[]): boolean {
  return writerOf(meta, field) === fieldManager;
}

/** True where the deployment of the key has itself written the fields at the path last, with whichever of its steps. */
export function isOwnWrite(meta: Meta, field: readonly string[], key: string): boolean {
  return isWrittenByUs(meta, field) && deploymentOf(keyOf(meta) ?? '') === deploymentOf(key);
}

/** The key of our last write on the object. */
export function keyOf(meta: Meta): string | null {
  return meta.annotations?.[keyAnnotation] ?? null;
}
/** The annotation that carries the epoch of a lock: one for each lock, as two services may share a route. */
function epochAnnotation({ name }: Pick<Hold, 'name'>): string {
  return `${name}/epoch`;
}
/** The epoch of a lock in which an object was last written; 0 where none is stated. */
export function epochOf(meta: Meta | undefined, lock: Pick<Hold, 'name'>): number {
  const epoch = Number(meta?.annotations?.[epochAnnotation(lock)] ?? 0);
  return Number.isInteger(epoch) ? epoch : 0;
}
/** The deployment that a key belongs to. */
export function deploymentOf(key: string): string {
  return key.slice(0, Math.max(key.indexOf('/'), 0));
}

function isForward(key: string | null): boolean {
  return key?.endsWith('/undo') !== true;
}
/** A forward write of a deployment whose undo already stands on the object comes too late, whatever the fields say. */
function wasUndone(key: string | null, meta: Meta | undefined): boolean {
  const last = meta ? keyOf(meta) : null;
  return key !== null && last !== null && !isForward(last) && deploymentOf(last) === deploymentOf(key);
}

function owns(fields: unknown, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  const inside = (fields as Readonly<Record<string, unknown>> | null | undefined)?.[first];
  // Some maps belong to one writer as a whole (a Service's selector): then nothing below them is named.
  return inside !== undefined && (isWhole(inside) || owns(inside, rest));
}
function isWhole(fields: unknown): boolean {
  return typeof fields === 'object' && fields !== null && Object.keys(fields).length === 0;
}
