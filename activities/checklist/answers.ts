import type { SecretReference } from '../../workflows/runbook/spec';
import { failure, quote } from '../failures';
import { parseJson } from '../json-shape';
import type { Ports } from '../ports';
import type { HttpAnswer } from '../ports/http';

const deadline = 10_000;

/** An HTTP API that is asked and believed only where its answer is what it should be. */
export interface Api {
  /** What people call it: "Grafana". */
  readonly title: string;
  readonly base: string;
  readonly token?: SecretReference | undefined;
  readonly signal: AbortSignal;
}

/** @throws Unavailable, Forbidden, or Invalid where it is none of the statuses that are expected */
export async function ask(
  { http, secrets }: Pick<Ports, 'http' | 'secrets'>,
  { title, base, token, signal }: Api,
  path: string,
  expected: readonly number[] = [200],
): Promise<HttpAnswer> {
  const secret = token && (await secrets.resolve(token));
  const answer = await http.send({ method: 'GET', base, path, token: secret, deadline, signal });
  if (expected.includes(answer.status)) return answer;
  const said = `${title} answers ${answer.status} to GET ${path.split('?')[0] ?? path}`;
  if (answer.status === 401 || answer.status === 403)
    throw failure('Forbidden', said, { remedy: `Give it a token that may read, by name in the spec.` });
  if (answer.status >= 500 || answer.status === 429)
    throw failure('Unavailable', said, { remedy: `See whether ${title} is well, then retry.` });
  throw failure('Invalid', said, { remedy: `Check the address of ${title} in the spec.` });
}

/** Its answer as JSON. @throws Invalid where it is none: whoever answered is not who was meant */
export function jsonOf({ body }: Pick<HttpAnswer, 'body'>, { title }: Pick<Api, 'title'>): unknown {
  const parsed = parseJson(body);
  if (parsed.kind === 'json') return parsed.value;
  throw notWhatWasMeant(title, `does not answer JSON but ${quote(body.toString('utf8', 0, 60), 40) || 'nothing'}`);
}

export function notWhatWasMeant(title: string, does: string): Error {
  return failure('Invalid', `${title} ${does}`, { remedy: `Check the address of ${title} in the spec.` });
}
