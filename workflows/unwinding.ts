import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { readFailure, type Call } from './calls';
import type { Desk } from './desk';
import type { UndoState } from './desk-state';
import { isUrgent, type Ending } from './endings';
import { inGroup } from './groups';
import type { Undo, UndoReceipt } from './runbook/contract';
import type { Milliseconds } from './runbook/spec';
import { undoOrder, type UndoRank } from './runbook/step';
import type { DeploymentReport } from './runbook/view';
import type { Compensation, Saga } from './saga';

export type Unwound = Pick<DeploymentReport, 'undone' | 'left'>;

/** When people are told that putting back is still going on, in minutes. */
const escalations = [1, 5, 15];
const minute = 60_000;

type Undone =
  | { readonly kind: 'done'; readonly note: string }
  | { readonly kind: 'left'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };
type Entry = { readonly compensation: Compensation; readonly state: UndoState; result: Undone };

/**
 * Puts back what was changed: traffic first, then workloads, flags, the rest. Each undo keeps trying; one that cannot be done does not
 * stop the others, except that nothing is taken from under traffic that could not be moved. Runs to its end whatever is cancelled.
 */
export async function unwind(
  desk: Desk,
  saga: Saga,
  call: Call,
  ending: Ending,
  changed: () => void,
  notice: (kind: string, text: string) => void,
): Promise<Unwound> {
  const entries: readonly Entry[] = saga.pending.map((compensation) => ({
    compensation,
    state: {
      subject: compensation.subject,
      title: compensation.title,
      state: 'pending',
      note: '',
      byHand: compensation.byHand,
      skippedBy: null,
    },
    result: { kind: 'left', reason: 'not begun' },
  }));
  desk.state.undos = entries.map(({ state }) => state);
  changed();
  const writes = new CancellationScope();
  desk.onStop(() => {
    if (desk.state.handedOver) writes.cancel();
  });
  if (desk.state.handedOver) writes.cancel();

  let finished = false;
  const escalating = entries.length > 0 ? escalate(() => finished, entries, notice) : Promise.resolve();
  const perform = (group: readonly Entry[]) => Promise.all(group.map((entry) => undoOne(desk, call, writes, ending, entry, changed)));
  // What is not held up by something before it, rank by rank; side by side within one.
  const sweep = async (): Promise<void> => {
    for (const rank of undoOrder) {
      const due = entries.filter((entry) => entry.compensation.rank === rank && entry.state.state === 'pending');
      await perform(due.filter(({ compensation }) => heldBy(compensation, entries) === null));
    }
  };
  await inGroup('rollback', async () => {
    await sweep();
    await askForTheFailed(desk, entries, perform);
    if (!desk.state.handedOver) await sweep();
  });
  finished = true;
  await escalating;
  return report(entries);
}

/** A candidate that may still get traffic is not taken down, and flags that its pods may still name are not taken away. */
function heldBy({ production, rank }: Compensation, entries: readonly Entry[]): string | null {
  if (!production) return null;
  const isOpen = (what: UndoRank) =>
    entries.some(({ compensation, result }) => compensation.production && compensation.rank === what && result.kind !== 'done');
  if (rank !== 'traffic' && isOpen('traffic')) return 'traffic could not be moved away from it';
  return rank === 'flags' && isOpen('workload') ? 'the candidate may still name it' : null;
}

async function undoOne(
  desk: Desk,
  call: Call,
  writes: CancellationScope,
  ending: Ending,
  entry: Entry,
  changed: () => void,
): Promise<void> {
  const { compensation, state } = entry;
  const settle = (result: Undone) => {
    entry.result = result;
    state.state = result.kind === 'done' ? 'done' : 'left';
    state.note = result.kind === 'done' ? result.note : result.reason;
    changed();
  };
  const givenUp = () => state.skippedBy !== null || desk.state.handedOver !== null;
  const left = (): Undone => ({ kind: 'left', reason: desk.state.handedOver?.reason ?? `given up by ${state.skippedBy ?? 'nobody'}` });
  if (givenUp()) {
    settle(left());
    return;
  }
  state.state = 'running';
  changed();
  settle(await attemptUndo(desk, call, writes, compensation, isUrgent(ending) || desk.state.hurried, () => (givenUp() ? left() : null)));
}

/** One undo until it is done, has failed for good, or is given up. A person's word meanwhile starts it again, less demanding. */
async function attemptUndo(
  desk: Desk,
  call: Call,
  writes: CancellationScope,
  compensation: Compensation,
  urgent: boolean,
  givenUp: () => Undone | null,
): Promise<Undone> {
  const { undo: does, to, asked, stepId, title } = compensation;
  const undo: Undo<unknown, unknown> = { to, change: asked, key: `${desk.state.request.deploymentId}/${stepId}/undo`, urgent };
  const scope = await writes.run(async () => new CancellationScope());
  const receipt = scope
    .run(() => call<Undo<unknown, unknown>, UndoReceipt>(does, undo, { id: `undo.${stepId}`, summary: `undo: ${title}`, policy: 'undo' }))
    .then(
      ({ result, note }): Undone => ({ kind: 'done', note: note ?? result.replaceAll('-', ' ') }),
      (error: unknown): Undone => {
        const failure = readFailure(error);
        if (isCancellation(error)) return givenUp() ?? { kind: 'failed', reason: 'interrupted' };
        if (failure === null) throw error;
        return { kind: 'failed', reason: failure.message };
      },
    );
  const wantsHurry = () => desk.state.hurried && !urgent;
  const done = await Promise.race([receipt, condition(() => givenUp() !== null || wantsHurry()).then(() => null)]);
  if (done) return done;
  scope.cancel();
  return givenUp() ?? attemptUndo(desk, call, writes, compensation, true, givenUp);
}

/** After how long what failed is tried again, doubled each time: a right may be given back, an object made anew. */
const firstRetry = (patience: Milliseconds): Milliseconds => Math.min(15_000, patience / 8);

/** After everything that could be put back: the rest waits for a person, each with a deadline, and is tried again meanwhile. */
async function askForTheFailed(
  desk: Desk,
  entries: readonly Entry[],
  perform: (group: readonly Entry[]) => Promise<unknown>,
): Promise<void> {
  const patience = desk.state.request.spec.attention.undoDeadline;
  const askAbout = async (entry: Entry): Promise<void> => {
    const deadline = Date.now() + patience;
    for (let wait = firstRetry(patience); entry.result.kind === 'failed' && desk.state.handedOver === null; wait *= 2) {
      const { subject, title, note } = entry.state;
      const answer = await desk.ask(
        { step: `undo:${subject}`, title: `undo: ${title}`, reason: note, onDeadline: 'listed as left', choices: ['retry', 'skip'] },
        deadline - Date.now(),
        wait,
      );
      if (answer?.kind === 'skip' || Date.now() >= deadline) return;
      await perform([entry]);
    }
  };
  const handedOver = condition(() => desk.state.handedOver !== null);
  await Promise.race([handedOver, Promise.all(entries.map(askAbout))]);
}

async function escalate(finished: () => boolean, entries: readonly Entry[], notice: (kind: string, text: string) => void): Promise<void> {
  let elapsed = 0;
  for (const after of escalations) {
    if (await condition(finished, (after - elapsed) * minute, { summary: `escalation after ${after} min of putting back` })) return;
    elapsed = after;
    const open = entries.filter(({ state }) => state.state !== 'done').map(({ state }) => state.title);
    notice(`rollback-stuck-${after}`, `Putting back takes more than ${after} min. Open: ${open.join('; ')}`);
  }
  await condition(finished);
}

function report(entries: readonly Entry[]): Unwound {
  return {
    undone: entries.flatMap(({ state, result }) =>
      result.kind === 'done' ? [{ subject: state.subject, title: state.title, note: result.note }] : [],
    ),
    left: entries.flatMap(({ compensation, state, result }) =>
      result.kind === 'done'
        ? []
        : [
            {
              subject: state.subject,
              reason: (state.state === 'pending' ? heldBy(compensation, entries) : null) ?? result.reason,
              byHand: state.byHand,
            },
          ],
    ),
  };
}
