import type { ApplicationFailure } from '@temporalio/common';
import type { Delivery, NotifyReceipt, NotifyRequest } from '../workflows/runbook/contract';
import { failureTypes, type FailureDetails } from '../workflows/runbook/failures';
import { secretsOf, type SecretReference, type SinkSpec } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { failureTypeOf } from './failures';
import type { Ports } from './ports';
import type { Secret } from './ports/secrets';

/** Sendings to one sink, at most. */
const tries = 3;
const pause = 500;
/** How long one sink may hold up the messages behind this one, in milliseconds. */
const patience = 30_000;

/** What is known of the sinks so far; travels in heartbeat details, so that a crash sends nothing twice that is known to have arrived. */
type Progress = Readonly<Record<string, Delivery | 'sending'>>;

/** Notices to people. Bounded, and never a reason to fail: a sink that is down is listed with its own sentence. */
export function noticeActivities({ notices, secrets, clock }: Ports) {
  return {
    async notify(request: NotifyRequest, attempt: Attempt): Promise<NotifyReceipt> {
      const { signal } = attempt;
      let progress: Progress = readProgress(attempt.resumed);
      const note = (name: string, what: Delivery | 'sending'): void => {
        progress = { ...progress, [name]: what };
        attempt.heartbeat(progress);
      };
      return { sinks: (await Promise.all(request.sinks.map(deliver))).filter((answer) => answer !== null) };

      /** Null where the deployment did not wait for the answer. */
      async function deliver(sink: SinkSpec): Promise<Delivery | null> {
        const { name } = sink;
        const before = progress[name];
        if (before !== undefined && before !== 'sending') return before;
        try {
          const delivery = await send(sink, attempt.isRetry || request.mayRepeat === true);
          note(name, delivery);
          return delivery;
        } catch (error) {
          if (signal.aborted && attempt.isStopRequested()) return null;
          throw error;
        }
      }

      /** @param wasBegun an attempt before this one may have sent it, and its answer is not known. */
      async function send(sink: SinkSpec, wasBegun: boolean): Promise<Delivery> {
        const { name } = sink;
        const end = clock.now() + patience;
        let mayRepeat = wasBegun;
        for (let attempts = 1; ; attempts++) {
          try {
            const resolved = await resolveAll(secretsOf(sink), request.tokens);
            note(name, 'sending');
            const { key, kind = null, subject, text, threads = {} } = request;
            const sent = await notices.send(sink, { key, kind, subject, text, thread: threads[name], mayRepeat }, resolved, signal);
            return delivered(name, sent, mayRepeat);
          } catch (error) {
            signal.throwIfAborted();
            const { message, delay, isFinal, wroteNothing } = read(error);
            const wait = delay ?? pause;
            mayRepeat ||= !wroteNothing;
            if (isFinal || attempts >= tries || clock.now() + wait > end) {
              return { name, result: 'undelivered', note: mayRepeat ? `${message} An answer was lost: it may have arrived.` : message };
            }
            await clock.sleep(wait, signal);
          }
        }
      }
    },
  };

  async function resolveAll(
    named: Readonly<Record<string, string>>,
    tokens: NotifyRequest['tokens'],
  ): Promise<Readonly<Record<string, Secret>>> {
    const entries = Object.entries(named).flatMap(([role, name]): readonly (readonly [string, SecretReference])[] => {
      const reference = tokens[name];
      return reference ? [[role, reference]] : [];
    });
    return Object.fromEntries(
      await Promise.all(entries.map(async ([role, reference]) => [role, await secrets.resolve(reference)] as const)),
    );
  }
}

function delivered(
  name: string,
  { thread, note, isOnce }: { readonly thread?: string; readonly note?: string; readonly isOnce?: boolean },
  mayRepeat: boolean,
): Delivery {
  const isTwice = mayRepeat && isOnce !== true;
  const notes = [...(isTwice ? ['An answer was lost, and it was sent again.'] : []), ...(note === undefined ? [] : [note])];
  return {
    name,
    result: isTwice ? 'perhaps twice' : 'delivered',
    ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    ...(thread === undefined ? {} : { thread }),
  };
}

interface Problem {
  readonly message: string;
  /** What the sink asked for, in milliseconds. */
  readonly delay: number | undefined;
  readonly isFinal: boolean;
  readonly wroteNothing: boolean;
}

function read(error: unknown): Problem {
  const type = failureTypeOf(error);
  if (type === null)
    return { message: 'The sink could not be used, for a reason nobody foresaw.', delay: undefined, isFinal: false, wroteNothing: false };
  const { message, details } = error as ApplicationFailure;
  const { nextRetryDelay } = error as { readonly nextRetryDelay?: unknown };
  const wrote = (details?.[0] as FailureDetails | undefined)?.wrote;
  const delay = typeof nextRetryDelay === 'number' ? nextRetryDelay : undefined;
  return { message, delay, isFinal: !failureTypes[type].retry, wroteNothing: wrote === false || type === 'Misconfigured' };
}

function readProgress(resumed: unknown): Progress {
  return typeof resumed === 'object' && resumed !== null ? (resumed as Progress) : {};
}
