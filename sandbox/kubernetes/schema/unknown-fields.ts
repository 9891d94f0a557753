import { isFields } from '../json';
import type { Schema } from './load';

/** Which keys of one object the schema asked for; `open` where it takes any key. */
interface Reads {
  readonly keys: Set<string>;
  open: boolean;
}

/**
 * Fields of an object that its schema does not know, as paths (`spec.template.spec.containers[0].imag`).
 * A compiled schema is code, not data, but it asks for every field it knows: what is there and was never asked for is unknown.
 */
export function unknownFields(schema: Schema, object: object): readonly string[] {
  const reads = new Map<object, Reads>();
  schema(observe(object, reads));
  return [...findUnread(object, '', reads)];
}

function observe(target: object, reads: Map<object, Reads>): object {
  const seen = reads.get(target) ?? { keys: new Set<string>(), open: false };
  reads.set(target, seen);
  return new Proxy(target, {
    get(from, key) {
      const value: unknown = Reflect.get(from, key);
      if (typeof key === 'string') seen.keys.add(key);
      return typeof value === 'object' && value !== null ? observe(value, reads) : value;
    },
    ownKeys(from) {
      seen.open = true;
      return Reflect.ownKeys(from);
    },
  });
}

function* findUnread(value: unknown, path: string, reads: ReadonlyMap<object, Reads>): Generator<string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* findUnread(item, `${path}[${index}]`, reads);
    return;
  }
  if (!isFields(value)) return;
  const seen = reads.get(value);
  // An object of which nothing was asked is free-form (managed fields, raw extensions).
  if (!seen || (seen.keys.size === 0 && !seen.open)) return;
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (seen.open || seen.keys.has(key)) yield* findUnread(item, at, reads);
    else yield at;
  }
}

/** The object without the given paths. */
export function dropFields<T>(object: T, paths: readonly string[]): T {
  const dropped = new Set(paths);
  const copy = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => copy(item, `${path}[${index}]`));
    if (!isFields(value)) return value;
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !dropped.has(at(key)))
        .map(([key, item]) => [key, copy(item, at(key))]),
    );
  };
  return copy(object, '') as T;
}
