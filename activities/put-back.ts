import type { Attempt } from './activity';
import type { Kind, Kinds, Kubernetes } from './ports/kubernetes';
import { safeWrite, written, type Intent } from './safe-write';

/** What an undo did to one object. */
export interface PutBack<T> {
  readonly object: T | null;
  /** This attempt changed it, or one before it did whose answer was lost. Not where only the key was written. */
  readonly wrote: boolean;
  /** What is worth saying of what was found and overwritten. */
  readonly remark: string | null;
}

/** How an undo looks at the object that it is about to write. */
export interface Looks<T> {
  /** It is as it shall be: only the key is written, as a fence against late forward writes. */
  readonly isBack: (object: T) => boolean;
  readonly remark: (object: T) => string | null;
}

/** Puts one object back, and tells what that changed. */
export async function putBack<K extends Kind>(
  kubernetes: Kubernetes,
  intent: Intent<K>,
  { isBack, remark }: Looks<Kinds[K]>,
  attempt: Attempt,
): Promise<PutBack<Kinds[K]>> {
  // Filled in whenever a write is made up: after a conflict it is made up anew.
  const did: { wrote: boolean; remark: string | null } = { wrote: false, remark: null };
  const result = await safeWrite(
    kubernetes,
    {
      ...intent,
      mutate: (object) => {
        did.wrote = object !== null && !isBack(object);
        did.remark = object !== null && did.wrote ? remark(object) : null;
        return did.wrote ? intent.mutate(object) : { kind: 'patch', operations: [] };
      },
    },
    attempt,
  );
  const object = written(result, intent.reference);
  // Nothing was left to write, not even the key: an attempt before this one has put it back.
  return { object, wrote: did.wrote || result.kind === 'already-there', remark: did.remark };
}
