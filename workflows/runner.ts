import { CancellationScope, condition, isCancellation, patched, TemporalFailure } from '@temporalio/workflow';
import { mark, type Board, type BoardLine } from './board';
import { readFailure, withRemedy, type Call, type StepFailure } from './calls';
import type { Desk } from './desk';
import { ladder } from './desk-ladder';
import { unpause, type QuestionAnswer, type Retreat } from './desk-state';
import { endingOf, stop } from './endings';
import type { Alarm, Over } from './escalation';
import { beginFollowUps } from './follow-up-begin';
import { inGroup } from './groups';
import { waiverWords } from './item-rules';
import { Items } from './items';
import type { AttestationId } from './runbook/attestations';
import {
  gateOpens,
  gateWaits,
  needsAttention,
  stepFailed,
  toBeAttested,
  watchFailed,
  type Announcement,
  type RunFacts,
} from './runbook/announcing';
import type { TakeReceipt, TakeRequest } from './runbook/contract';
import type { SampleTally } from './runbook/judge/evidence';
import { WHOLE_RUNBOOK } from './runbook/patches';
import type { FollowUpsBegun } from './runbook/post-deployment/follow-up';
import type { Release } from './runbook/release';
import type { Releases } from './runbook/rollback/released';
import { partialRollback } from './runbook/rollback/partial';
import { safeFlagsInRamp } from './runbook/rollback/flags-in-ramp';
import { labelOf, offReason, type Change, type Check, type ChecklistLine, type Context, type ForwardOnly, type Gate } from './runbook/step';
import type { FollowUps, GateSubject, Lock, Lookup, Runner, Section, Standstill, Watch, WindowWait } from './runbook/step';
import type { Percent } from './runbook/spec';
import type { FailedLine, WindowView } from './runbook/view';
import type { Saga } from './saga';
import { guardStill, keepWatch } from './watching';
import { begunWith } from './since';
import { WindowKeeper } from './window-keeper';
import { Writer } from './writer';

/** What the runner tells the rest of the workflow about. */
export interface Observer {
  /** Something on the board changed. */
  changed(): void;
  phase(phase: string): void;
  resolved(release: Release): void;
  share(share: Percent): void;
  stays(what: string): void;
  says(done: string): void;
  /** Migrations are to be applied. */
  migrates(names: readonly string[]): void;
  /** The window that production waits for or lies in; null once nothing must lie in it any more. */
  window(window: Omit<WindowView, 'endsAt'> | null): void;
  /** Something was measured against limits of its own. */
  measured(words: string): void;
  watched(title: string, tally: SampleTally): void;
  announce(announcement: Announcement): void;
  /** What is known of the run now. */
  facts(): RunFacts;
  /** Calls people until it is over. */
  raise(alarm: Alarm): Over;
}

type AnyStep = Pick<Check<never, never>, 'id' | 'title' | 'policy' | 'ifItFails'>;
/** What a step that needs attention may be answered with, beside a rollback. */
type Choice = 'retry' | 'adopt' | 'skip' | 'waive';
type Attempt<Out> =
  | { readonly kind: 'done'; readonly out: Out }
  | { readonly kind: 'skipped' }
  /** Nobody has decided, and it stays as it is. */
  | { readonly kind: 'left'; readonly reason: string };

/** What people have approved, and when it was last seen to be so (epoch milliseconds). */
interface Approved {
  readonly differences: () => Promise<readonly string[]>;
  seenAt: number;
}
/** Nobody was waited for: what was looked at is as it was. */
const recently = 60_000;

/** Performs the runbook on Temporal: activities for steps, timers for waits, the desk for people. */
export class TemporalRunner implements Runner {
  private readonly items: Items;
  private sectionId = 'resolve';
  /** How often the deployment stood still on purpose. */
  private standstills = 0;
  /** Set once a step has given up: the steps beside it do not ask any more. */
  private givenUp = false;
  /** The newest watch: traffic is on the candidate since, and wherever the deployment stands still its signals are guarded. */
  private watched: { readonly watch: Watch; readonly context: Context } | null = null;
  private readonly windows: WindowKeeper;
  private readonly writer: Writer;
  /** Names of the migrations that came with the release, oldest first. */
  private migrations: readonly string[] = [];
  /** Set once the lock is asked for. */
  private approved: Approved | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly saga: Saga,
    private readonly board: Board,
    private readonly call: Call,
    private readonly observer: Observer,
  ) {
    this.windows = new WindowKeeper(desk, saga, board, observer);
    this.writer = new Writer(call, saga, desk.state.request.deploymentId);
    this.items = new Items({
      state: desk.state,
      board,
      call,
      together: (steps) => this.together(steps),
      ask: (step, lines) => this.ask(step, failedWords(lines), ['retry', 'waive'], lines),
      facts: () => observer.facts(),
      checkpoint: () => this.checkpoint(),
      guarded: (wait) => this.guarded(wait),
      hasTraffic: () => this.watched !== null,
      foreseen: () => this.windows.foreseen(),
      changed: () => observer.changed(),
      notice: (key, text) => {
        observer.announce(toBeAttested(key, text));
      },
    });
  }

  async section(section: Section, context: Context): Promise<void> {
    const line = this.enter(section.id);
    if (offReason(section, context.request.spec) !== null) return;
    if (section.since !== undefined && !begunWith(section.since)) return;
    this.windows.enter(section);
    this.observer.resolved(context.release);
    this.observer.phase(section.phase);
    await this.inLine(line, () => inGroup(section.phase, () => section.run(this, context)));
  }

  async look<In, Out>(step: Lookup<In, Out>, input: In): Promise<Out> {
    if (step.section !== undefined) this.enter(step.section);
    const planned = () => step.planned(input, this.desk.state.request);
    if (step.since !== undefined && !begunWith(step.since)) return planned();
    const line = this.line(step);
    const attempt = await this.attempt(step, line, ['retry'], () =>
      this.call(step.does, input, { ...step, summary: labelOf(step, input) }),
    );
    if (attempt.kind !== 'done') {
      if (step.ifItFails === 'go on') return planned();
      throw stop({ kind: 'failed', by: null, reason: `${step.title} cannot be skipped.` });
    }
    this.finish(line);
    const section = this.board.section(this.sectionId);
    if (section.state === 'pending' && step.section === undefined) mark(section, 'done');
    return attempt.out;
  }

  async check<In, Out>(step: Check<In, Out>, input: In): Promise<void> {
    const line = this.line(step);
    const attempt = await this.attempt(step, line, ['retry', 'skip'], () =>
      this.call(step.does, input, { ...step, summary: labelOf(step, input) }),
    );
    if (attempt.kind === 'left') this.saga.unwell.push({ ...unwellOf(step, input), reason: attempt.reason });
    if (attempt.kind !== 'done') return;
    if (step.measures) this.observer.measured(`${step.title}: ${step.receipt(attempt.out)}`);
    this.finish(line, step.receipt(attempt.out));
  }

  async change<In, State>(step: Change<In, State>, input: In): Promise<void> {
    const line = this.line(step);
    const adopt = this.writer.adopter(step, input);
    const { state } = this.desk;
    const share = step.share?.(input);
    const apply = async () => {
      const compensation = await this.writer.capture(step, input);
      this.migrating(step.migrates?.(compensation.to));
      return this.writer.apply(step, input, compensation);
    };
    const attempt = await this.attempt(
      step,
      line,
      ['retry'],
      () => {
        if (step.commits) this.commit();
        return share === undefined ? apply() : this.unlessOvertaken(share >= (state.ramp?.share ?? 0), apply);
      },
      adopt,
    );
    if (attempt.kind !== 'done') return;
    if (share !== undefined) {
      this.observer.share(share);
      state.ramp = { share, isWhole: step.isWhole === true, isCommitted: false };
    }
    this.finish(line, step.summary(input));
  }

  async forwardOnly<In, Out>(step: ForwardOnly<In, Out>, input: In): Promise<void> {
    const line = this.line(step);
    const left = step.unfinished?.(input);
    const attempt = await this.attempt(step, line, left ? ['retry'] : ['retry', 'skip'], () => {
      // Before it is asked for: an answer that is lost may have been a write.
      this.saga.wroteForGood ||= step.production;
      this.migrating(step.migrates?.(input));
      // Where its end matters to others they may not take the lock before it.
      const does = this.call(step.does, input, { ...step, summary: labelOf(step, input), answersWhenStopped: left !== undefined });
      return this.writer.forGood(left ? this.writer.seenToEnd(step.id, left, does) : does, () => this.observer.stays(step.stays(input)));
    });
    if (attempt.kind === 'done') this.finish(line, step.receipt(attempt.out));
  }

  private migrating(names: readonly string[] = []): void {
    if (names.length === 0) return;
    this.migrations = names;
    this.observer.migrates(names);
  }

  async lock(step: Lock, input: Omit<TakeRequest, 'entries'>, differences: () => Promise<readonly string[]>): Promise<boolean> {
    const line = this.line(step);
    const { cluster, namespace, name } = input;
    const target = { cluster, namespace, name };
    const request: TakeRequest = { ...input, entries: this.saga.recorded };
    const approved = { differences, seenAt: Date.now() };
    this.approved = approved;
    const attempt = await this.attempt(step, line, ['retry'], async () => {
      const changed = await this.lastLook(approved);
      if (changed.length > 0) return { changed };
      // Before it is asked for: an answer that is lost may have been a lock.
      this.saga.target = target;
      // Whoever holds it writes what was looked at.
      approved.seenAt = -Infinity;
      const taken = await this.call<TakeRequest, TakeReceipt>('takeTarget', request, { ...step, summary: labelOf(step, request) });
      approved.seenAt = Date.now();
      return { taken };
    });
    if (attempt.kind !== 'done') return false;
    const { taken, changed = [] } = attempt.out;
    if (!taken) {
      mark(line, 'pending', changedWords(changed));
      this.windows.leave();
      this.observer.changed();
      return false;
    }
    this.saga.hold = { ...target, epoch: taken.epoch };
    this.finish(line, step.receipt(taken));
    return true;
  }

  /** Before production is written: a wait may have outlasted a waiver, and what was approved. */
  private async lastLook(approved: Approved): Promise<readonly string[]> {
    for (;;) {
      await this.items.renew();
      const changed = await this.changedSince(approved);
      if (changed === null) return [];
      if (changed.length > 0) return changed;
    }
  }

  /** What differs from what was approved; null where nothing was waited for since it was looked at. */
  private async changedSince(approved: Approved): Promise<readonly string[] | null> {
    if (Date.now() - approved.seenAt < recently || !patched(WHOLE_RUNBOOK)) return null;
    const { sectionId } = this;
    // The look itself is no reason for another one.
    this.approved = null;
    const changed = await approved.differences();
    approved.seenAt = Date.now();
    this.approved = approved;
    this.sectionId = sectionId;
    return changed;
  }

  /** With the lock held, until the first write: what others have changed in spite of it was not approved. */
  private async mustBeAsApproved(): Promise<void> {
    const { approved, saga } = this;
    if (approved === null || saga.hold === null || saga.touchedProduction) return;
    const changed = (await this.changedSince(approved)) ?? [];
    if (changed.length > 0) throw stop({ kind: 'failed', by: null, reason: `${changedWords(changed)}. Start it again.` });
  }

  async watch(watch: Watch, context: Context): Promise<void> {
    const line = this.line(watch);
    line.window = line.planned = watch.window;
    let left = watch.window;
    for (;;) {
      this.watched = { watch, context };
      this.start(line);
      const rest = { ...watch, window: left };
      const verdict = await keepWatch(this.desk, this.call, rest, context, this.saga, (by) => (line.window = (line.window ?? 0) + by));
      if (verdict.kind === 'interrupted') {
        const { anew } = await this.retreat(context);
        left = anew ? watch.window : verdict.left;
        line.startedAt = Date.now();
        line.window = left;
        continue;
      }
      // Asked for anew it is watched in full.
      left = watch.window;
      if (verdict.tally && verdict.kind !== 'inconclusive') this.observer.watched(watch.title, verdict.tally);
      if (verdict.kind === 'pass') {
        this.finish(line, verdict.note);
        return;
      }
      mark(line, 'failed', verdict.kind === 'fail' && verdict.note ? `${verdict.reason}; ${verdict.note}` : verdict.reason);
      this.observer.changed();
      if (verdict.kind === 'fail') {
        this.alarm(watchFailed(watch, verdict.reason), watch, verdict.reason);
        throw stop({ kind: 'failed', by: null, reason: `${watch.title}: ${verdict.reason}.` });
      }
      const { drift } = verdict;
      if (drift?.isTakenOver) throw this.giveUp(`${watch.title}: ${drift.words}`);
      const answer = drift
        ? await this.ask(watch, `changed by others: ${drift.words}`, ['retry', 'adopt'])
        : await this.ask(watch, `inconclusive: ${verdict.reason}`, ['retry', 'skip']);
      if (drift && answer.kind === 'adopt') await this.writer.adopt(drift.subject);
      if (answer.kind === 'skip') {
        this.skipped(line, answer);
        return;
      }
    }
  }

  /**
   * Takes a step back that somebody wants, at once. What stood still stands still again afterwards. `anew`: the traffic has moved, and is to be
   * watched again in full.
   */
  private async retreat(context: Context): Promise<{ readonly anew: boolean }> {
    const { state } = this.desk;
    this.refuseLate();
    const wanted = state.retreat;
    const { watched } = this;
    if (wanted === null || state.ramp === null || watched === null) return { anew: false };
    const { retreating: outer, paused } = state;
    [state.retreat, state.retreating] = [null, wanted];
    // Nobody's pause holds up a step back.
    unpause(state);
    this.observer.changed();
    try {
      switch (wanted.kind) {
        case 'partial':
          // Where it is to stay is said with it, also by a pause before it.
          await partialRollback(this, context, state.ramp.share);
          return { anew: true };
        case 'flags':
          // Its pods restart with what nobody has tried: meanwhile no watch looks at them.
          await this.underGuard(safeFlagsInRamp(this, context), watched.watch, context);
          state.hasSafeFlags = true;
          state.paused ??= paused;
          return { anew: false };
        default:
          return wanted.kind satisfies never;
      }
    } finally {
      state.retreating = outer;
      this.watched = watched;
    }
  }

  /** What was taken while a step was under way, and does not apply once that is done, is refused after all. */
  private refuseLate(): void {
    const { state } = this.desk;
    const { retreat: wanted } = state;
    if (wanted === null) return;
    const { kind: level, by } = wanted;
    const refusal = ladder[level].refuses({ ...state, retreat: null }, { level, by, requestId: '' });
    if (refusal === null) return;
    state.retreat = null;
    state.refusals.push(`rollback: ${refusal}`);
  }

  /** From here on the release is what serves: no step of it is taken back any more by itself. */
  private commit(): void {
    const { state } = this.desk;
    if (state.ramp) state.ramp = { ...state.ramp, isCommitted: true };
    this.refuseLate();
  }

  async goOn({ id, title, reason }: Standstill): Promise<void> {
    const line = this.line({ id, title });
    this.start(line);
    const { state } = this.desk;
    const said = state.retreating ?? { by: '', then: 'ask' as const };
    // People may say it, or change their mind, for as long as it stands still.
    const then = (): Retreat['then'] => said.then;
    const isHeld = (): boolean => state.paused !== null;
    let goesOn: string | null = null;
    const time = ++this.standstills;
    while (goesOn === null) {
      if (then() === 'zero') {
        throw stop({
          kind: 'rolled-back-by-person',
          by: said.by,
          reason: `Rolled back by ${said.by}: as said beforehand, after the watch.`,
        });
      }
      if (then() === 'stay') {
        state.paused ??= { by: said.by, since: Date.now() };
        this.observer.changed();
        await this.guarded(condition(() => !isHeld() || then() === 'zero'));
        if (!isHeld() && then() === 'stay') goesOn = said.by;
      } else {
        const { kind, by } = await this.ask({ id, title, time }, reason, ['retry']);
        if (kind === 'retry') goesOn = by;
      }
    }
    state.retreating = null;
    this.finish(line, goesOn === '' ? 'goes on' : `goes on: ${goesOn}`);
  }

  async approve(gate: Gate, subject: GateSubject, context: Context): Promise<readonly string[]> {
    let approvers: readonly string[] = [];
    const line = this.enter('gate');
    const child = this.board.step('gate', gate.id, gate.title);
    this.observer.resolved(context.release);
    this.observer.phase(`gate: ${gate.title}`);
    this.observer.announce(gateOpens(gate, subject));
    await this.inLine(line, async () => {
      mark(child, 'running');
      const waiting = this.desk.approval(gate, { ...subject, shows: [...subject.shows, ...this.waived()] }, (share) =>
        this.observer.announce(gateWaits(gate, subject, share)),
      );
      this.observer.changed();
      approvers = await waiting;
      mark(child, 'done', approvers.join(', '));
      await this.items.renew();
    });
    line.note = child.note;
    return approvers;
  }

  async checklist(lines: readonly ChecklistLine[], { request }: Context): Promise<void> {
    await this.items.checklist(
      this.sectionId,
      lines.filter((line) => offReason(line, request.spec) === null),
    );
  }

  async attested(ids: readonly AttestationId[]): Promise<void> {
    await this.items.attested(this.sectionId, ids);
  }

  async awaitWindow(wait: WindowWait): Promise<boolean> {
    const line = this.line(wait);
    this.start(line);
    const { hasWaited, note } = await this.windows.open(wait.windows, (words) => {
      line.note = words;
      this.observer.changed();
    });
    this.finish(line, note);
    return hasWaited;
  }

  async announce(announcement: Announcement): Promise<void> {
    this.observer.announce(announcement);
  }

  releases(releases: Releases, says?: string): void {
    this.saga.releases = releases;
    if (says !== undefined) this.observer.says(says);
  }

  async followUps(step: FollowUps, begun: FollowUpsBegun): Promise<void> {
    const line = this.line(step);
    this.start(line);
    try {
      const { brought } = begun;
      await beginFollowUps(brought ? { ...begun, brought: { ...brought, names: this.migrations } } : begun);
      this.observer.stays(step.stays(begun));
      this.finish(line, step.summary(begun));
    } catch (error) {
      if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
      this.leave(line, step, error.message);
    }
  }

  async together(steps: readonly (() => Promise<void>)[]): Promise<void> {
    // A defect of ours does not wait for the others: the workflow task fails at once, and a corrected worker finds it as it was.
    const failed = (error: unknown): TemporalFailure => {
      if (error instanceof TemporalFailure) return error;
      throw error;
    };
    const settled = await Promise.all(steps.map((step) => step().then(() => null, failed)));
    const errors = settled.filter((error) => error !== null);
    const [first] = errors;
    if (first === undefined) return;
    const endings = errors.flatMap((error) => endingOf(error) ?? []);
    const [ending] = endings;
    throw ending ? stop({ ...ending, reason: endings.map(({ reason }) => reason).join(' ') }) : first;
  }

  /**
   * A move of traffic. Forward it may wait long before it writes: a step back that is wanted meanwhile comes first, and the move is made after it,
   * unless its own answer says that it has happened. Whoever ends the deployment waits for no answer.
   */
  private async unlessOvertaken<T>(forward: boolean, move: () => Promise<T>): Promise<T> {
    const { state } = this.desk;
    const scope = new CancellationScope();
    let answered = false;
    const isOver = (): boolean => answered;
    const over = (): void => void (answered = true);
    const moving = scope.run(move);
    moving.then(over, over);
    await condition(() => isOver() || (forward && state.retreat !== null));
    if (!isOver()) scope.cancel();
    await condition(isOver);
    return moving.catch((error: unknown) => {
      throw scope.consideredCancelled && isCancellation(error) ? new Overtaken() : error;
    });
  }

  /** Tries a step; when its retries are used up its policy decides: stop now, or ask. */
  private async attempt<Out>(
    step: AnyStep,
    line: BoardLine,
    choices: readonly Choice[],
    body: () => Promise<Out>,
    adopt?: () => Promise<void>,
  ): Promise<Attempt<Out>> {
    let adopting = false;
    for (;;) {
      await this.checkpoint();
      if (this.desk.state.retreat !== null && this.watched) {
        await this.retreat(this.watched.context);
        continue;
      }
      await this.windows.mayStillBegin();
      await this.mustBeAsApproved();
      this.start(line);
      try {
        if (adopting) await adopt?.();
        adopting = false;
        return { kind: 'done', out: await body() };
      } catch (error) {
        if (error instanceof Overtaken) continue;
        const failure = readFailure(error);
        if (failure === null) throw error;
        const reason = withRemedy(failure);
        mark(line, 'failed', reason);
        this.observer.changed();
        if (isFinal(step, failure)) {
          this.alarm(stepFailed(step.id, step.title, reason), step, reason);
          throw this.giveUp(`${step.id} ${step.title}: ${reason}`);
        }
        if (step.ifItFails === 'go on') {
          this.leave(line, step, reason);
          return { kind: 'skipped' };
        }
        const answer = await this.ask(step, reason, adopt && failure.type === 'Foreign' ? [...choices, 'adopt'] : choices);
        adopting = answer.kind === 'adopt';
        if (answer.kind === 'leave') return { kind: 'left', reason };
        if (answer.kind === 'skip') {
          this.skipped(line, answer);
          return { kind: 'skipped' };
        }
      }
    }
  }

  /** Parks for a person; the deadline, unless the step says otherwise, and a rollback end the deployment. */
  private async ask(
    step: Pick<AnyStep, 'id' | 'title'> & Partial<Pick<AnyStep, 'ifItFails'>> & { readonly time?: number },
    reason: string,
    choices: readonly Choice[],
    lines?: readonly FailedLine[],
  ): Promise<QuestionAnswer> {
    if (this.givenUp) throw this.giveUp(`${step.id} ${step.title}: ${reason}`);
    const question = {
      step: step.id,
      title: step.id === step.title ? step.title : `${step.id} ${step.title}`,
      reason,
      onDeadline: this.atDeadline(step),
      choices: [...choices, this.desk.state.request.rollback ? ('abort' as const) : ('rollback' as const)],
      ...(lines ? { lines } : {}),
    };
    const { deadline } = this.desk.state.request.spec.attention;
    this.observer.announce(needsAttention(question, deadline, step.time));
    const over = this.observer.raise({ id: step.id, title: question.title, reason });
    const asking = this.desk.ask(question, deadline);
    this.observer.changed();
    try {
      const answer = await this.guarded(asking);
      if (answer === null && step.ifItFails === 'ask, then go on') return { kind: 'leave', by: '', comment: '' };
      if (answer === null || answer.kind === 'rollback') throw this.giveUp(`${step.id} ${step.title}: ${reason}`);
      return answer;
    } finally {
      over();
    }
  }

  /** What happens where nobody answers. */
  private atDeadline({ ifItFails }: Partial<Pick<AnyStep, 'ifItFails'>>): string {
    if (ifItFails === 'ask, then go on') return 'it stays so, and counts as incomplete';
    return this.desk.state.request.rollback ? 'what this rollback changed is put back' : 'rollback';
  }

  /** Holds while the deployment is paused. */
  private async checkpoint(): Promise<void> {
    while (this.desk.state.paused) await this.guarded(this.desk.checkpoint());
  }

  /** What approvers are told beside the release: what was let past a check so far. */
  private waived(): readonly string[] {
    const { waivers, waived } = this.desk.state;
    return [...waivers, ...waived.map(waiverWords)].map((words) => `not checked: ${words}`);
  }

  /**
   * Stands still until the wait is over. Once traffic has moved it does so under guard, and a step back that somebody wants is taken meanwhile: what
   * is waited for is waited for still.
   */
  private async guarded<T>(wait: Promise<T>): Promise<T> {
    while (this.watched) {
      const { watch, context } = this.watched;
      const wanted = new CancellationScope();
      const retreat = wanted.run(() => condition(() => this.desk.state.retreat !== null)).then(() => null);
      const first = await this.underGuard(Promise.race([wait.then((out) => ({ out })), retreat]), watch, context).finally(() => {
        wanted.cancel();
      });
      if (first) return first.out;
      await this.retreat(context);
    }
    return wait;
  }

  /** While it is waited for, a guard ends the deployment at the first proof of failure. */
  private async underGuard<T>(wait: Promise<T>, watch: Watch, context: Context): Promise<T> {
    const guard = new CancellationScope();
    const alarm = guard
      .run(() => guardStill(this.call, watch, context))
      .then((reason) => (reason === null ? new Promise<never>(() => undefined) : { reason }));
    try {
      const first = await Promise.race([wait.then((value) => ({ value })), alarm]);
      if ('value' in first) return first.value;
      this.alarm(watchFailed(watch, first.reason), watch, first.reason);
      throw this.giveUp(`${watch.title}: ${first.reason}`);
    } finally {
      guard.cancel();
    }
  }

  /** Tells that the deployment stops here, and calls people until everything is put back. */
  private alarm(announcement: Announcement, { id, title }: Pick<AnyStep, 'id' | 'title'>, reason: string): void {
    this.observer.announce(announcement);
    this.observer.raise({ id, title: `${id} ${title}`, reason });
  }

  private giveUp(reason: string): Error {
    this.givenUp = true;
    // What waits beside it waits for nothing any more.
    for (const question of this.desk.state.questions) question.answer ??= { kind: 'rollback', by: '', comment: '' };
    return stop({ kind: 'failed', by: null, reason: reason.endsWith('.') ? reason : `${reason}.` });
  }

  private enter(sectionId: string): BoardLine {
    this.sectionId = sectionId;
    return this.board.section(sectionId);
  }

  private line({ id, title }: { readonly id: string; readonly title: string }): BoardLine {
    return this.board.step(this.sectionId, id, title);
  }

  /** A section's line follows what happens inside it. */
  private async inLine(line: BoardLine, body: () => Promise<void>): Promise<void> {
    this.start(line);
    try {
      await body();
      const isWhole = line.children.every(({ state }) => state !== 'failed');
      mark(line, isWhole ? 'done' : 'failed', sumUp(line));
      this.observer.changed();
    } catch (error) {
      mark(line, 'failed', endingOf(error)?.reason ?? 'interrupted');
      throw error;
    }
  }

  private start(line: BoardLine): void {
    mark(line, 'running');
    this.observer.changed();
  }
  private finish(line: BoardLine, note = ''): void {
    mark(line, 'done', note);
    this.observer.changed();
  }
  /** Not worth putting a release back for: it stays undone, on record. */
  private leave(line: BoardLine, { id, title }: Pick<AnyStep, 'id' | 'title'>, reason: string): void {
    this.desk.state.waivers.push(`${id} ${title} was left: ${reason}`);
    mark(line, 'skipped', reason);
    this.observer.changed();
  }
  private skipped(line: BoardLine, { by, comment }: QuestionAnswer): void {
    mark(line, 'skipped', `skipped by ${by}: ${comment}`);
    this.observer.changed();
  }
}

/** A step back came first: what was stopped for it is done again. */
class Overtaken extends Error {}

/** Failures that are no proof against the release: a person is asked, and the deadline decides. */
const asksFirst: readonly StepFailure['type'][] = ['Unexpected', 'Foreign', 'Inconclusive'];

/** Nobody is asked: the policy of the step, or somebody who has taken the target over, has decided. */
function isFinal({ ifItFails }: Pick<AnyStep, 'ifItFails'>, { type }: StepFailure): boolean {
  return type === 'TakenOver' || (ifItFails === 'roll back' && !asksFirst.includes(type));
}

function changedWords(changed: readonly string[]): string {
  return `The release is not as it was approved: ${changed.join('; ')}`;
}

function unwellOf<In, Out>({ id, title, unwell }: Check<In, Out>, input: In): { readonly subject: string; readonly byHand: string } {
  return unwell?.(input) ?? { subject: `${id} ${title}`, byHand: '' };
}

/** What failed, one sentence each. */
function failedWords(lines: readonly FailedLine[]): string {
  return `${lines.length === 1 ? '1 line' : `${lines.length} lines`} failed: ${lines.map(({ id, reason }) => `${id}: ${reason}`).join(' ')}`;
}

/** A section in a few words: its only receipt, or how many of its steps are done. */
function sumUp({ children }: BoardLine): string {
  const notes = children.filter(({ note }) => note !== '');
  const [only] = notes;
  if (children.length === 1 && only) return only.note;
  return `${children.filter(({ state }) => state === 'done').length} of ${children.length}`;
}
