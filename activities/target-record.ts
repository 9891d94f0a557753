import { undoOrder, type Hold, type RecordEntry, type Recorded, type TargetPlace, type TargetRecord } from '../workflows/runbook/target';
import type { Attempt } from './activity';
import { failure } from './failures';
import type { ConfigMap, Kubernetes, Operation, Reference } from './ports/kubernetes';
import { deploymentOf, epochOf, label, safeWrite, written, type Intent } from './safe-write';

/** Keys of the ConfigMap's data: the record itself, and the commands for whoever has to do without this tool. */
export const recordKeys = { record: 'record.json', byHand: 'by-hand.txt' } as const;
/** Marks Lease and record as the tool's own: they stay between deployments. */
export const ownLabels = { 'app.kubernetes.io/managed-by': 'analytics-deploy' } as const;

/** The reference of a target's record. */
export function recordReference({ cluster, namespace, name }: TargetPlace): Reference<'ConfigMap'> {
  return { kind: 'ConfigMap', cluster, namespace, name };
}

/** What a record says; null for a ConfigMap that holds none that we understand. */
export function readRecord(configMap: ConfigMap | null): TargetRecord | null {
  try {
    const record = JSON.parse(configMap?.data[recordKeys.record] ?? 'null') as Partial<TargetRecord> | null;
    return record?.version === 1 && Array.isArray(record.entries) && typeof record.deployment === 'string'
      ? (record as TargetRecord)
      : null;
  } catch {
    return null;
  }
}

/** There is a record, and this version does not understand it: nobody knows what was changed. In words; null where there is none, or a good one. */
export function unreadable(configMap: ConfigMap | null): string | null {
  const text = configMap?.data[recordKeys.record];
  if (text === undefined || readRecord(configMap) !== null) return null;
  try {
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return version === undefined || version === 1
      ? 'is damaged'
      : `is of version ${JSON.stringify(version).slice(0, 20)}, this build reads version 1`;
  } catch {
    return 'is damaged';
  }
}

/** In the order in which they are put back: traffic first, then workloads, flags, the rest; newest first within each. */
export function inUndoOrder(entries: readonly RecordEntry[]): readonly RecordEntry[] {
  const newestFirst = [...entries].reverse();
  return undoOrder.flatMap((rank) => newestFirst.filter((entry) => entry.rank === rank));
}

/** The record as the ConfigMap's data. */
export function recordData(record: TargetRecord): Readonly<Record<string, string>> {
  const commands = inUndoOrder(record.entries).flatMap(({ title, byHand }) => [`# ${title}`, byHand]);
  const header =
    record.entries.length === 0
      ? [`# Nothing is changed: ${record.deployment} is over.`]
      : [`# What ${record.deployment} changed, and the commands that put it back, in this order:`];
  return { [recordKeys.record]: JSON.stringify(record), [recordKeys.byHand]: `${[...header, ...commands].join('\n')}\n` };
}

/** Puts one subject on record before it is written under `key`, with its first state and what is asked for now. */
export async function remember(
  kubernetes: Kubernetes,
  hold: Hold,
  key: string,
  entry: Recorded & Pick<RecordEntry, 'change'>,
  attempt: Attempt,
  commits?: true,
): Promise<void> {
  const deployment = deploymentOf(key);
  await writeRecord(kubernetes, hold, key, attempt, (found) => {
    if (found.deployment !== deployment) return null;
    const record = commits ? { ...found, committed: commits } : found;
    const known = record.entries.some(({ subject }) => subject === entry.subject);
    if (known) return { ...record, entries: record.entries.map((one) => (one.subject === entry.subject ? { ...one, ...entry } : one)) };
    // Somebody took the subject off the record: without its first state it could not be put back.
    return 'undo' in entry ? { ...record, entries: [...record.entries, entry] } : null;
  });
}

/**
 * Changes an existing record.
 *
 * @param change null where the record belongs to somebody else.
 * @throws Foreign where it is somebody else's or gone, TakenOver where its epoch was raised.
 */
export async function writeRecord(
  kubernetes: Kubernetes,
  hold: Hold,
  key: string,
  attempt: Attempt,
  change: (record: TargetRecord) => TargetRecord | null,
): Promise<void> {
  const reference = recordReference(hold);
  const wanted = (found: ConfigMap | null): Readonly<Record<string, string>> | null => {
    const record = readRecord(found);
    const next = record && change(record);
    return next && recordData(next);
  };
  const intent: Intent<'ConfigMap'> = {
    reference,
    key,
    hold,
    stand: (found) => {
      const data = wanted(found);
      return data === null ? 'foreign' : isSame(data, found?.data ?? {}) ? 'there' : 'from';
    },
    mutate: (found) => ({ kind: 'patch', operations: Object.entries(wanted(found) ?? {}).map(set) }),
    found: describeRecord,
    expected: 'the record of this deployment',
    field: ['f:data'],
  };
  written(await safeWrite(kubernetes, intent, ofItsOwn(attempt)), reference);
}

/** Begins a deployment's record under the epoch that it has just taken; what an earlier deployment left in it is over, or taken over. */
export async function beginRecord(kubernetes: Kubernetes, hold: Hold, record: TargetRecord, attempt: Attempt): Promise<void> {
  const reference = recordReference(hold);
  const data = recordData(record);
  const intent: Intent<'ConfigMap'> = {
    reference,
    key: `${record.deployment}/record/forward`,
    hold,
    stand: (found) => (epochOf(found?.meta, hold) === hold.epoch && readRecord(found)?.deployment === record.deployment ? 'there' : 'from'),
    mutate: (found) =>
      found === null
        ? { kind: 'create', content: { data, annotations: {}, labels: ownLabels, immutable: false } }
        : { kind: 'patch', operations: [{ op: 'add', path: '/data', value: data }] },
    found: describeRecord,
    expected: 'no record, or one that is over',
    field: ['f:data'],
  };
  const made = written(await safeWrite(kubernetes, intent, ofItsOwn(attempt)), reference);
  if (readRecord(made)?.deployment === record.deployment) return;
  throw failure('Foreign', `${label(reference)} holds ${describeRecord(made)}`, { remedy: 'Delete it, then retry.' });
}

function describeRecord(found: ConfigMap | null): string {
  const record = readRecord(found);
  if (found === null) return 'nothing';
  return record ? `the record of ${record.deployment} with ${record.entries.length} entries` : 'no record that this version understands';
}

function set([name, value]: readonly [string, string]): Operation {
  return { op: 'add', path: `/data/${name}`, value };
}
function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);
}

/** A record is no write to the world: it does not count among those that may have happened. */
function ofItsOwn(attempt: Attempt): Attempt {
  return { ...attempt, signal: attempt.signal, mayWrite: () => undefined, wasRefused: () => undefined };
}
