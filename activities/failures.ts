import { ApplicationFailure } from '@temporalio/common';
import { failureTypes, type FailureDetails, type FailureType } from '../workflows/runbook/failures';

/** Longest delay that a server may impose on us by `Retry-After`. */
export const longestDelay = 5 * 60_000;

/** A message goes into the history, the report, the notices and the terminal: longer ones are cut. */
const longestMessage = 1_000;

/**
 * The one way in which an activity fails: a type of the catalogue, what happened, and the remedy as the last sentence.
 * `retryAfter` (milliseconds) is the delay that the server asked for.
 */
export function failure(type: FailureType, what: string, details: FailureDetails = {}, retryAfter?: number): ApplicationFailure {
  // Parts of it come from pods, servers and other people: none may steer the terminal that shows it.
  const short = quote(what, longestMessage);
  const sentence = /[.!?…]$/.test(short) ? short : `${short}.`;
  return ApplicationFailure.create({
    type,
    message: details.remedy ? `${sentence} ${details.remedy}` : sentence,
    nonRetryable: !failureTypes[type].retry,
    details: [details],
    ...(retryAfter === undefined ? {} : { nextRetryDelay: Math.min(retryAfter, longestDelay) }),
  });
}

/** The catalogue's type of an error, null where it is none of ours. Compared by `type`, as errors cross realms. */
export function failureTypeOf(error: unknown): FailureType | null {
  const { name, type } = (error ?? {}) as { name?: unknown; type?: unknown };
  return name === 'ApplicationFailure' && typeof type === 'string' && type in failureTypes ? (type as FailureType) : null;
}

/** True where the server has certainly not done what it was asked: an answer that refuses. */
export function isRefusal(error: unknown): boolean {
  const type = failureTypeOf(error);
  return type !== null && refusals.has(type);
}
const refusals: ReadonlySet<FailureType> = new Set(['Conflict', 'Invalid', 'NotFound', 'Forbidden', 'RateLimited', 'Misconfigured']);

/** The same failure with more details. */
export function withDetails(error: ApplicationFailure, more: FailureDetails): ApplicationFailure {
  const [first, ...rest] = error.details ?? [];
  const details = { ...(typeof first === 'object' && first !== null ? first : {}), ...more };
  return ApplicationFailure.create({
    message: error.message,
    details: [details, ...rest],
    ...(error.type ? { type: error.type } : {}),
    nonRetryable: error.nonRetryable ?? false,
    ...delayOf(error),
  });
}

function delayOf(error: ApplicationFailure): { nextRetryDelay?: number } {
  const { nextRetryDelay } = error as { nextRetryDelay?: unknown };
  return typeof nextRetryDelay === 'number' ? { nextRetryDelay } : {};
}

/** The code of a system's or a library's error, `ECONNREFUSED`: all that is told of an error that is none of ours. */
export function codeOf(error: unknown, otherwise: string): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : otherwise;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date, capped; undefined where it says nothing usable. */
export function retryDelay(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), longestDelay) : undefined;
}

/** One line of at most `length` characters, without control characters: what may be quoted from a server. */
export function quote(text: string, length = 200): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** Whoever adds a kind must answer for it everywhere. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected kind ${JSON.stringify(value)}`);
}
