import type { JsonType } from '../../workflows/runbook/spec';

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Shape = Readonly<Record<string, JsonType>>;

const samples: Readonly<Record<JsonType, Json>> = {
  string: 'sample',
  number: 1284,
  boolean: true,
  array: [{ name: 'sample', value: 42 }],
  object: {},
  null: null,
};

/**
 * Makes a body that has the fields of a shape: dotted paths and types as the spec's requests expect them. A number in a path is
 * the place in a list.
 */
export function sampleOf(shape: Shape, base: Readonly<Record<string, Json>> = {}): Json {
  // Short paths first: a list or an object is there before its fields are.
  const paths = Object.keys(shape).sort((one, other) => one.split('.').length - other.split('.').length);
  return paths.reduce<Json>((body, path) => put(body, path.split('.'), shape[path] ?? 'null', paths.some(isBelow(path))), base);
}

const isBelow = (path: string) => (other: string) => other.startsWith(`${path}.`);

function put(body: Json, path: readonly string[], type: JsonType, hasFields: boolean): Json {
  const [key, ...rest] = path;
  if (key === undefined) return hasFields && type === 'array' ? [] : typeOf(body) === type ? body : samples[type];
  if (/^\d+$/.test(key)) {
    const list = Array.isArray(body) ? (body as readonly Json[]) : [];
    const place = Number(key);
    return Array.from({ length: Math.max(list.length, place + 1) }, (_, index) =>
      index === place ? put(list[index] ?? null, rest, type, hasFields) : (list[index] ?? null),
    );
  }
  const object = isObject(body) ? body : {};
  return { ...object, [key]: put(object[key] ?? null, rest, type, hasFields) };
}

const isObject = (value: Json): value is { readonly [key: string]: Json } => typeOf(value) === 'object';

function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'string' | 'number' | 'boolean' | 'object';
}
