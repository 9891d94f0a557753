import type { RequestSpec, Spec } from '../../workflows/runbook/spec';
import type { Call } from '../load/load';

/** The requests that users keep sending: those of the spec that only read. */
export function callsOf(
  { smoke, verification }: Pick<Spec, 'smoke' | 'verification'>,
  tokens: Readonly<Record<string, string>>,
): readonly Call[] {
  const reads = [...verification.requests, ...smoke].filter(isRead);
  const calls = reads.map(({ path, token }): Call => {
    const value = token === undefined ? undefined : tokens[token];
    return value === undefined ? { path } : { path, token: value };
  });
  return calls.length > 0 ? calls : [{ path: '/version' }];
}

/** A HEAD is answered like a GET, and one that expects a refusal is no user's. `/health` is asked by machines. */
const isRead = ({ method, path, expect }: RequestSpec): boolean => method === 'GET' && expect.status < 400 && path !== '/health';
