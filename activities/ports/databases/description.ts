/** Own tables and the like: not the system's, not those of an extension. */
const own = (oid: string, catalog: string, schema: string): string =>
  `${schema} !~ '^pg_' and ${schema} <> 'information_schema' and not exists
   (select from pg_depend x where x.classid = '${catalog}'::regclass and x.objid = ${oid} and x.deptype = 'e')`;
const table = `format('%I.%I', n.nspname, c.relname)`;
const ofTable = `join pg_class c on c.oid = TABLE join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'f') and ${own('c.oid', 'pg_class', 'n.nspname')}`;

/** What stands for itself, and the lines that belong to a table: `object` is null, or the table's qualified name. */
export const schemaQuery = [
  `select ${table} as object, 'table ' || c.relkind::text || c.relpersistence::text as line, 0 as place
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f') and ${own('c.oid', 'pg_class', 'n.nspname')}`,
  // Dropped columns leave gaps that a restore does not have: the order counts, the number does not.
  `select ${table}, 'column ' || format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || case when a.attnotnull then ' not null' else '' end
          || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text || a.attgenerated::text, a.attnum::int
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum ${ofTable.replace('TABLE', 'a.attrelid')}
      and a.attnum > 0 and not a.attisdropped`,
  `select ${table}, 'index ' || pg_get_indexdef(i.indexrelid), 0 from pg_index i ${ofTable.replace('TABLE', 'i.indrelid')} and i.indisvalid`,
  `select ${table}, 'constraint ' || format('%I ', k.conname) || pg_get_constraintdef(k.oid), 0 from pg_constraint k ${ofTable.replace('TABLE', 'k.conrelid')}`,
  `select ${table}, 'trigger ' || pg_get_triggerdef(t.oid), 0 from pg_trigger t ${ofTable.replace('TABLE', 't.tgrelid')} and not t.tgisinternal`,
  `select ${table}, 'policy ' || p.polname || p.polcmd::text || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''), 0
     from pg_policy p ${ofTable.replace('TABLE', 'p.polrelid')}`,
  `select null, 'view ' || ${table} || ' ' || c.relkind::text || md5(pg_get_viewdef(c.oid)), 0
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and ${own('c.oid', 'pg_class', 'n.nspname')}`,
  `select null, 'sequence ' || ${table} || format(' %s', format_type(s.seqtypid, null)) || format(' by %s from %s', s.seqincrement, s.seqstart), 0
     from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace where ${own('c.oid', 'pg_class', 'n.nspname')}`,
  `select null, 'function ' || format('%I.%I(%s) ', n.nspname, f.proname, pg_get_function_identity_arguments(f.oid)) || md5(f.prosrc), 0
     from pg_proc f join pg_namespace n on n.oid = f.pronamespace where ${own('f.oid', 'pg_proc', 'n.nspname')}`,
  `select null, 'enum ' || format('%I.%I ', n.nspname, t.typname) || string_agg(e.enumlabel, ', ' order by e.enumsortorder), 0
     from pg_enum e join pg_type t on t.oid = e.enumtypid join pg_namespace n on n.oid = t.typnamespace
    where ${own('t.oid', 'pg_type', 'n.nspname')} group by n.nspname, t.typname`,
  `select null, 'extension ' || extname, 0 from pg_extension`,
].join('\nunion all\n');

/** Tables whose rows are counted: partitions are, and what they are partitions of is not. */
export const tablesQuery = `select ${table} as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and ${own('c.oid', 'pg_class', 'n.nspname')} order by 1`;

/** Rows written since the statistics began, and when that was. */
export const writesQuery = `select format('%I.%I', schemaname, relname) as name, n_tup_ins + n_tup_upd + n_tup_del as written,
  coalesce((select stats_reset::text from pg_stat_database where datname = current_database()), 'the beginning') as since from pg_stat_user_tables`;

export interface SchemaRow {
  readonly object: string | null;
  readonly line: string;
  readonly place: number;
}

/** Lines by table, columns in their order and all else by name; and what belongs to no table. */
export function grouped(rows: readonly SchemaRow[]): {
  readonly tables: ReadonlyMap<string, readonly string[]>;
  readonly others: readonly string[];
} {
  const sorted = [...rows].sort((a, b) => a.place - b.place || (a.line < b.line ? -1 : a.line > b.line ? 1 : 0));
  const tables = new Map<string, string[]>();
  for (const { object, line } of sorted) if (object !== null) tables.set(object, [...(tables.get(object) ?? []), line]);
  return { tables, others: sorted.flatMap(({ object, line }) => (object === null ? [line] : [])) };
}
