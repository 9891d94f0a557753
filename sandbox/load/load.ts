import { Agent, request as httpRequest } from 'node:http';
import { Counter, type Tally } from './tally';

/** A request that may be sent again and again: it changes nothing. */
export interface Call {
  readonly path: string;
  /** The token itself. */
  readonly token?: string;
}
export interface Load {
  tally(): Tally;
  stop(): Promise<void>;
}

/** Longest time for one answer, in milliseconds. */
const timeout = 5_000;

/** Sends requests at an even pace until it is stopped. @param rate requests per second */
export function startLoad(url: string, rate: number, calls: readonly Call[]): Load {
  const agent = new Agent({ keepAlive: true });
  const counter = new Counter();
  const running = new Set<Promise<void>>();
  const started = performance.now();
  let sent = 0;

  const send = async (call: Call): Promise<void> => {
    const { status, colour, version } = await ask(agent, url, call);
    counter.count({ at: Date.now(), failed: status >= 500, colour, version });
  };
  // By the clock and not by the ticks: a late tick sends what it owes, so that the rate holds.
  const tick = (): void => {
    for (const due = ((performance.now() - started) / 1000) * rate; sent < due; sent += 1) {
      const call = calls[sent % calls.length];
      if (!call) return;
      const request = send(call).finally(() => running.delete(request));
      running.add(request);
    }
  };
  const timer = rate > 0 ? setInterval(tick, 1000 / rate) : undefined;
  return {
    tally: () => counter.tally(),
    stop: async () => {
      clearInterval(timer);
      agent.destroy();
      await Promise.all(running);
    },
  };
}

interface Outcome {
  readonly status: number;
  readonly colour: string | null;
  readonly version: string | null;
}

function ask(agent: Agent, url: string, { path, token }: Call): Promise<Outcome> {
  return new Promise((resolve) => {
    const unanswered = (): void => resolve({ status: 599, colour: null, version: null });
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const request = httpRequest(url + path, { agent, headers, timeout }, (response) => {
      const { 'x-color': colour, 'x-version': version } = response.headers;
      const outcome = { status: response.statusCode ?? 599, colour: text(colour), version: text(version) };
      response.resume().once('end', () => resolve(outcome));
      response.once('error', unanswered);
    });
    request.once('timeout', () => request.destroy(new Error('No answer in time.')));
    request.once('error', unanswered);
    request.end();
  });
}

const text = (header: string | readonly string[] | undefined): string | null => (typeof header === 'string' ? header : null);
