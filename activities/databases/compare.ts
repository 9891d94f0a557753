import { createHash } from 'node:crypto';
import type { Description } from '../ports/databases';

/** What is kept of a description beside a dump: enough to compare with it later. */
export interface Kept {
  /** By qualified name: rows, and the digest of columns, indexes and constraints. */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly schema: string }>>;
  /** Digest of everything that belongs to no table. */
  readonly others: string;
}

export function kept({ tables, others }: Description): Kept {
  return {
    tables: Object.fromEntries(Object.entries(tables).map(([name, { rows, lines }]) => [name, { rows, schema: digest(lines) }])),
    others: digest(others),
  };
}

export function totalRows(tables: Readonly<Record<string, { readonly rows: number }>>): number {
  return Object.values(tables).reduce((sum, { rows }) => sum + rows, 0);
}

/** What two schemas do not have in common, in words; nothing where they are alike. */
export function schemaDifferences(wanted: Description, found: Description): readonly string[] {
  const names = [...new Set([...Object.keys(wanted.tables), ...Object.keys(found.tables)])].sort();
  return [
    ...names.flatMap((name): readonly string[] => {
      const [before, now] = [wanted.tables[name], found.tables[name]];
      if (!before) return [`${name} is there, and was not`];
      if (!now) return [`${name} is missing`];
      return lineDifferences(before.lines, now.lines).map((line) => `${name}: ${line}`);
    }),
    ...lineDifferences(wanted.others, found.others),
  ];
}

/** Schema and rows: a restore that is none has a sentence for each table. */
export function differences(wanted: Description, found: Description): readonly string[] {
  const rows = Object.entries(wanted.tables).flatMap(([name, { rows: before }]) => {
    const now = found.tables[name]?.rows;
    return now === undefined || now === before ? [] : [`${name} has ${count(now)} instead of ${count(before)}`];
  });
  return [...rows, ...schemaDifferences(wanted, found)];
}

/** What a restored database lacks of its backup. Rows that came in meanwhile, and tables that were made since, are notes. */
export function restored(wanted: Kept, found: Description): { readonly lacks: readonly string[]; readonly notes: readonly string[] } {
  const now = kept(found);
  const lacks = Object.entries(wanted.tables).flatMap(([name, { rows, schema }]): readonly string[] => {
    const table = now.tables[name];
    if (!table) return [`${name} is missing`];
    return [
      ...(table.schema === schema ? [] : [`${name} has another schema`]),
      ...(table.rows < rows ? [`${name} has ${count(table.rows)} instead of ${count(rows)}`] : []),
    ];
  });
  const added = Object.entries(wanted.tables).reduce((sum, [name, { rows }]) => sum + Math.max(0, (now.tables[name]?.rows ?? 0) - rows), 0);
  const made = Object.keys(now.tables).filter((name) => !wanted.tables[name]);
  return {
    lacks,
    notes: [
      ...(added > 0 ? [`${count(added)} came in before it was compared`] : []),
      ...(made.length > 0
        ? [
            `stay as they are, made after the backup: ${made.slice(0, 5).join(', ')}${made.length > 5 ? ` and ${made.length - 5} more` : ''}`,
          ]
        : []),
    ],
  };
}

/** The first few, and how many more there are. */
export function firstOf(problems: readonly string[], most = 4): string {
  const more = problems.length - most;
  return `${problems.slice(0, most).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function lineDifferences(wanted: readonly string[], found: readonly string[]): readonly string[] {
  return [
    ...wanted.filter((line) => !found.includes(line)).map((line) => `lacks ${line}`),
    ...found.filter((line) => !wanted.includes(line)).map((line) => `has ${line}`),
  ];
}
function count(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`;
}
function digest(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
