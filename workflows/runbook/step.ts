import type { AttestationId } from './attestations';
import type { Announcement, RunFacts } from './announcing';
import type { Activities, MigrationsState, TakeReceipt, TakeRequest, Undo, UndoReceipt, Write } from './contract';
import type { Verdict } from './judge/judge';
import type { FollowUpsBegun } from './post-deployment/follow-up';
import type { PolicyName } from './policies';
import type { DeploymentRequest, Release } from './release';
import type { Releases } from './rollback/released';
import type { Milliseconds, Percent, Spec, WindowsSpec } from './spec';
import type { UndoRank } from './target';

/** Names of the activities that take an `In` and give an `Out`. */
export type Doing<In, Out> = {
  [K in keyof Activities]: Activities[K] extends (input: infer Input) => Promise<infer Output>
    ? [In] extends [Input]
      ? [Output] extends [Out]
        ? K
        : never
      : never
    : never;
}[keyof Activities];

interface StepBase<In> {
  /** Unique, stable: part of idempotency keys and activity ids. Starts with its section's id. */
  readonly id: string;
  readonly title: string;
  readonly policy: PolicyName;
  /** One short line: the label in the web UI. */
  readonly summary: (input: In) => string;
  /** How long it usually takes. */
  readonly takes: (input: In) => Milliseconds;
  /** What happens when its retries are used up. */
  readonly ifItFails: 'ask' | 'ask, then go on' | 'roll back' | 'go on';
  /** What the plan says beside the step, where an operator would otherwise expect something else. */
  readonly notes?: readonly string[] | undefined;
}

/** Reads what the script needs to know. */
export interface Lookup<In, Out> extends StepBase<In> {
  readonly kind: 'lookup';
  readonly does: Doing<In, Out>;
  /** Its section, where that is not the one that runs. */
  readonly section?: string;
  /** Deployments that were begun before the runbook had it go on with what an offline plan knows. */
  readonly since?: string;
  /** What an offline plan knows instead; with `go on` also what is gone on with where it could not be read. */
  readonly planned: (input: In, request: DeploymentRequest) => Out;
}

/** Looks and judges, changes nothing. May be skipped by a person, with a reason. */
export interface Check<In, Out> extends StepBase<In> {
  readonly kind: 'check';
  readonly does: Doing<In, Out>;
  /** The receipt in a few words, with the number that matters. */
  readonly receipt: (out: Out) => string;
  /** What people are left with where nobody decides on its failure: what is not well, and how they see that it is again. */
  readonly unwell?: (input: In) => { readonly subject: string; readonly byHand: string };
  /** Its receipt is a measurement against limits of its own: announcements tell it as a benchmark. */
  readonly measures?: true;
}

/** Changes the world: captured, remembered, applied, read back. */
export interface Change<In, State> extends StepBase<In> {
  readonly kind: 'change';
  readonly capture: Doing<In, State>;
  readonly apply: Doing<Write<In, State>, State>;
  readonly undo: Doing<Undo<In, State>, UndoReceipt>;
  /** What is being changed. The saga keeps only the first snapshot of each subject. */
  readonly subject: (input: In) => string;
  readonly rank: UndoRank;
  /** What the undo does, in the operator's words. */
  readonly undoes: (input: In) => string;
  /** How long the undo usually takes, where it is no single write. */
  readonly undoTakes?: (input: In) => Milliseconds;
  /** The command that finishes the undo by hand. */
  readonly byHand: (to: State, input: In) => string;
  /** What of the state before is kept for the undo, where not all of it is needed. */
  readonly keeps?: (before: State) => State;
  /** The candidate's share once applied, for views and search attributes. */
  readonly share?: (input: In) => Percent;
  /** Its share cannot be taken back in part. */
  readonly isWhole?: true;
  /** Production is touched: from here on no superseding. */
  readonly production: boolean;
  /** The commit point: once it is asked for, the release is what serves. */
  readonly commits?: true;
  /** Whoever performs it has no credentials of the cluster: the change is put on record for it, and its reads and its undo are called so. */
  readonly apart?: { readonly read: PolicyName; readonly undo: PolicyName };
  /** Names of the migrations that it applies. */
  readonly migrates?: (before: State) => readonly string[];
  /** It makes an object: a creation on its way cannot be fenced off by its undo, so that an abort waits for its answer. */
  readonly creates?: true;
}

/** Changes the world for good: cannot be undone, harmless if left, listed in the report. */
export interface ForwardOnly<In, Out> extends StepBase<In> {
  readonly kind: 'forward-only';
  readonly does: Doing<In, Out>;
  readonly receipt: (out: Out) => string;
  /** Production is touched: from here on no superseding. */
  readonly production: boolean;
  /** Names of the migrations that it applies. */
  readonly migrates?: (input: In) => readonly string[];
  /** What stays, and why it may. */
  readonly stays: (input: In) => string;
  /**
   * What is left to people where it was begun and is not seen to end: the subject, and how they go on from it. Absent: begun or not, it is harmless.
   * A step that has it cannot be skipped.
   */
  readonly unfinished?: (input: In) => { readonly subject: string; readonly byHand: string };
}

/** Takes the lock of the target: from here on every production write belongs to it and is recorded beside it. */
export interface Lock extends StepBase<TakeRequest> {
  readonly kind: 'lock';
  readonly receipt: (out: TakeReceipt) => string;
}

/** Begins the follow-ups: a workflow of their own, which outlives the deployment. Not worth putting a release back for. */
export interface FollowUps extends Pick<StepBase<FollowUpsBegun>, 'id' | 'title' | 'summary' | 'takes'> {
  readonly kind: 'follow-ups';
  readonly stays: (begun: FollowUpsBegun) => string;
}

/** The deployment waits for people. */
export interface Gate {
  readonly kind: 'gate';
  readonly id: string;
  readonly title: string;
  readonly approvals: number;
  readonly roles: readonly string[];
  readonly expires: Milliseconds;
  /** Ends in one word what expiry means. */
  readonly onExpiry: 'rollback';
  /** It opens beside the one to production, and its notices are told apart from that one's. */
  readonly besides?: true;
}
/** What exactly is approved. */
export interface GateSubject {
  /** The release digest. */
  readonly digest: string;
  readonly shows: readonly string[];
  /** What changed since a voided approval; empty at the first opening. */
  readonly changed: readonly string[];
}

/** The deployment waits until production fits into a window. */
export interface WindowWait {
  readonly kind: 'window';
  readonly id: string;
  readonly title: string;
  readonly windows: WindowsSpec;
}

/** A durable wait with a verdict at every sample. */
export interface Watch {
  readonly kind: 'watch';
  readonly id: string;
  readonly title: string;
  readonly window: Milliseconds;
  readonly share: Percent;
  /** What the plan says beside it. */
  readonly notes?: readonly string[];
}

/** A standstill on the way: it goes on only when somebody says so. */
export interface Standstill {
  readonly id: string;
  readonly title: string;
  /** What people decide on. */
  readonly reason: string;
}

/** Whether a step is the one of that id, or one of the section of that id. */
export function isPartOf(id: string, whole: string): boolean {
  return id === whole || id.startsWith(`${whole}.`);
}

/** A step or a section in words: the runbook's number first, where its id has one. */
export function numbered(id: string, words: string): string {
  const [number] = /^\d+\.\d+/.exec(id) ?? [];
  return number === undefined ? words : `${number} ${words}`;
}

/** What the web UI shows: the runbook's number, where the step has one, and what is done. */
export function labelOf<In>({ id, summary }: { readonly id: string; readonly summary: (input: In) => string }, input: In): string {
  return numbered(id, summary(input));
}

/** Why a section, or a line or attestation by its id, is left out: the spec's own reason, or the runbook's; null where it is not. */
export function offReason({ id, without }: Pick<Section, 'id' | 'without'>, spec: Spec): string | null {
  return spec.off[id] ?? without?.(spec) ?? null;
}

/** One line of the runbook's table of contents, in its own file. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly phase: Phase;
  /** Deployments that were begun before the runbook had this section do not run it. */
  readonly since?: string;
  /** Why it does not apply to a spec; null where it does. */
  readonly without?: (spec: Spec) => string | null;
  /** It must lie in a deployment window: from the first production write to the end of the selector's watch. */
  readonly inWindow?: true;
  readonly run: (runbook: Runner, context: Context) => Promise<void>;
}
export type Phase =
  'before: checklist' | 'phase 1: staging' | 'before: team' | 'window' | 'phase 2: production' | 'rollback' | 'after: follow-ups';

/** One line of the checklist: a check that is made beside all others, and whose failure is told with theirs. */
export interface ChecklistLine {
  /** An id of the closed list, or a criterion of the spec. */
  readonly id: string;
  readonly title: string;
  /** Why it does not apply to a spec; null where it does. */
  readonly without?: (spec: Spec) => string | null;
  perform(checker: Checker): Promise<void>;
}

/** What makes the checks of a checklist, and judges what needs no look at the world. */
export interface Checker extends Pick<Runner, 'check'> {
  prove(proof: Proof): Promise<void>;
}
/** Judged on what the deployment itself has done and measured. */
export interface Proof {
  readonly id: string;
  readonly title: string;
  /** What is looked at, for the plan. */
  readonly what: string;
  readonly judge: (facts: RunFacts) => Verdict;
}

/** What every section reads: the request, and the release as it was resolved. */
export interface Context {
  readonly request: DeploymentRequest;
  readonly release: Release;
  /** The migrations as people have seen them: nothing else is applied. Absent where nobody was asked. */
  readonly migrations?: MigrationsState;
}

/** All that a runbook can ask for. The Temporal runner performs it, the planning runner takes notes. */
export interface Runner {
  /** Runs a section, or records why it is switched off. */
  section(section: Section, context: Context): Promise<void>;
  look<In, Out>(step: Lookup<In, Out>, input: In): Promise<Out>;
  check<In, Out>(step: Check<In, Out>, input: In): Promise<void>;
  change<In, State>(step: Change<In, State>, input: In): Promise<void>;
  forwardOnly<In, Out>(step: ForwardOnly<In, Out>, input: In): Promise<void>;
  /**
   * `entries` of the request are filled in with what was changed so far. Where time has passed since it was asked for, what was approved is looked
   * at again: false where `differences` then finds some, and the lock is not taken. Held, the same is looked at after every wait before the first
   * write, and what differs ends the deployment.
   */
  lock(step: Lock, request: Omit<TakeRequest, 'entries'>, differences: () => Promise<readonly string[]>): Promise<boolean>;
  watch(watch: Watch, context: Context): Promise<void>;
  /** Answers with who has approved. */
  approve(gate: Gate, subject: GateSubject, context: Context): Promise<readonly string[]>;
  /**
   * Makes all checks side by side and collects what fails; then people are asked once: retry what failed, or waive it line by line.
   * Lines that the spec has switched off are not made.
   */
  checklist(lines: readonly ChecklistLine[], context: Context): Promise<void>;
  /**
   * Asks people for what no machine can look at: for all of it at once, each owner in time. Ends when each is attested or waived; what expires
   * has the outcome that the spec declares. Those that the spec does not ask for are not asked.
   */
  attested(ids: readonly AttestationId[], context: Context): Promise<void>;
  /** Waits until everything that must lie in a window fits into one. True where time has passed: what was read before is to be read again. */
  awaitWindow(wait: WindowWait, context: Context): Promise<boolean>;
  /** Tells the spec's sinks, in order, once per key. Never waits for them, and never fails. */
  announce(announcement: Announcement): Promise<void>;
  /** Stands still, under guard, until people say that it goes on; what was said beforehand counts. Its deadline rolls back. */
  goOn(standstill: Standstill): Promise<void>;
  /** What this deployment leaves on record as healthy once it has succeeded: what a later rollback may go back to. */
  releases(releases: Releases, says?: string): void;
  followUps(step: FollowUps, begun: FollowUpsBegun): Promise<void>;
  /** Starts all of them and waits for all; every failure is told, not only the first. */
  together(steps: readonly (() => Promise<void>)[]): Promise<void>;
}
