import { randomUUID } from 'node:crypto';
import type {
  AutoscalerChange,
  FlagsChange,
  SelectorChange,
  TrafficChange,
  Undo,
  UndoReceipt,
  WorkloadChange,
} from '../workflows/runbook/contract';
import { failureTypes } from '../workflows/runbook/failures';
import type { Hold, RecordEntry, TargetPlace, TargetRecord, UndoRank } from '../workflows/runbook/target';
import type { Attempt } from './activity';
import { autoscalerActivities } from './autoscalers';
import { failureTypeOf } from './failures';
import { flagsActivities } from './flags';
import { giveUpLease, leaseReference, runOf, takeLease } from './lease';
import type { Ports } from './ports';
import type { Running } from './ports/deployments';
import type { Reference } from './ports/kubernetes';
import { epochOf, label, raiseEpoch } from './safe-write';
import { selectorActivities } from './selector';
import { microTime } from './target';
import { beginRecord, inUndoOrder, readRecord, recordReference, unreadable, writeRecord } from './target-record';
import { mechanismOf, trafficActivities } from './traffic';
import { workloadActivities } from './workloads';

/** The ports that a repair needs: neither Temporal nor anything else. */
export type RepairPorts = Pick<Ports, 'kubernetes' | 'clock'>;

/** What lock and record say, beside the world. */
export interface TargetLook {
  /** Empty where nobody holds the lock. */
  readonly holder: string;
  readonly running: Running | null;
  readonly epoch: number;
  readonly record: TargetRecord | null;
  /** Why the record cannot be read; null where it can, or where there is none. */
  readonly unreadable: string | null;
  /** In the order in which they are put back. */
  readonly subjects: readonly SubjectLook[];
}
export interface SubjectLook {
  readonly entry: RecordEntry;
  readonly was: string;
  readonly now: string;
  readonly isBack: boolean;
}

/** What a repair did. */
export interface Repaired {
  readonly epoch: number;
  readonly restored: readonly { readonly subject: string; readonly note: string }[];
  readonly left: readonly { readonly subject: string; readonly reason: string; readonly byHand: string }[];
}

export interface RepairWishes {
  /** Who does it. */
  readonly by: string;
  /** Leaves the world as it is: only record and lock are cleared. */
  readonly releaseOnly: boolean;
  /** Told of each thing that happens. */
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How one kind of subject is read, put back, and fenced off. */
interface Mending {
  readonly read: (change: never) => Promise<object>;
  readonly restore: (undo: never, attempt: Attempt) => Promise<UndoReceipt>;
  /** Everything that a late write of an earlier epoch could reach. */
  readonly reaches: (change: never) => readonly Reference[];
}

/** By the undo activity that the record names: the same functions that the deployment itself would call. */
function mendings(ports: RepairPorts): Readonly<Record<string, Mending>> {
  const all = ports as Ports;
  const [traffic, selector, workloads, flags, autoscalers] = [
    trafficActivities(all),
    selectorActivities(all),
    workloadActivities(all),
    flagsActivities(all),
    autoscalerActivities(all),
  ];
  const deployment = ({ cluster, namespace }: TargetLike, name: string): Reference => ({ kind: 'Deployment', cluster, namespace, name });
  return {
    restoreTraffic: {
      read: traffic.readTraffic,
      restore: traffic.restoreTraffic,
      reaches: (change: TrafficChange) => [...mechanismOf(all, change).reaches(change), deployment(change, change.live.deployment)],
    },
    restoreSelector: {
      read: selector.readSelector,
      restore: selector.restoreSelector,
      reaches: (change: SelectorChange) => [
        { kind: 'Service', cluster: change.cluster, namespace: change.namespace, name: change.service },
        deployment(change, change.live.deployment),
      ],
    },
    restoreWorkload: {
      read: workloads.readWorkload,
      restore: workloads.restoreWorkload,
      reaches: (change: WorkloadChange) => [deployment(change, change.deployment)],
    },
    restoreAutoscaler: {
      read: autoscalers.readAutoscaler,
      restore: autoscalers.restoreAutoscaler,
      reaches: (change: AutoscalerChange) => [
        { kind: 'HorizontalPodAutoscaler', cluster: change.cluster, namespace: change.namespace, name: change.name },
      ],
    },
    removeFlags: {
      read: flags.readFlags,
      restore: flags.removeFlags,
      reaches: (change: FlagsChange) => [{ kind: 'ConfigMap', cluster: change.cluster, namespace: change.namespace, name: change.name }],
    },
  };
}
type TargetLike = Pick<TargetPlace, 'cluster' | 'namespace'>;

/** Reads lock, record and world; changes nothing. */
export async function lookAtTarget(ports: RepairPorts, place: TargetPlace): Promise<TargetLook> {
  const { kubernetes } = ports;
  const [lease, configMap] = await Promise.all([kubernetes.read(leaseReference(place)), kubernetes.read(recordReference(place))]);
  const record = readRecord(configMap);
  const known = mendings(ports);
  const subjects = await Promise.all(inUndoOrder(record?.entries ?? []).map((entry) => lookAtSubject(known[entry.undo], entry)));
  return {
    holder: lease?.holder ?? '',
    running: lease && runOf(lease),
    epoch: Math.max(lease?.transitions ?? 0, epochOf(configMap?.meta, place)),
    record,
    unreadable: unreadable(configMap),
    subjects,
  };
}

async function lookAtSubject(mending: Mending | undefined, entry: RecordEntry): Promise<SubjectLook> {
  const was = ownFields(entry.to);
  if (!mending) return { entry, was, now: `unknown: ${outOfReach(entry)}`, isBack: false };
  try {
    const now = ownFields(await mending.read(entry.change as never));
    return { entry, was, now, isBack: now === was };
  } catch (error) {
    return { entry, was, now: `unknown: ${messageOf(error)}`, isBack: false };
  }
}

/** Why this program does not put a subject back by itself. */
function outOfReach({ rank, undo }: RecordEntry): string {
  return rank === 'database'
    ? 'a repair does not reach the database; the command takes its migrations back'
    : `this version has no ${undo}`;
}

/** Identity, version, and what a mechanism notes for itself. */
const ofNoMatter: ReadonlySet<string> = new Set(['uid', 'resourceVersion', 'raw', 'patch']);

/** What a state says of the world, in a fixed order. */
function ownFields(state: unknown): string {
  const fields = Object.entries((state ?? {}) as Readonly<Record<string, unknown>>)
    .filter(([name, value]) => !ofNoMatter.has(name) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return fields.map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ');
}

/**
 * Puts back what the record names, without the deployment that changed it. First the epoch of the lock is raised, then that of the record and of
 * every recorded object, then the world is restored: no late write of the deployment slips through, whoever may still run it. Safe to run twice.
 */
export async function repairTarget(ports: RepairPorts, place: TargetPlace, wishes: RepairWishes): Promise<Repaired> {
  const { kubernetes, clock } = ports;
  const { by, tell, signal, releaseOnly } = wishes;
  const attempt = attemptOf(signal, tell);
  const before = await lookAtTarget(ports, place);
  // Two repairs in the same second are two holders.
  const holder = `repair:${by}:${new Date(clock.now()).toISOString().slice(0, 19)}Z:${randomUUID().slice(0, 8)}`;
  const taking = { place, holder, instead: before.holder, running: null, above: before.epoch, key: `${holder}/lock/forward` };
  const epoch = await takeLease(kubernetes, { ...taking, acquiredAt: microTime(clock.now()) }, attempt);
  const hold: Hold = { ...place, epoch };
  tell(`epoch ${epoch}: what an earlier one still writes is refused`);
  await raiseEpoch(kubernetes, recordReference(place), hold, attempt);
  // Read again: until the record was fenced its deployment may have added to it.
  const record = readRecord(await kubernetes.read(recordReference(place)));
  const known = mendings(ports);
  for (const { undo, change, production } of record?.entries ?? []) {
    // The lock is production's: staging's objects know nothing of its epochs. There the undo's key is the fence.
    if (!production) continue;
    for (const reference of known[undo]?.reaches(change as never) ?? []) {
      // One that cannot be fenced off is not put back either, and stays on record; it keeps none of the others.
      await persist(() => raiseEpoch(kubernetes, reference, hold, attempt), clock, attempt, tell).catch((error: unknown) => {
        signal.throwIfAborted();
        tell(`${label(reference)} could not be fenced off: ${messageOf(error)}`);
      });
    }
  }
  const outcome = record && !releaseOnly ? await restoreAll(ports, known, record, hold, attempt, tell) : { restored: [], left: [] };
  if (record) {
    const left = new Set(outcome.left.map(({ subject }) => subject));
    await writeRecord(kubernetes, hold, `${record.deployment}/record/undo`, attempt, (current) => ({
      ...current,
      entries: current.entries.filter(({ subject }) => left.has(subject)),
    }));
  }
  // Nobody can go by a record that cannot be read: cleared on a person's word alone.
  if (!record && releaseOnly && before.unreadable !== null)
    await beginRecord(kubernetes, hold, { version: 1, deployment: holder, entries: [], propagation: 0 }, attempt);
  await giveUpLease(kubernetes, { place, holder, key: `${holder}/lock/undo` }, attempt);
  return { epoch, ...outcome };
}

async function restoreAll(
  { clock }: RepairPorts,
  known: Readonly<Record<string, Mending>>,
  record: TargetRecord,
  hold: Hold,
  attempt: Attempt,
  tell: (line: string) => void,
): Promise<Pick<Repaired, 'restored' | 'left'>> {
  const restored: { subject: string; note: string }[] = [];
  const left: { subject: string; reason: string; byHand: string }[] = [];
  let drainsUntil = clock.now();
  for (const entry of inUndoOrder(record.entries)) {
    const { subject, title, byHand, production, rank, stepId, to, change } = entry;
    const mending = known[entry.undo];
    const held = production ? heldBy(record, rank, left) : null;
    if (!mending || held !== null) {
      left.push({ subject, byHand, reason: held ?? outOfReach(entry) });
      continue;
    }
    if (production && rank === 'workload' && clock.now() < drainsUntil) {
      tell(`waiting ${Math.ceil((drainsUntil - clock.now()) / 1_000)} s: traffic drains from the candidate`);
      await clock.sleep(drainsUntil - clock.now(), attempt.signal);
    }
    tell(`undo: ${title}`);
    const undo: Undo<unknown, unknown> = {
      to,
      change,
      key: `${record.deployment}/${stepId}/undo`,
      urgent: true,
      ...(production ? { hold } : {}),
    };
    try {
      const { result, note } = await persist(() => mending.restore(undo as never, attempt), clock, attempt, tell);
      if (rank === 'traffic' && (result === 'restored' || result === 'took-over')) drainsUntil = clock.now() + record.propagation;
      restored.push({ subject, note: note ?? result.replaceAll('-', ' ') });
    } catch (error) {
      attempt.signal.throwIfAborted();
      // Staging has no lock: whoever deployed to it since has it now.
      if (!production && failureTypeOf(error) === 'Foreign') restored.push({ subject, note: `left to others: ${messageOf(error)}` });
      else left.push({ subject, reason: messageOf(error), byHand });
    }
  }
  return { restored, left };
}

/** Nothing is taken from under traffic that could not be moved, and no flags from a workload that may still name them. */
function heldBy({ entries }: TargetRecord, rank: UndoRank, left: readonly { readonly subject: string }[]): string | null {
  const isLeft = (wanted: UndoRank): boolean =>
    entries.some((entry) => entry.production && entry.rank === wanted && left.some(({ subject }) => subject === entry.subject));
  if (rank !== 'traffic' && isLeft('traffic')) return 'traffic could not be moved away from it';
  if (rank === 'database' && isLeft('workload')) return 'the candidate may still need it';
  return rank === 'flags' && isLeft('workload') ? 'the candidate may still name it' : null;
}

/** As often as the deployment itself would try within two minutes. */
const tries = 12;

async function persist<T>(work: () => Promise<T>, clock: Ports['clock'], { signal }: Attempt, tell: (line: string) => void): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const type = failureTypeOf(error);
      if (type === null || !failureTypes[type].retry || tried === tries) throw error;
      tell(`  trying again: ${messageOf(error)}`);
      await clock.sleep(Math.min(500 * 2 ** tried, 15_000), signal);
    }
  }
}

/** A repair is no activity: nobody hears its heartbeats but the person who runs it. */
function attemptOf(signal: AbortSignal, tell: (line: string) => void): Attempt {
  let last = '';
  return {
    signal,
    resumed: undefined,
    isRetry: false,
    heartbeat(details) {
      const { waitingFor } = (details ?? {}) as { readonly waitingFor?: unknown };
      if (typeof waitingFor !== 'string' || waitingFor === last) return;
      last = waitingFor;
      tell(`  waiting: ${waitingFor}`);
    },
    mayWrite: () => undefined,
    wasRefused: () => undefined,
    isStopRequested: () => false,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
