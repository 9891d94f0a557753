import type { ProbeReceipt, ProbeRequest } from '../workflows/runbook/contract';
import type { RequestSpec } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { failure } from './failures';
import { at, parseJson, typeOf } from './json-shape';
import type { Ports } from './ports';
import type { HttpAnswer } from './ports/http';

/** Beyond what the spec allows, an answer is waited for so long: to say that it was late, and how late. */
const patience = 5_000;

/** Between two of one question. */
const poll = 500;

/** One judged request (runbook, steps 1.2 and 2.4, and the end of a rollback). */
export function probeActivities({ http, secrets, clock }: Ports) {
  return {
    async probe({ url, request, token, patience: wait = 0 }: ProbeRequest, { signal }: Attempt): Promise<ProbeReceipt> {
      const { method, path, expect } = request;
      const secret = token && (await secrets.resolve(token));
      const deadline = Math.min(expect.within + patience, 25_000);
      const until = clock.now() + wait;
      for (;;) {
        const answer = await http.send({ method, base: url, path, token: secret, deadline, signal });
        const problems = judgeAnswer(expect, answer);
        if (problems.length === 0) return { status: answer.status, took: Math.round(answer.took) };
        if (clock.now() >= until) {
          const remedy = `Look at ${method} ${path || '/'}, then retry.`;
          throw failure('CheckFailed', `${request.name}: ${problems.join('; ')}`, { remedy });
        }
        await clock.sleep(poll, signal);
      }
    },
  };
}

/** Pure: everything that is wrong with an answer. */
export function judgeAnswer(
  { status, json, within }: RequestSpec['expect'],
  answer: Pick<HttpAnswer, 'status' | 'body' | 'took'>,
): readonly string[] {
  return [
    ...(answer.status === status ? [] : [`answered ${answer.status}, expected ${status}`]),
    ...(answer.took <= within ? [] : [`took ${Math.round(answer.took)} ms, at most ${within} ms are allowed`]),
    ...(json && answer.status === status ? judgeFields(json, answer.body) : []),
  ];
}

function judgeFields(fields: NonNullable<RequestSpec['expect']['json']>, body: Buffer): readonly string[] {
  const parsed = parseJson(body);
  if (parsed.kind === 'no-json') return ['the answer is not JSON'];
  return Object.entries(fields).flatMap(([path, type]) => {
    const found = typeOf(at(parsed.value, path));
    return found === type ? [] : [`field ${path} is ${found}, expected ${type}`];
  });
}
