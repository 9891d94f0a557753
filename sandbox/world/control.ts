import type { IncomingMessage, ServerResponse } from 'node:http';
import { codeFaultKinds, type Fault, faultKinds, standingKinds } from '../faults';
import { listen, type Listening, pathOf, readBody, respondJson } from '../http/server';
import type { SandboxControl } from './client';

/** What the control API needs of the sandbox; the same as it offers. */
type Answer = (request: IncomingMessage) => Promise<unknown>;

/** Serves the sandbox's control API, so that another process can look at the world and break it. */
export function startControl(control: SandboxControl): Promise<Listening> {
  const routes: Readonly<Record<string, Answer>> = {
    'GET /stats': () => control.stats(),
    'GET /ledger': () => control.ledger(),
    'GET /snapshot': () => control.snapshot(),
    'GET /notices': () => control.notices(),
    'POST /faults': async (request) => {
      await control.setFault(readFault(await readBody(request)));
      return control.stats();
    },
    'DELETE /faults': async () => {
      await control.clearFaults();
      return control.stats();
    },
  };
  return listen(async (request, response) => {
    const answer = routes[`${request.method} ${pathOf(request)}`];
    if (!answer) return respondJson(response, 404, { error: `There is only: ${Object.keys(routes).join(', ')}.` });
    await answerWith(answer, request, response);
  });
}

async function answerWith(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    respondJson(response, 200, await answer(request));
  } catch (error) {
    if (!(error instanceof BadFault)) throw error;
    respondJson(response, 400, { error: error.message });
  }
}

const kinds = [...faultKinds, ...codeFaultKinds, ...standingKinds];

class BadFault extends Error {
  override readonly name = 'BadFault';
}

/** @throws BadFault where it is none. */
function readFault(text: string): Fault {
  const fault = parse(text) as Partial<Record<keyof Fault, unknown>> | null;
  const isOptional = (value: unknown, type: 'string' | 'number'): boolean => value === undefined || typeof value === type;
  const isFault =
    fault !== null &&
    (kinds as readonly unknown[]).includes(fault.kind) &&
    [fault.colour, fault.version].every((value) => isOptional(value, 'string')) &&
    [fault.atShare, fault.rate].every((value) => isOptional(value, 'number')) &&
    [undefined, 'production', 'staging'].includes(fault.where as string | undefined);
  if (!isFault)
    throw new BadFault(`A fault is {"kind": one of ${kinds.join(', ')}, "colour"?, "version"?, "where"?, "atShare"?, "rate"?}.`);
  return fault as Fault;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
