import { deployment } from '../../workflows/runbook';
import type { Activities, UndoReceipt } from '../../workflows/runbook/contract';
import { offReason } from '../../workflows/runbook/step';
import type { Change, Check, Checker, Doing, ForwardOnly, Lookup, Runner } from '../../workflows/runbook/step';
import { Saga } from '../../workflows/saga';
import type { FakeWorld } from './fake-world';

/** Where a rehearsal is interrupted: at the n-th call, before its effect, after it (the answer is lost), or once it has been answered. */
export interface Interruption {
  readonly at: number;
  readonly when: 'before' | 'during' | 'after';
}
class Interrupted extends Error {}

export interface Rehearsed {
  /** Activities called, in order, until the interruption. */
  readonly calls: readonly (keyof Activities)[];
  readonly interrupted: boolean;
  readonly undone: readonly string[];
}

/** Runs the pure script on a world in memory, without Temporal: the saga is the real one, the runner is thirty lines. */
export async function rehearse(world: FakeWorld, interruption?: Interruption): Promise<Rehearsed> {
  const saga = new Saga();
  const calls: (keyof Activities)[] = [];
  const undone: string[] = [];
  const call = async <In, Out>(does: Doing<In, Out>, input: In): Promise<Out> => {
    calls.push(does);
    const here = interruption?.at === calls.length ? interruption.when : null;
    if (here === 'before') throw new Interrupted();
    const perform = world.activities[does as keyof Activities] as unknown as (input: In) => Promise<Out>;
    const out = await perform(input);
    if (here === 'during') throw new Interrupted();
    return out;
  };
  const afterwards = () => {
    if (interruption?.at === calls.length && interruption.when === 'after') throw new Interrupted();
  };
  const step = async <In, Out>({ does }: { readonly does: Doing<In, Out> }, input: In): Promise<Out> => {
    const out = await call(does, input);
    afterwards();
    return out;
  };
  const runner: Runner = {
    section: async (section, context) => {
      if (offReason(section, context.request.spec) === null) await section.run(runner, context);
    },
    look: <In, Out>(lookup: Lookup<In, Out>, input: In) => step(lookup, input),
    check: async <In, Out>(check: Check<In, Out>, input: In) => void (await step(check, input)),
    forwardOnly: async <In, Out>(change: ForwardOnly<In, Out>, input: In) => void (await step(change, input)),
    async change<In, State>(change: Change<In, State>, input: In) {
      const compensation = saga.find<In, State>(change.subject(input)) ?? saga.remember(change, input, await call(change.capture, input));
      afterwards();
      compensation.asked = input;
      compensation.current = await call(change.apply, { change: input, from: compensation.current, key: `id/${change.id}/forward` });
      afterwards();
    },
    lock: async (_, request) => {
      await call('takeTarget', { ...request, entries: saga.recorded });
      afterwards();
      return true;
    },
    checklist: async (lines) => {
      // What is proved by the deployment itself asks nothing of the world.
      const checker: Checker = { check: (step, input) => runner.check(step, input), prove: async () => undefined };
      for (const line of lines) await line.perform(checker);
    },
    attested: async () => undefined,
    async watch() {
      afterwards();
    },
    async approve() {
      afterwards();
      return [];
    },
    async awaitWindow() {
      afterwards();
      return true;
    },
    async announce() {
      // Nobody waits for it.
    },
    releases() {},
    async goOn() {},
    async followUps() {
      afterwards();
    },
    async together(steps) {
      for (const one of steps) await one();
    },
  };
  try {
    await deployment(runner, world.request);
    return { calls, interrupted: false, undone };
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
  for (const { subject, undo, to, asked, stepId } of saga.pending) {
    const perform = world.activities[undo as keyof Activities] as unknown as (input: unknown) => Promise<UndoReceipt>;
    await perform({ to, change: asked, key: `id/${stepId}/undo`, urgent: true });
    undone.push(subject);
  }
  return { calls, interrupted: true, undone };
}
