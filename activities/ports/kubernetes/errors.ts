import type { ApplicationFailure } from '@temporalio/common';
import { codeOf, failure, quote, retryDelay } from '../../failures';
import type { FailureType } from '../../../workflows/runbook/failures';

const types: Readonly<Record<number, FailureType>> = {
  400: 'Invalid',
  401: 'Forbidden',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'Invalid',
  409: 'Conflict',
  413: 'Invalid',
  415: 'Invalid',
  422: 'Invalid',
  429: 'RateLimited',
};

const remedies: Partial<Record<FailureType, string>> = {
  Forbidden: 'Give the worker this right (`doctor` lists all it needs), then retry.',
  NotFound: 'Create it or correct the spec, then retry.',
  Invalid: 'The server will never take this request: correct the spec or the object.',
};

/** An error of the client library as a failure of the catalogue; `what` is verb and object. Headers and bodies stay behind. */
export function toFailure(error: unknown, what: string, now: number): ApplicationFailure {
  const code = statusOf(error);
  if (code === null) {
    return failure('Unavailable', `${what}: no answer (${networkCode(error)})`, {
      remedy: 'Check that the cluster can be reached from the worker.',
    });
  }
  const type = types[code] ?? 'Unavailable';
  const { body, headers } = error as { body?: unknown; headers?: Readonly<Record<string, string>> };
  const remedy = remedies[type];
  return failure(type, `${what}: ${code} ${messageOf(body)}`.trim(), remedy ? { remedy } : {}, retryDelay(headers?.['retry-after'], now));
}

/** The HTTP status of the client's ApiException, null for anything else. */
export function statusOf(error: unknown): number | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : null;
}

/** `message` of the Status that the server answered, shortened. */
function messageOf(body: unknown): string {
  const status = typeof body === 'string' ? parsed(body) : body;
  const message = (status as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? quote(message) : '';
}
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function networkCode(error: unknown): string {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: unknown };
  return codeOf(cause, codeOf(error, name === 'TimeoutError' ? 'took longer than 10 s' : 'connection failed'));
}
