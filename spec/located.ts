import type { Path } from './problems';

/** Where something stands. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
/** A file's content with the place of everything in it. */
export type Located = LocatedMap | LocatedList | LocatedScalar;
export interface LocatedMap {
  readonly kind: 'map';
  readonly at: Position;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}
export interface LocatedEntry {
  readonly key: Position;
  readonly value: Located;
}
export interface LocatedList {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly Located[];
}
export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly at: Position;
  readonly value: string | number | boolean | null;
  /** What stands in the file, where it is neither quoted nor empty: `1.10`. */
  readonly plain: string | null;
}

/** Lays one file over another: sections merge, lists and values replace, `null` removes. */
export function overlay(below: Located, above: Located): Located {
  if (below.kind !== 'map' || above.kind !== 'map') return withoutRemoved(above);
  const entries = new Map(below.entries);
  for (const [name, { key, value }] of above.entries) {
    const under = entries.get(name);
    if (isNothing(value)) entries.delete(name);
    else entries.set(name, { key, value: under ? overlay(under.value, value) : withoutRemoved(value) });
  }
  return { kind: 'map', at: below.at, entries };
}
const isNothing = (node: Located): boolean => node.kind === 'scalar' && node.value === null;

/** A removal below something that is new removes nothing. */
function withoutRemoved(node: Located): Located {
  if (node.kind !== 'map') return node;
  const kept = [...node.entries].filter(([, { value }]) => !isNothing(value));
  return { ...node, entries: new Map(kept.map(([name, { key, value }]) => [name, { key, value: withoutRemoved(value) }])) };
}

/** The content alone. Scalars in `asText` keep what stands in the file. */
export function plainOf(node: Located, asText: ReadonlySet<Located> = new Set()): unknown {
  switch (node.kind) {
    case 'map':
      return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, plainOf(value, asText)]));
    case 'list':
      return node.items.map((item) => plainOf(item, asText));
    case 'scalar':
      return asText.has(node) ? node.plain : node.value;
  }
}

/** What stands at a path, or undefined. */
export function nodeAt(node: Located, path: Path): Located | undefined {
  return path.reduce<Located | undefined>((current, key) => {
    if (current?.kind === 'map') return current.entries.get(String(key))?.value;
    return current?.kind === 'list' && typeof key === 'number' ? current.items[key] : undefined;
  }, node);
}

/** Where a path stands, or else the nearest section above it that does. A section that hangs from a key is found at its key. */
export function positionOf(node: Located, path: Path, atKey = false): Position {
  const last = path.at(-1);
  if (last === undefined) return node.at;
  const above = path.slice(0, -1);
  const parent = nodeAt(node, above);
  const entry = parent?.kind === 'map' ? parent.entries.get(String(last)) : undefined;
  if (entry) return atKey || entry.value.kind !== 'scalar' ? entry.key : entry.value.at;
  return nodeAt(node, path)?.at ?? positionOf(node, above, true);
}
