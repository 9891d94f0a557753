/** How an activity of each class is called. Numbers are milliseconds. */
export interface Policy {
  readonly startToClose: number;
  readonly heartbeat?: number;
  /** The longest that all attempts may take together, where nothing may wait for ever. */
  readonly giveUpAfter?: number;
  readonly queue: 'control' | 'exec';
  readonly retry: { readonly initial: number; readonly maximum: number; readonly attempts: number | 'until done' };
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const quickly = { initial: 500, maximum: 10 * second } as const;

export const policies = {
  /** A read of a cluster. */
  read: { startToClose: 30 * second, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 8 } },
  /** One short conditional write. */
  write: { startToClose: 30 * second, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 8 } },
  /** git and a registry, which may be far away. */
  transfer: { startToClose: 3 * minute, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 8 } },
  /** A traffic move: may first wait for the destination to settle. */
  shift: { startToClose: hour, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 8 } },
  /** One HTTP request that is judged. */
  probe: { startToClose: 30 * second, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 3 } },
  /** Many requests, judged together: beside the commands, away from the cluster's credentials. */
  compare: { startToClose: 2 * minute, heartbeat: 5 * second, queue: 'exec', retry: { ...quickly, attempts: 3 } },
  /** Waits for the world under a deadline of its own. */
  wait: { startToClose: 2 * hour, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 10 } },
  /** Samples for as long as a watch or a pause lasts. */
  sample: { startToClose: 30 * 24 * hour, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 'until done' } },
  /** One look of the follow-ups: samples for a moment; one that fails is one that is missing, and no more. */
  followUp: { startToClose: hour, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 5 } },
  /** A command or a load generator: long, not repeated on failure. */
  execute: { startToClose: 3 * hour, heartbeat: 5 * second, queue: 'exec', retry: { ...quickly, attempts: 3 } },
  /** Work on the database: long, away from the cluster's credentials. */
  database: { startToClose: 6 * hour, heartbeat: 5 * second, queue: 'exec', retry: { ...quickly, attempts: 3 } },
  /** The compensation of such work. */
  databaseUndo: {
    startToClose: 3 * hour,
    heartbeat: 5 * second,
    queue: 'exec',
    retry: { initial: 500, maximum: minute, attempts: 'until done' },
  },
  /** A compensation: keeps trying. */
  undo: {
    startToClose: 15 * minute,
    heartbeat: 5 * second,
    queue: 'control',
    retry: { initial: 500, maximum: minute, attempts: 'until done' },
  },
  /** Giving the lock up: for some three minutes of a cluster that does not answer. The world is as it shall be by then. */
  release: { startToClose: 20 * second, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 22 } },
  /** A notice: bounded, never in the way. It fails only with its worker: its retry sends what is not known to have arrived. */
  notice: { startToClose: minute, heartbeat: 5 * second, queue: 'control', retry: { ...quickly, attempts: 4 } },
  /** A question to Temporal itself, without whose answer nothing goes on. */
  recall: { startToClose: 20 * second, queue: 'control', retry: { initial: 500, maximum: minute, attempts: 'until done' } },
  /** The file of the report: the deployment has ended, and nobody waits for a disk. */
  keep: { startToClose: 15 * second, giveUpAfter: minute, queue: 'control', retry: { ...quickly, attempts: 3 } },
} as const satisfies Record<string, Policy>;
export type PolicyName = keyof typeof policies;
