import type { SelectorChange, TrafficChange, WorkloadChange } from '../workflows/runbook/contract';
import type { Drift } from '../workflows/runbook/judge/evidence';
import type { Hold, RecordEntry } from '../workflows/runbook/target';
import type { Ports } from './ports';
import { epochOf } from './safe-write';
import { selectorDrift } from './selector';
import { readRecord, recordReference } from './target-record';
import { trafficDrift } from './traffic';
import { workloadDrift } from './workloads';

type Looker = (ports: Ports, change: never) => Promise<string | null>;

/** How each kind of subject is compared with what was asked for last. Flags are immutable, replicas are an autoscaler's to change. */
const lookers: Readonly<Record<string, Looker>> = {
  restoreTraffic: (ports, change: TrafficChange) => trafficDrift(ports, change),
  restoreSelector: ({ kubernetes }, change: SelectorChange) => selectorDrift(kubernetes, change),
  restoreWorkload: ({ kubernetes }, change: WorkloadChange) => workloadDrift(kubernetes, change),
};

/**
 * What of the record's production subjects is not any more as it was written; null where all is, or where the cluster does not say: a watch is
 * not ended by a cluster that is silent for a moment, and the next write compares again.
 */
export async function findDrift(ports: Ports, hold: Hold, adopted: readonly string[]): Promise<Drift | null> {
  const { kubernetes } = ports;
  try {
    const configMap = await kubernetes.read(recordReference(hold));
    const epoch = epochOf(configMap?.meta, hold);
    if (epoch > hold.epoch) {
      const words = `the target was taken over: epoch ${epoch}, held was ${hold.epoch}`;
      return { subject: hold.name, words, isTakenOver: true };
    }
    const entries = readRecord(configMap)?.entries ?? [];
    const watched = entries.filter(({ production, subject }) => production && !adopted.includes(subject));
    const found = await Promise.all(watched.map((entry) => look(ports, entry)));
    return found.find((drift) => drift !== null) ?? null;
  } catch {
    return null;
  }
}

async function look(ports: Ports, { undo, change, subject }: RecordEntry): Promise<Drift | null> {
  const words = (await lookers[undo]?.(ports, change as never)) ?? null;
  return words === null ? null : { subject, words: `${subject} ${words}` };
}
