import { MockActivityEnvironment } from '@temporalio/testing';
import type { ApplicationFailure } from '@temporalio/common';
import type { FailureDetails } from '../../workflows/runbook/failures';

type Info = ConstructorParameters<typeof MockActivityEnvironment>[0];
const quiet = { level: 'ERROR', log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing } as const;
function nothing(): void {}

/** A line of the worker's log. */
export interface Warned {
  readonly message: string;
  readonly output: string;
  readonly digest: string;
}

/** An activity's surroundings without a server. Warnings go to `warned`. */
export function surroundings(info?: Info, warned: Warned[] = []): MockActivityEnvironment {
  const warn = (message: string, meta?: object) => void warned.push({ output: '', digest: '', ...meta, message });
  return new MockActivityEnvironment(info, { logger: { ...quiet, warn } });
}

/** Runs one activity as a worker would. */
export function run<In, Out>(activity: (input: In) => Promise<Out>, input: In, info?: Info, warned?: Warned[]): Promise<Out> {
  return surroundings(info, warned).run<[In], Out, (input: In) => Promise<Out>>(activity, input);
}

/** How an activity failed: type, message, and the details that the workflow reads. */
export async function failing(promise: Promise<unknown>): Promise<{ type: string; message: string; final: boolean } & FailureDetails> {
  const answer: unknown = await promise.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  const { name, type, message, nonRetryable, details } = answer as ApplicationFailure;
  if (name !== 'ApplicationFailure')
    throw new Error(`expected a failure of the catalogue, found ${JSON.stringify(answer)} ${String(answer)}`);
  return { ...(details?.[0] as FailureDetails), type: type ?? '', message, final: nonRetryable ?? false };
}
