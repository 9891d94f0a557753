import type { AttestationId } from './attestations';
import type { Delivery } from './contract';
import type { RollbackWish } from './rollback/level';
import type { ContactLevel, Milliseconds, NoticeKind, Percent } from './spec';

/** The name of the query that answers with where a deployment stands. */
export const STATUS_QUERY = 'status';

/** Where a deployment stands: what `status` and `watch` show, answered by the workflow's query. Times are epoch milliseconds of workflow time. */
export interface DeploymentView {
  readonly deploymentId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** It is a rollback of an earlier deployment; absent: a deployment. */
  readonly rollback?: RollbackWish;
  readonly requester: string;
  readonly state: DeploymentState;
  readonly phase: string;
  readonly startedAt: number;
  /** Forecast from the plan's remaining estimates; null once it has ended. */
  readonly endsAt: number | null;
  readonly planDigest: string;
  readonly releaseDigest: string | null;
  /** What is released, once it is resolved. */
  readonly release?: ReleaseView;
  readonly candidate: ColourView | null;
  readonly live: ColourView | null;
  /** The candidate's share as last set and read back. */
  readonly share: Percent;
  readonly rows: readonly Row[];
  readonly gate: GateView | null;
  /** The window that production waits for or lies in; null while none is chosen, and once nothing must lie in it any more. */
  readonly window?: WindowView | null;
  /** What was asked for beside the standard runbook. */
  readonly asked?: AskedView;
  readonly attention: AttentionView | null;
  /** Until when it may last; absent where it lasts for ever, as it does for those that were begun before a pause had an end. */
  readonly paused: { readonly by: string; readonly since: number; readonly until?: number } | null;
  /** What would be undone if it stopped now, in the order in which it would be. */
  readonly ifStoppedNow: readonly string[];
  /** The kubectl commands that would do it without this tool, in the same order. */
  readonly byHand: readonly string[];
  readonly undos: readonly UndoView[];
  /** Refused messages that came as signals, newest last, at most five. */
  readonly refusals: readonly string[];
  /** What people decided, oldest first. */
  readonly decisions: readonly Decision[];
  /** How many decisions between the first and the newest are not listed; the history has them all. */
  readonly unlisted: number;
  /** What people attest: all that was asked for so far, in that order. */
  readonly attestations?: readonly AttestationView[];
  /** What was skipped or waived so far, by whom and why. */
  readonly waivers: readonly string[];
  /** What people were told, oldest first; absent where the worker knows of no announcements. */
  readonly notices?: readonly NoticeView[];
  /** Whom it calls now, and who has acknowledged. */
  readonly alarms?: readonly AlarmView[];
  readonly report: DeploymentReport | null;
}
export type DeploymentState =
  | 'running'
  | 'waiting for approval'
  | 'waiting for attestations'
  | 'waiting for its window'
  | 'needs attention'
  | 'paused'
  | 'unwinding'
  | 'ended';
export interface ColourView {
  readonly colour: string;
  /** Image as shown to people: version tag or short digest. */
  readonly image: string;
}

/** What is released, beside what: the facts of a resolved release that a report names. */
export interface ReleaseView {
  readonly tag: string;
  readonly commit: string;
  /** By digest. */
  readonly image: string;
  readonly candidate: ColourBefore;
  readonly live: ColourBefore;
  /** The ConfigMap of the release's flags; null where it has none. */
  readonly flags: string | null;
}
/** A colour as it was when the release was resolved. */
export interface ColourBefore {
  readonly colour: string;
  readonly deployment: string;
  readonly image: string;
}

/** One line of the live runbook: a section, or a step below it. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly state: RowState;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** How long it is meant to take, for a watch that runs. */
  readonly window: Milliseconds | null;
  /** A watch's window as it was planned, before anybody made it longer. */
  readonly planned?: Milliseconds;
  /** The receipt, the reason, or the number that matters. */
  readonly note: string;
  readonly children: readonly Row[];
}
export type RowState = 'pending' | 'running' | 'done' | 'failed' | 'skipped' | 'off';

export interface GateView {
  readonly id: string;
  readonly title: string;
  readonly approvals: number;
  readonly roles: readonly string[];
  /** Who may approve: people by role, without the requester. */
  readonly candidates: readonly string[];
  readonly approved: readonly { readonly by: string; readonly at: number; readonly comment: string }[];
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly onExpiry: string;
  readonly digest: string;
  readonly shows: readonly string[];
  readonly changed: readonly string[];
}

/** A deployment window as production uses it; times are epoch milliseconds. */
export interface WindowView {
  readonly name: string;
  readonly opens: number;
  readonly closes: number;
  /** What must fit: run, buffer and the longest way back; milliseconds. */
  readonly needs: Milliseconds;
  /** Zones in which its times are shown beside UTC. */
  readonly timeZones: readonly string[];
  readonly waiting: boolean;
  /** It has closed, and not everything that must lie in it is done. */
  readonly isOver: boolean;
  /** Why it has not begun; empty once it has. */
  readonly why: string;
  /** Forecast of the moment from which nothing must lie in it any more; null while it is waited for. */
  readonly endsAt: number | null;
}
export interface AskedView {
  readonly profile?: string;
  /** Why no window was waited for. */
  readonly emergency?: string;
  /** What is done otherwise than by the standard runbook, one sentence each. */
  readonly leftOut: readonly string[];
}

/** Those of a gate's candidates who have not approved yet. */
export function stillToApprove({ candidates, approved }: Pick<GateView, 'candidates' | 'approved'>): readonly string[] {
  return candidates.filter((candidate) => !approved.some(({ by }) => candidate.startsWith(`${by} (`)));
}

/** A step or an undo that waits for a decision. */
export interface AttentionView {
  /** Step id, or `undo:<subject>`. */
  readonly step: string;
  readonly title: string;
  readonly reason: string;
  readonly since: number;
  readonly deadline: number;
  readonly onDeadline: string;
  /** `abort` in a rollback, which is not rolled back itself. */
  readonly choices: readonly ('retry' | 'adopt' | 'skip' | 'waive' | 'rollback' | 'abort' | 'extend')[];
  /** Where several lines of a checklist failed: each with its own sentence, and who has waived it. */
  readonly lines?: readonly FailedLine[];
}
export interface FailedLine {
  readonly id: string;
  readonly title: string;
  readonly reason: string;
  readonly waived: string | null;
}

/** Something that a person says because no machine can look. */
export interface AttestationView {
  readonly id: AttestationId;
  readonly title: string;
  /** The role that answers for it, and who holds it. */
  readonly owner: string;
  readonly people: readonly string[];
  /** `closed`: the deployment ended before anybody said it. */
  readonly state: 'open' | 'attested' | 'waived' | 'expired' | 'closed';
  readonly openedAt: number;
  readonly dueAt: number;
  readonly onExpiry: string;
  /** Who attested or waived it, when, and with which word. */
  readonly by: string | null;
  readonly at: number | null;
  readonly note: string;
  /** When its waiver ends. */
  readonly until: number | null;
}

/** One message, and what became of it at each sink. At least once: a lost answer makes a repeat possible, and is told. */
export interface NoticeView {
  readonly kind: NoticeKind;
  readonly key: string;
  readonly at: number;
  readonly subject: string;
  readonly sinks: readonly SinkView[];
}
export interface SinkView {
  readonly name: string;
  readonly result: Delivery['result'] | 'under way';
  readonly note: string;
}

/** Something for which contacts are called, one after another, until it is over or somebody acknowledges. */
export interface AlarmView {
  readonly id: string;
  readonly title: string;
  readonly reason: string;
  readonly since: number;
  readonly called: readonly { readonly level: ContactLevel | null; readonly name: string; readonly at: number }[];
  /** Who is called when, unless somebody acknowledges; null where nobody is left. */
  readonly next: { readonly level: ContactLevel | null; readonly name: string; readonly at: number } | null;
  readonly acknowledged: { readonly by: string; readonly at: number } | null;
}

export interface UndoView {
  readonly subject: string;
  readonly title: string;
  readonly state: 'pending' | 'running' | 'done' | 'left';
  readonly note: string;
  readonly byHand: string;
}

export interface Decision {
  readonly what: string;
  readonly by: string;
  readonly at: number;
  readonly comment: string;
  /** What it was given for: gate or step. */
  readonly on: string;
}

export const outcomes = ['SUCCEEDED', 'SUCCEEDED_WITH_WAIVERS', 'ROLLED_BACK', 'ROLLBACK_INCOMPLETE', 'FAILED', 'EXPIRED'] as const;
export type Outcome = (typeof outcomes)[number];

/** How the deployment ended: the workflow's result. It always completes with one. */
export interface DeploymentReport {
  readonly deploymentId: string;
  readonly outcome: Outcome;
  /** The one sentence. */
  readonly reason: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** It was a rollback of an earlier deployment; absent: a deployment. */
  readonly rollback?: RollbackWish;
  readonly requester: string;
  readonly asked?: AskedView;
  readonly releaseDigest: string | null;
  readonly release?: ReleaseView;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly rows: readonly Row[];
  readonly decisions: readonly Decision[];
  readonly unlisted: number;
  readonly undone: readonly { readonly subject: string; readonly title: string; readonly note: string }[];
  /** What could not be put back, with the command that does it. */
  readonly left: readonly { readonly subject: string; readonly reason: string; readonly byHand: string }[];
  /** It went where it was asked to, and was not found well there: `left` says what of it. */
  readonly unwell?: true;
  /** Changes that stay by their nature. */
  readonly forwardOnly: readonly string[];
  /** Names of the migrations that it was to apply, oldest first; absent: none. */
  readonly migrations?: readonly string[];
  readonly attestations?: readonly AttestationView[];
  readonly waivers: readonly string[];
  /** Why no file of this report was kept; absent where one was. */
  readonly unkept?: string;
  /** What people were told, oldest first; absent from deployments that were begun before there were announcements. */
  readonly notices?: readonly NoticeView[];
}
