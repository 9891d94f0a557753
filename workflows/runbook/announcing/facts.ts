import type { Exposure, Leftover, Message } from '../announcements';
import type { SampleTally } from '../judge/evidence';
import type { PlanTotals } from '../plan';
import type { DeploymentRequest, Release } from '../release';
import type { Milliseconds, NoticeKind, Percent } from '../spec';
import type { Row } from '../view';

/** One message to come. Sent once per deployment and key. */
export interface Announcement {
  readonly kind: NoticeKind;
  /** Part of the idempotency key: `deploymentId/key`. */
  readonly key: string;
  /** Told again under the same key where this differs. */
  readonly again?: string;
  /** What the plan calls it. */
  readonly title: string;
  readonly write: (facts: RunFacts) => Message;
  /** Deployments that were begun before there were announcements tell it too. */
  readonly isOld?: true;
}

/** Epoch milliseconds. */
export interface Interval {
  readonly from: number;
  readonly until: number;
}

/** What is known of a run at one moment: measured, or read from its plan. Times are epoch milliseconds of workflow time. */
export interface RunFacts {
  readonly request: DeploymentRequest;
  /** Null until it is resolved. */
  readonly release: Release | null;
  readonly now: number;
  readonly startedAt: number;
  readonly plan: PlanTotals;
  readonly rows: readonly Row[];
  /** How long each section was planned to take, by id; 0 where people or a window are waited for. */
  readonly planned: Readonly<Record<string, Milliseconds>>;
  /** When the deployment was paused, or waited for the answer to a question; those that are over. */
  readonly stood: readonly Interval[];
  /** The candidate's share as last set. */
  readonly share: Percent;
  readonly watches: readonly { readonly title: string; readonly tally: SampleTally }[];
  /** Receipts of checks that measure against limits of their own. */
  readonly benchmarks: readonly string[];
  readonly exposure: readonly Exposure[];
  readonly waivers: readonly string[];
  /** Of a rollback: what was not found well where it went, and nobody has decided on. */
  readonly unwell: readonly Leftover[];
}
