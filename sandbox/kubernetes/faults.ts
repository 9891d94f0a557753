import { controllerManager } from './ledger';

/** Which requests a fault is for; what is absent matches all. */
export interface FaultMatch {
  readonly verb?: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  /** Plural name, for example `services`. */
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Writes of our own controllers are only hit by faults that name the manager `controller`. */
  readonly manager?: string;
}

export type Effect =
  /** Answers without doing anything, or after doing what was asked. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly reason?: string;
      readonly message?: string;
      readonly applied?: boolean;
    }
  /** Closes the connection without an answer, before or after doing what was asked. */
  | { readonly kind: 'drop'; readonly applied: boolean }
  /** Waits, in milliseconds, then goes on as usual. */
  | { readonly kind: 'delay'; readonly milliseconds: number };

export interface Fault {
  readonly match: FaultMatch;
  readonly effect: Effect;
  /** Only the nth matching request, counted from 1; absent: each. */
  readonly nth?: number;
  /** At most so many requests; absent: no limit. */
  readonly times?: number;
}
export interface FaultHandle {
  /** How many requests it has hit. */
  hits(): number;
  remove(): void;
}
/** What is asked, as faults see it. */
export type Asked = Required<Omit<FaultMatch, 'verb'>> & { readonly verb: string };

interface Row {
  readonly fault: Fault;
  seen: number;
  hits: number;
}

/** The faults that are switched on. Mutable. */
export class Faults {
  private readonly rows = new Set<Row>();

  add(fault: Fault): FaultHandle {
    const row: Row = { fault, seen: 0, hits: 0 };
    this.rows.add(row);
    return { hits: () => row.hits, remove: () => void this.rows.delete(row) };
  }

  clear(): void {
    this.rows.clear();
  }

  list(): readonly (Fault & { readonly hits: number })[] {
    return [...this.rows].map(({ fault, hits }) => ({ ...fault, hits }));
  }

  /** The effects that a request meets, in the order they were added. Counts the request. */
  meet(asked: Asked): readonly Effect[] {
    return [...this.rows].filter((row) => isMeant(row.fault.match, asked) && takes(row)).map((row) => row.fault.effect);
  }
}

function isMeant(match: FaultMatch, asked: Asked): boolean {
  if (asked.manager === controllerManager && match.manager !== controllerManager) return false;
  return Object.entries(match).every(([field, value]) => value === undefined || asked[field as keyof Asked] === value);
}

function takes(row: Row): boolean {
  row.seen += 1;
  const { nth, times } = row.fault;
  const hit = (nth === undefined || row.seen === nth) && (times === undefined || row.hits < times);
  if (hit) row.hits += 1;
  return hit;
}
