import type { Undo, UndoReceipt } from './runbook/contract';
import type { PolicyName } from './runbook/policies';
import type { Releases } from './runbook/rollback/released';
import type { Change, Doing } from './runbook/step';
import { undoOrder, type Hold, type RecordEntry, type TargetPlace, type UndoRank } from './runbook/target';
import type { DeploymentReport } from './runbook/view';

/** One subject that was captured: how it was, and what we have asked for since. */
export interface Compensation<In = unknown, State = unknown> {
  readonly subject: string;
  readonly title: string;
  readonly rank: UndoRank;
  readonly production: boolean;
  readonly stepId: string;
  readonly undo: Doing<Undo<In, State>, UndoReceipt>;
  readonly undoPolicy: PolicyName;
  /** The first snapshot: what the undo writes back. */
  readonly to: State;
  readonly byHand: string;
  /** What we last asked for; null while nothing was asked, so that nothing is to be undone. */
  asked: In | null;
  /** A write of ours has succeeded: the record in the cluster has it. */
  isRecorded: boolean;
  /** The value that our next conditional write expects. */
  current: State;
}

/** One subject as the record keeps it, but for what was last asked for. */
export function entryOf({ subject, title, rank, production, stepId, undo, to, byHand }: Compensation): Omit<RecordEntry, 'change'> {
  return { subject, title, rank, production, stepId, undo, to, byHand };
}

/** What would be undone if the deployment stopped now. Mutable: with the desk and the board the only state there is. */
export class Saga {
  private readonly captured: Compensation[] = [];
  /** The lock that was asked for: perhaps held, to be given up at the end. */
  target: TargetPlace | null = null;
  /** The lock that is held. */
  hold: Hold | null = null;
  /** What is left on record as healthy once the deployment has succeeded. */
  releases: Releases | null = null;

  find<In, State>(subject: string): Compensation<In, State> | undefined {
    return this.captured.find((compensation) => compensation.subject === subject) as Compensation<In, State> | undefined;
  }

  /** Remembers how a subject was, before anything is written. The first snapshot wins. */
  remember<In, State>(step: Change<In, State>, input: In, before: State): Compensation<In, State> {
    const subject = step.subject(input);
    const known = this.find<In, State>(subject);
    if (known) return known;
    const to = step.keeps?.(before) ?? before;
    const compensation: Compensation<In, State> = {
      subject,
      title: step.undoes(input),
      rank: step.rank,
      production: step.production,
      stepId: step.id,
      undo: step.undo,
      undoPolicy: step.apart?.undo ?? 'undo',
      to,
      byHand: step.byHand(before, input),
      asked: null,
      isRecorded: false,
      current: to,
    };
    this.captured.push(compensation);
    return compensation;
  }

  /** Subjects whose value people have taken over from others. */
  readonly adopted: string[] = [];

  /** Goes on from what others set. Where nothing of ours was written yet it is also what is put back. */
  adopt<In, State>(step: Change<In, State>, input: In, found: State): void {
    const known = this.captured.findIndex(({ subject }) => subject === step.subject(input));
    const before = this.captured[known];
    if (!before) return;
    this.captured[known] =
      before.asked === null ? { ...before, to: found, byHand: step.byHand(found, input), current: found } : { ...before, current: found };
    if (!this.adopted.includes(before.subject)) this.adopted.push(before.subject);
  }

  /** A write of ours has succeeded: from here on what others set is theirs again, and is told. */
  wrote(subject: string): void {
    const at = this.adopted.indexOf(subject);
    if (at >= 0) this.adopted.splice(at, 1);
  }

  /** What is to be undone, in that order: traffic first, then workloads, flags, the rest; newest first within each. */
  get pending(): readonly Compensation[] {
    const attempted = this.captured.filter(({ asked }) => asked !== null).reverse();
    return undoOrder.flatMap((rank) => attempted.filter((compensation) => compensation.rank === rank));
  }

  /** What the record in the cluster must say. */
  get recorded(): readonly RecordEntry[] {
    return this.captured
      .filter(({ asked }) => asked !== null)
      .map((compensation) => ({ ...entryOf(compensation), change: compensation.asked }));
  }

  /** By step: what nothing takes back, was begun, and was not seen to end. It is left to people. */
  readonly unfinished = new Map<string, DeploymentReport['left'][number]>();

  /** Where a rollback went, the service was not found well, and nobody has decided: it stays there, and is no success. */
  readonly unwell: DeploymentReport['left'][number][] = [];

  /** Something was asked for in production that nothing takes back. */
  wroteForGood = false;

  get touchedProduction(): boolean {
    return this.wroteForGood || this.pending.some(({ production }) => production);
  }
}
