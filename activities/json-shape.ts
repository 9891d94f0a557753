import type { JsonType } from '../workflows/runbook/spec';

/** The type of a JSON value in the words of the spec. */
export function typeOf(value: unknown): JsonType | 'nothing' {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (typeof value as JsonType);
}

/** The value at a dotted path; undefined where the path leads nowhere. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inside, name) => {
    return typeof inside === 'object' && inside !== null && Object.hasOwn(inside, name)
      ? (inside as Readonly<Record<string, unknown>>)[name]
      : undefined;
  }, value);
}

/** Parsed JSON, or why it is none. */
export function parseJson(body: Buffer): { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'no-json' } {
  try {
    return { kind: 'json', value: JSON.parse(body.toString('utf8')) as unknown };
  } catch {
    return { kind: 'no-json' };
  }
}

const deepest = 12;

/**
 * The structure of an answer: every field's path with the types that it has. The elements of a list share one path, as lists differ in length
 * and not in structure.
 */
export function structureOf(value: unknown): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const visit = (inside: unknown, path: string, depth: number) => {
    const types = found.get(path) ?? new Set();
    found.set(path, types.add(typeOf(inside)));
    if (depth > deepest || typeof inside !== 'object' || inside === null) return;
    if (Array.isArray(inside)) inside.forEach((element) => visit(element, `${path}[]`, depth + 1));
    else for (const [name, nested] of Object.entries(inside)) visit(nested, path === '' ? name : `${path}.${name}`, depth + 1);
  };
  visit(value, '', 0);
  return found;
}
