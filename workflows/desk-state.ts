import type { Ending } from './endings';
import type { Heard } from './reception';
import type { Interval } from './runbook/announcing';
import type { DeploymentRequest } from './runbook/release';
import type { Percent } from './runbook/spec';
import type { AlarmView, AttestationView, AttentionView, FailedLine, GateView, UndoView } from './runbook/view';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
export interface OpenGate extends Omit<Writable<GateView>, 'approved'> {
  readonly approved: { by: string; at: number; comment: string }[];
}
/** A step or an undo that waits for a person, and what the person said. */
export interface OpenQuestion {
  readonly view: Omit<AttentionView, 'lines'> & { readonly lines?: readonly Writable<FailedLine>[] };
  answer: QuestionAnswer | null;
}
export interface QuestionAnswer {
  /** `leave`: nobody has answered, and it is gone on without. */
  readonly kind: 'retry' | 'skip' | 'adopt' | 'waive' | 'rollback' | 'leave' | Exclude<Retreat['then'], 'ask'>;
  readonly by: string;
  readonly comment: string;
}
export type OpenAttestation = Writable<AttestationView>;
/** What is let past a check, on a person's word and for a time. */
export interface Waiver {
  readonly item: string;
  readonly by: string;
  readonly comment: string;
  /** Afterwards it counts as none; null for the spec's own word, which holds for this deployment. */
  readonly until: number | null;
}
export type UndoState = Writable<UndoView> & { /** A person gave this undo up. */ skippedBy: string | null };

/** Contacts are called for it; the calls are in `escalation.ts`. */
export type OpenAlarm = Omit<Writable<AlarmView>, 'called'> & {
  readonly called: AlarmView['called'][number][];
  isOver: boolean;
};
/** A rung that the running deployment takes, and on whose word. */
export interface Retreat {
  readonly kind: 'partial' | 'flags';
  /** Who said it, or what comes after it. */
  by: string;
  /** After the watch of a partial rollback. */
  then: 'zero' | 'stay' | 'ask';
}

/** What people may know and change: every handler reads and writes only this. */
export interface DeskState extends Heard {
  readonly request: DeploymentRequest;
  gate: OpenGate | null;
  readonly questions: OpenQuestion[];
  paused: { by: string; since: number; until?: number } | null;
  /** Pauses and questions that are over. */
  readonly stood: Interval[];
  /** The watch that runs, by id, and the milliseconds by which people want it longer. */
  watching: string | null;
  extension: number;
  /**
   * Where the candidate stands in the ramp; null while it gets no traffic. Whole: the Service selector has moved, too. Committed: the release is
   * what serves, and is not taken back in steps any more.
   */
  ramp: { readonly share: Percent; readonly isWhole: boolean; readonly isCommitted: boolean } | null;
  /** A step back on the rollback ladder that somebody wants, and the one that is under way. */
  retreat: Retreat | null;
  retreating: Retreat | null;
  /** The candidate has the safe flags. */
  hasSafeFlags: boolean;
  /** The first word that ends the deployment. */
  ending: Ending | null;
  /** A person wants the way back at any price: from here on any ready endpoint of the old colour is enough. */
  hurried: boolean;
  /** Set when somebody takes over: from here on nothing is written. */
  handedOver: Ending | null;
  undos: UndoState[];
  readonly touchedProduction: () => boolean;
  readonly alarms: OpenAlarm[];
  /** What was skipped, in words; what was waived stands in `waived`. */
  readonly waivers: string[];
  readonly waived: Waiver[];
  readonly attestations: OpenAttestation[];
}

/** Nothing is paused any more. */
export function unpause(state: DeskState): void {
  if (state.paused) state.stood.push({ from: state.paused.since, until: Date.now() });
  state.paused = null;
}
