import type { SinceReceipt, SinceRequest } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import type { Ports } from '../ports';
import type { Writes } from '../ports/databases';
import { acceptableBackup } from './acceptable';
import type { Sidecar } from './files';
import { placeOf, within } from './place';

const deadline = 10 * 60_000;
const listed = 5;

/** What people see before a database is restored (runbook, database rollback): how much would be lost. */
export function sinceActivities(ports: Ports) {
  return {
    async rowsSinceBackup(request: SinceRequest, { signal }: Attempt): Promise<SinceReceipt> {
      const { sidecar } = await acceptableBackup({ ...request, isAnotherAccepted: request.older === true }, signal);
      const limits = within(deadline, signal);
      const place = await placeOf(ports, request.database);
      const writes = await ports.databases.writes(place, limits()).catch(() => null);
      const { tables } = await ports.databases.describe(place, limits());
      const { id, sha256, takenAt, deployment, kind } = sidecar;
      return { backup: id, sha256, takenAt, madeBy: deployment, isVerified: kind === 'backup', ...since(sidecar, { writes, tables }) };
    },
  };
}

/** Rows of the tables, and the server's counters. */
interface Counted {
  readonly tables: Readonly<Record<string, { readonly rows: number }>>;
  readonly writes: Writes | null;
}

/** Judged from both sources: counters know updates and deletions, counts know what became of the tables. */
export function since(sidecar: Counted & Pick<Sidecar, 'takenAt'>, now: Counted): Pick<SinceReceipt, 'rows' | 'words' | 'tables'> {
  const names = [...new Set([...Object.keys(sidecar.tables), ...Object.keys(now.tables)])];
  const changed = names
    .map((table) => ({ table, before: sidecar.tables[table]?.rows ?? 0, now: now.tables[table]?.rows ?? 0 }))
    .filter(({ before, now: after }) => before !== after)
    .sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  const byCounts = changed.reduce((sum, { before, now: after }) => sum + Math.abs(after - before), 0);
  const tables = changed.slice(0, listed);
  const byCounters = counted(sidecar.writes, now.writes);
  if (byCounters === null) {
    const words = `unknown: the server's counters began anew since the backup; by count the tables differ by at least ${figure(byCounts)}`;
    return { rows: null, words, tables };
  }
  const rows = Math.max(byCounters, byCounts);
  return {
    rows,
    words: `${figure(rows)} written since ${sidecar.takenAt.slice(0, 16).replace('T', ' ')} UTC, by the server's counters`,
    tables,
  };
}

/** Null where the counters are not those of then. */
function counted(before: Writes | null, now: Writes | null): number | null {
  if (!before || !now || before.since !== now.since) return null;
  const growth = Object.entries(now.tables).map(([table, written]) => written - (before.tables[table] ?? 0));
  return growth.some((rows) => rows < 0) ? null : growth.reduce((sum, rows) => sum + rows, 0);
}

function figure(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`;
}
