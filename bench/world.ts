import { Context } from '@temporalio/activity';
import type { Activities } from '../workflows/runbook/contract';
import type { Spec } from '../workflows/runbook/spec';
import { receipts, releaseOf } from './receipts';

/** An activity that has begun, or whose effect has happened. */
export interface Call {
  readonly workflowId: string;
  readonly name: string;
  /** The activity's id: for the runbook's steps the step's id. */
  readonly id: string;
  readonly attempt: number;
  readonly when: 'before' | 'after';
  /** What it writes: the subject, the idempotency key and the new value. */
  readonly write?: Write;
}
export interface Write {
  readonly subject: string;
  readonly key: string;
  readonly value: unknown;
}
/** Hears of every call before and after its effect; while it waits, the activity waits. */
export type Hook = (call: Call) => Promise<void> | void;

/** Answers the runbook's contract at once. */
export function instantWorld(spec: Spec, hook: Hook): Activities {
  const answers = receipts(releaseOf(spec, 'v1.4.0'), untilOver);
  const told = Object.entries(answers).map(([name, answer]): readonly [string, unknown] => [
    name,
    async (input: never) => {
      const { workflowExecution, attempt, activityId: id } = Context.current().info;
      const write = writeOf(name, input);
      const call = { workflowId: workflowExecution?.workflowId ?? '', name, id, attempt, ...(write ? { write } : {}) };
      await hook({ ...call, when: 'before' });
      const out = await (answer as (input: never) => Promise<unknown>)(input);
      await hook({ ...call, when: 'after' });
      return out;
    },
  ]);
  return Object.fromEntries(told) as unknown as Activities;
}

/** Changes carry `change` and `key`; what they write is what they carry. */
function writeOf(name: string, input: unknown): Write | null {
  if (typeof input !== 'object' || input === null || !('key' in input) || !('change' in input)) return null;
  const { key, change } = input as { readonly key: string; readonly change: Readonly<Record<string, unknown>> };
  const undone = 'to' in input ? input.to : null;
  const { namespace, deployment, route, service } = change;
  const subject = [namespace, deployment ?? route ?? service ?? change.name].map(String).join('/');
  return { subject, key: `${key} ${name}`, value: undone ?? change };
}

/** As the real sampler: beats every second, and answers when the window is over or the workflow asks it to stop. */
async function untilOver(window: number | undefined): Promise<number> {
  const context = Context.current();
  context.heartbeat();
  const pulse = setInterval(() => context.heartbeat(), 1_000);
  await new Promise<void>((resolve) => {
    const timer = window === undefined ? undefined : setTimeout(resolve, window);
    context.cancellationSignal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  clearInterval(pulse);
  return 3;
}
