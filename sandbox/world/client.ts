import type { Fault, FaultState } from '../faults';
import type { LedgerEntry } from '../kubernetes';
import type { Tally } from '../load/tally';
import type { Notice } from '../sink/sink';
import type { Snapshot } from '../snapshot';

/** What can be seen of a running sandbox, and done to it, from this process or another. */
export interface SandboxControl {
  stats(): Promise<Stats>;
  /** Every attempt to write to the Kubernetes API, oldest first. */
  ledger(): Promise<readonly LedgerEntry[]>;
  snapshot(): Promise<Snapshot>;
  /** Notices that the sink received. */
  notices(): Promise<readonly Notice[]>;
  setFault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
}

/** The figures of the moment. Times are epoch milliseconds. */
export interface Stats {
  readonly startedAt: number;
  readonly production: Tally;
  readonly staging: Tally;
  readonly inCluster: Tally;
  /** Percentage by colour, as the route says. */
  readonly shares: Readonly<Record<string, number>>;
  /** Ready pods behind each colour's own Service. */
  readonly ready: Readonly<Record<string, number>>;
  readonly faults: readonly FaultState[];
}

/** Talks to a sandbox in another process by its control address. */
export function connectSandbox(url: string): SandboxControl {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(url + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`The sandbox answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    stats: () => ask('GET', '/stats'),
    ledger: () => ask('GET', '/ledger'),
    snapshot: () => ask('GET', '/snapshot'),
    notices: () => ask('GET', '/notices'),
    setFault: async (fault) => {
      await ask('POST', '/faults', fault);
    },
    clearFaults: async () => {
      await ask('DELETE', '/faults');
    },
  };
}
