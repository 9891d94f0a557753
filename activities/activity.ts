import { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { codeOf, failure, failureTypeOf, withDetails } from './failures';

/** What an activity knows about its own execution. Mutable on purpose: it remembers whether a write may have happened. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** What the attempt before this one heartbeat last; undefined at the first. */
  readonly resumed: unknown;
  /** An attempt before this one was begun: what it did is known from its heartbeats alone. */
  readonly isRetry: boolean;
  /** Remembers the details; they are sent at once and again with every pulse. */
  heartbeat(details: unknown): void;
  /** To be called before any request that may change the world. */
  mayWrite(): void;
  /** To be called where the answer proves that the request changed nothing. */
  wasRefused(): void;
  /** The workflow asked to stop: not a shutdown of the worker, not a time-out. */
  isStopRequested(): boolean;
}

export type Doing<In, Out> = (input: In, attempt: Attempt) => Promise<Out>;
type Answered<Doings> = {
  readonly [K in keyof Doings]: Doings[K] extends Doing<infer In, infer Out> ? (input: In) => Promise<Out> : never;
};

/** Wraps every activity of a subject once: heartbeats, and errors of the catalogue only. */
export function asActivities<Doings extends Readonly<Record<string, Doing<never, unknown>>>>(doings: Doings): Answered<Doings> {
  const entries = Object.entries(doings).map(([name, doing]) => [name, asActivity(doing as Doing<unknown, unknown>)]);
  return Object.fromEntries(entries) as Answered<Doings>;
}

function asActivity<In, Out>(doing: Doing<In, Out>): (input: In) => Promise<Out> {
  return async (input) => {
    const context = Context.current();
    const pulse = startPulse(context);
    const writes = { pending: 0 };
    try {
      return await doing(input, {
        signal: context.cancellationSignal,
        resumed: context.info.heartbeatDetails as unknown,
        isRetry: context.info.attempt > 1,
        heartbeat: pulse.beat,
        mayWrite: () => void writes.pending++,
        wasRefused: () => void writes.pending--,
        isStopRequested: () => context.cancellationDetails?.cancelRequested === true,
      });
    } catch (error) {
      throw told(error, context, writes.pending === 0);
    } finally {
      pulse.stop();
    }
  };
}

/**
 * Heartbeats at least every second where the policy asks for heartbeats, so that a cancellation is heard. Every pulse carries the
 * last details, at first those of the attempt before, so that a second crash loses nothing.
 */
function startPulse(context: Context): { beat: (details: unknown) => void; stop: () => void } {
  const limit = context.info.heartbeatTimeoutMs;
  if (!limit) return { beat: (details) => context.heartbeat(details), stop: () => undefined };
  let last: unknown = context.info.heartbeatDetails;
  const send = () => context.heartbeat(last);
  send();
  const timer = setInterval(send, Math.min(1_000, limit / 3));
  return {
    beat(details) {
      last = details;
      send();
    },
    stop: () => clearInterval(timer),
  };
}

/** What may leave an activity: a cancellation, or a failure of the catalogue. Nothing else crosses, whatever it carries. */
function told(error: unknown, context: Context, wroteNothing: boolean): unknown {
  const name = nameOf(error);
  if (context.cancellationSignal.aborted && (name === 'CancelledFailure' || name === 'AbortError'))
    return context.cancellationSignal.reason;
  const known = failureTypeOf(error) === null ? unexpected(error) : (error as ApplicationFailure);
  return wroteNothing && context.info.attempt === 1 ? withDetails(known, { wrote: false }) : known;
}

function unexpected(error: unknown): ApplicationFailure {
  const name = nameOf(error);
  // Messages of errors that we do not know may quote headers or bodies: only those of the language's own mistakes are told.
  const told = harmless.has(name) ? `: ${(error as Error).message}` : ` (${codeOf(error, 'no code')})`;
  return failure('Unexpected', `An activity failed in a way nobody foresaw: ${name}${told}`, {
    remedy: 'This is a defect of the tool: look at the stack trace, fix the worker, and the retry goes on.',
  });
}
const harmless: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError']);

function nameOf(error: unknown): string {
  const name = (error as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : typeof error;
}
