import { codeLineNames, type CodeLineName } from '../workflows/runbook/pre-deployment/ids';
import { monitoringGroups } from '../workflows/runbook/monitoring';
import type { Percent } from '../workflows/runbook/spec';

/**
 * What can be made to go wrong with the application: its answers and its pods; and by the group of the monitoring, the values that it tells of
 * itself and of what it stands on.
 */
export const faultKinds = ['errors', 'latency', 'cache', 'crash', ...monitoringGroups] as const;
export type FaultKind = (typeof faultKinds)[number];
/** What can be made to go wrong with the release's commit: it then fails that line of the checklist. */
export const codeFaultKinds = codeLineNames;
export const isCodeFault = (kind: Fault['kind']): kind is CodeLineName => (codeFaultKinds as readonly string[]).includes(kind);

/** What can be made to go wrong beside the application: it stays so until it is cleared. */
export const standingKinds = ['alert-rule', 'alert', 'backup', 'certificate', 'dashboard', 'flag', 'migration', 'redis'] as const;
export type StandingKind = (typeof standingKinds)[number];

export interface Fault {
  readonly kind: FaultKind | CodeLineName | StandingKind;
  /** Only pods of this colour; absent: of the colour that reaches `atShare`, or of every colour. */
  readonly colour?: string;
  /** Only pods of this version. */
  readonly version?: string;
  /** Absent: production. */
  readonly where?: Where;
  /** Switches on when a colour's share in the route rises to exactly this. */
  readonly atShare?: Percent;
  /** Fraction of the answers that it spoils; each kind has its own default. */
  readonly rate?: number;
}
export type Where = 'production' | 'staging';

/** How much a fault spoils where it does not say. */
export const usualRates: Readonly<Record<FaultKind, number>> = {
  errors: 0.4,
  latency: 0.9,
  cache: 0.9,
  crash: 1,
  deployment: 1,
  application: 1,
  business: 1,
  infrastructure: 1,
};

/** A fault as it stands. Times are epoch milliseconds. */
export interface FaultState {
  readonly fault: Fault;
  readonly on: boolean;
  /** The colour that it fell upon, null for every colour or while it is armed. */
  readonly colour: string | null;
  readonly onAt: number | null;
  /** When the first answer was spoiled, or the first pod fell. */
  readonly firstBadAt: number | null;
}

/** Who asks whether a fault concerns it. */
export interface Suspect {
  readonly where: Where;
  readonly colour: string | null;
  readonly version: string;
}

/** Says yes for a fraction of the questions. */
type Turn = (fraction: number) => boolean;
type Turns = Readonly<Record<'errors' | 'latency' | 'hits', Turn>>;

/** The faults that are set. Mutable, and the only place where they are kept. */
export class Faults {
  private states: readonly FaultState[] = [];
  private shares: Readonly<Record<string, Percent>> = {};
  private listeners: readonly (() => void)[] = [];
  private readonly turns = new Map<string, Turns>();

  set(fault: Fault): void {
    const on = fault.atShare === undefined;
    this.states = [
      ...this.states,
      { fault, on, colour: on ? (fault.colour ?? null) : null, onAt: on ? Date.now() : null, firstBadAt: null },
    ];
    this.tell();
  }

  clear(): void {
    this.states = [];
    this.tell();
  }

  all(): readonly FaultState[] {
    return this.states;
  }

  /** Tells the shares that the route gives now: an armed fault falls upon the colour that rose to its share. */
  sharesAre(shares: Readonly<Record<string, Percent>>): void {
    const before = this.shares;
    this.shares = shares;
    const rose = (colour: string, to: Percent): boolean => isShare(shares[colour] ?? 0, to) && (before[colour] ?? to) < to - tolerance;
    this.states = this.states.map((state) => {
      const { atShare, colour: only } = state.fault;
      if (state.on || atShare === undefined) return state;
      const colour = Object.keys(shares).find((name) => (only === undefined || only === name) && rose(name, atShare));
      return colour === undefined ? state : { ...state, on: true, colour, onAt: Date.now() };
    });
    this.tell();
  }

  /** What is wrong beside the application. */
  standing(): ReadonlySet<StandingKind> {
    return new Set(standingKinds.filter((kind) => this.states.some(({ fault, on }) => on && fault.kind === kind)));
  }

  /** The fraction that a kind of fault spoils for this pod; 0 where it is well. */
  rate(kind: FaultKind, suspect: Suspect): number {
    const rates = this.states.filter((state) => concerns(state, kind, suspect)).map(({ fault }) => fault.rate ?? usualRates[kind]);
    return Math.max(0, ...rates);
  }

  /** Whose turn it is among all pods of a colour: they share one cache and one fate, so that few answers tell as much as many. */
  turnsOf({ where, colour }: Suspect): Turns {
    const key = `${where} ${colour ?? ''}`;
    const turns = this.turns.get(key) ?? { errors: evenly(), latency: evenly(), hits: evenly() };
    this.turns.set(key, turns);
    return turns;
  }

  /** An answer was spoiled, or a pod fell. */
  spoiled(kind: FaultKind, suspect: Suspect): void {
    const now = Date.now();
    this.states = this.states.map((state) =>
      state.firstBadAt === null && concerns(state, kind, suspect) ? { ...state, firstBadAt: now } : state,
    );
  }

  /** Waits until what is asked is true, or until the signal says that nobody waits any more. */
  async until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isTrue() && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.listeners = this.listeners.filter((listener) => listener !== done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.listeners = [...this.listeners, done];
        signal.addEventListener('abort', done);
      });
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Shares come from integer weights, so that they may miss a whole percentage by a little. */
const tolerance = 0.5;
const isShare = (share: Percent, wanted: Percent): boolean => Math.abs(share - wanted) < tolerance;

function concerns({ fault, on, colour }: FaultState, kind: FaultKind, suspect: Suspect): boolean {
  return (
    on &&
    fault.kind === kind &&
    (fault.where ?? 'production') === suspect.where &&
    (colour === null || colour === suspect.colour) &&
    (fault.version === undefined || fault.version === suspect.version)
  );
}

/** Says yes for a fraction of the questions, spread evenly and without chance. */
export function evenly(): Turn {
  let debt = 0;
  return (fraction) => {
    debt += fraction;
    if (debt < 1 - 1e-9) return false;
    debt -= 1;
    return true;
  };
}
