import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { readFailure, type Call } from './calls';
import type { Desk } from './desk';
import type { UndoState } from './desk-state';
import { isUrgent, type Ending } from './endings';
import type { Over } from './escalation';
import { inGroup } from './groups';
import type { Undo, UndoReceipt } from './runbook/contract';
import type { Milliseconds } from './runbook/spec';
import { undoOrder, type Hold } from './runbook/target';
import type { AttentionView, DeploymentReport } from './runbook/view';
import type { Compensation, Saga } from './saga';

export type Unwound = Pick<DeploymentReport, 'undone' | 'left'>;

/** Who is told where it stands. */
export interface Onlooker {
  changed(): void;
  /** An undo asks a person; the answer ends what is done about it. */
  undoNeedsAttention(question: Question): Over;
  /** Runs beside it: tells people where it takes long. */
  whilePuttingBack(finished: () => boolean, open: () => readonly string[]): Promise<void>;
}
type Question = Omit<AttentionView, 'since' | 'deadline'>;

type Undone =
  /** `wrote`: something of the world was changed by it just now. */
  | { readonly kind: 'done'; readonly note: string; readonly wrote: boolean }
  | { readonly kind: 'left'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };
interface Entry {
  readonly compensation: Compensation;
  readonly state: UndoState;
  result: Undone;
  /** It has had its first try: what comes after it may begin. */
  tried: boolean;
  /** Nothing happens to it any more. */
  over: boolean;
}

/**
 * Puts back what was changed: traffic first, then workloads, flags, the rest. Each undo keeps trying; one that cannot be done asks a person
 * and does not stop the others, except that nothing is taken from under traffic that could not be moved. Runs to its end whatever is cancelled.
 */
export async function unwind(desk: Desk, saga: Saga, call: Call, ending: Ending, onlooker: Onlooker): Promise<Unwound> {
  const unwinding = new Unwinding(desk, saga, call, isUrgent(ending), onlooker);
  const { entries } = unwinding;
  let finished = false;
  const open = () => entries.filter(({ state }) => state.state !== 'done').map(({ state }) => state.title);
  const watching = entries.length > 0 ? onlooker.whilePuttingBack(() => finished, open) : Promise.resolve();
  await inGroup('rollback', () => unwinding.run());
  finished = true;
  await watching;
  const { undone, left } = report(entries);
  return { undone, left: [...left, ...saga.unfinished.values()] };
}

/** All undos at once, each on its own way: it waits for its turn, is tried, and asks a person for as long as it fails. */
class Unwinding {
  readonly entries: readonly Entry[];
  /** Everything that may still write: a hand-over ends it. */
  private readonly writes = new CancellationScope();
  private drained: Promise<void> | null = null;
  private readonly hold: Hold | null;

  constructor(
    private readonly desk: Desk,
    saga: Saga,
    private readonly call: Call,
    private readonly urgent: boolean,
    private readonly onlooker: Onlooker,
  ) {
    this.entries = saga.pending.map(begun);
    this.hold = saga.hold;
    desk.state.undos = this.entries.map(({ state }) => state);
    desk.onStop(() => {
      if (this.isHandedOver()) this.writes.cancel();
    });
    if (this.isHandedOver()) this.writes.cancel();
    onlooker.changed();
  }

  async run(): Promise<void> {
    await Promise.all(this.entries.map((entry) => this.putBack(entry)));
  }

  private async putBack(entry: Entry): Promise<void> {
    const heldForGood = (): string | null => {
      const holders = this.holders(entry);
      return holders.length > 0 && holders.every(({ over }) => over) ? heldBy(entry, holders) : null;
    };
    await condition(() => this.isItsTurn(entry) || heldForGood() !== null || this.givenUp(entry) !== null);
    const held = heldForGood();
    if (held !== null) this.settle(entry, { kind: 'left', reason: held });
    else {
      await this.perform(entry);
      entry.tried = true;
      await this.askWhileFailed(entry);
    }
    entry.tried = entry.over = true;
  }

  /** Everything of an earlier rank had its first try, and nothing holds this one up. */
  private isItsTurn(entry: Entry): boolean {
    if (this.holders(entry).length > 0) return false;
    const rank = rankOf(entry);
    return this.entries.every((other) => rankOf(other) >= rank || other.tried || this.holders(other).length > 0);
  }

  /** A candidate that may still get traffic is not taken down, and flags and schema that its pods may still need are not taken away. */
  private holders({ compensation: { production, rank } }: Entry): readonly Entry[] {
    if (!production || rank === 'traffic') return [];
    return this.entries.filter(
      ({ compensation, result }) =>
        compensation.production &&
        result.kind !== 'done' &&
        (compensation.rank === 'traffic' || ((rank === 'flags' || rank === 'database') && compensation.rank === 'workload')),
    );
  }

  private isHandedOver(): boolean {
    return this.desk.state.handedOver !== null;
  }

  /** Given up by a person, or handed over: what is told of it. */
  private givenUp({ state }: Entry): Undone | null {
    const { handedOver } = this.desk.state;
    if (handedOver !== null) return { kind: 'left', reason: handedOver.reason };
    return state.skippedBy === null ? null : { kind: 'left', reason: `given up by ${state.skippedBy}` };
  }

  private async perform(entry: Entry): Promise<void> {
    if (this.mustDrain(entry)) await this.drain(entry);
    const givenUp = this.givenUp(entry);
    if (givenUp !== null) {
      this.settle(entry, givenUp);
      return;
    }
    entry.state.state = 'running';
    this.onlooker.changed();
    this.settle(entry, await this.attempt(entry, this.urgent || this.desk.state.hurried));
  }

  /** What was just written of traffic takes a gateway's time to be served: until then the candidate still gets requests. */
  private mustDrain({ compensation: { production, rank } }: Entry): boolean {
    const trafficMoved = this.entries.some(
      ({ compensation, result }) => compensation.production && compensation.rank === 'traffic' && result.kind === 'done' && result.wrote,
    );
    return production && rank === 'workload' && trafficMoved && this.desk.state.request.spec.production.traffic.propagation > 0;
  }

  private async drain(entry: Entry): Promise<void> {
    const { propagation } = this.desk.state.request.spec.production.traffic;
    const summary = `traffic drains from the candidate: ${Math.round(propagation / 1000)} s`;
    entry.state.note = summary;
    this.onlooker.changed();
    this.drained ??= condition(() => this.isHandedOver(), propagation, { summary }).then(() => undefined);
    await Promise.race([this.drained, condition(() => this.givenUp(entry) !== null)]);
  }

  private settle(entry: Entry, result: Undone): void {
    const { state } = entry;
    entry.result = result;
    state.state = result.kind === 'done' ? 'done' : 'left';
    state.note = result.kind === 'done' ? result.note : result.reason;
    this.onlooker.changed();
  }

  /** One undo until it is done, has failed for good, or is given up. A person's word meanwhile starts it again, less demanding. */
  private async attempt(entry: Entry, urgent: boolean): Promise<Undone> {
    const { undo: does, undoPolicy: policy, to, asked, stepId, title, production } = entry.compensation;
    const undo: Undo<unknown, unknown> = {
      to,
      change: asked,
      key: `${this.desk.state.request.deploymentId}/${stepId}/undo`,
      urgent,
      // The lock is production's: staging's objects know nothing of its epochs.
      ...(this.hold && production ? { hold: this.hold } : {}),
    };
    const scope = await this.writes.run(async () => new CancellationScope());
    const receipt = scope
      .run(() => this.call<Undo<unknown, unknown>, UndoReceipt>(does, undo, { id: `undo.${stepId}`, summary: `undo: ${title}`, policy }))
      .then(
        ({ result, note }): Undone => ({
          kind: 'done',
          note: note ?? result.replaceAll('-', ' '),
          wrote: result === 'restored' || result === 'took-over',
        }),
        (error: unknown): Undone => {
          if (isCancellation(error)) return this.givenUp(entry) ?? { kind: 'failed', reason: 'interrupted' };
          const failure = readFailure(error);
          if (failure === null) throw error;
          // Whoever took the target over decides; it is listed, as it stands, and waits for nobody here.
          if (failure.type === 'TakenOver') return { kind: 'left', reason: `taken over, as it stands: ${failure.message}` };
          return { kind: 'failed', reason: failure.message };
        },
      );
    const wantsHurry = () => this.desk.state.hurried && !urgent;
    const done = await Promise.race([receipt, condition(() => this.givenUp(entry) !== null || wantsHurry()).then(() => null)]);
    if (done) return done;
    scope.cancel();
    return this.givenUp(entry) ?? this.attempt(entry, true);
  }

  /** What failed waits for a person, under a deadline, and is tried again meanwhile. */
  private async askWhileFailed(entry: Entry): Promise<void> {
    const patience = this.desk.state.request.spec.attention.undoDeadline;
    const deadline = Date.now() + patience;
    let over: Over | null = null;
    for (let wait = firstRetry(patience); entry.result.kind === 'failed' && !this.isHandedOver(); wait *= 2) {
      const question = questionOf(entry);
      over ??= this.onlooker.undoNeedsAttention(question);
      const asking = this.writes.run(() => this.desk.ask(question, deadline - Date.now(), wait));
      this.onlooker.changed();
      const answer = await asking.catch((error: unknown) => {
        if (isCancellation(error)) return null;
        throw error;
      });
      if (answer?.kind === 'skip' || Date.now() >= deadline || this.isHandedOver()) break;
      await this.perform(entry);
    }
    over?.();
  }
}

function questionOf({ state: { subject, title, note } }: Entry): Question {
  return { step: `undo:${subject}`, title: `undo: ${title}`, reason: note, onDeadline: 'listed as left', choices: ['retry', 'skip'] };
}

function begun(compensation: Compensation): Entry {
  const { subject, title, byHand } = compensation;
  return {
    compensation,
    state: { subject, title, state: 'pending', note: '', byHand, skippedBy: null },
    result: { kind: 'left', reason: 'not begun' },
    tried: false,
    over: false,
  };
}

function rankOf({ compensation }: Entry): number {
  return undoOrder.indexOf(compensation.rank);
}

function heldBy({ compensation }: Entry, holders: readonly Entry[]): string {
  if (holders.some(({ compensation: { rank } }) => rank === 'traffic')) return 'traffic could not be moved away from it';
  return compensation.rank === 'database' ? 'the candidate may still need it' : 'the candidate may still name it';
}

/** After how long what failed is tried again, doubled each time: a right may be given back, an object made anew. */
const firstRetry = (patience: Milliseconds): Milliseconds => Math.min(15_000, patience / 8);

function report(entries: readonly Entry[]): Unwound {
  return {
    undone: entries.flatMap(({ state: { subject, title }, result }) =>
      result.kind === 'done' ? [{ subject, title, note: result.note }] : [],
    ),
    left: entries.flatMap(({ state: { subject, byHand }, result }) =>
      result.kind === 'done' ? [] : [{ subject, reason: result.reason, byHand }],
    ),
  };
}
