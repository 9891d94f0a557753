import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Secret } from '../activities/ports/secrets';
import type { AlertMessage } from '../workflows/messages';
import { isAllowed, readPush } from './alerts';
import { exposition } from './metrics';
import type { Observation } from './observe';

export interface HealthSettings {
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  readonly build: string;
  /** Why it does not take work now; null where it does. */
  readonly notReady: () => string | null;
  /** One look at the deployments; may fail, may hang. */
  readonly observe: () => Promise<Observation>;
  /** Takes Alertmanager's pushes, and only with this token; absent: nothing is taken. */
  readonly alerts?: {
    /** Read anew for each push. */
    readonly token: () => Promise<Secret>;
    /** Gives how many follow-ups were told. */ readonly tell: (message: AlertMessage) => Promise<number>;
  };
}
export interface HealthServer {
  readonly address: string;
  close(): Promise<void>;
}

/** How long a look may take before the scrape says that Temporal does not answer, in milliseconds. */
const patience = 5_000;
/** Looks are shared by everybody who asks within this time, in milliseconds. */
const freshness = 2_000;

/** Serves /healthz, /readyz and /metrics; and takes alerts at /alerts. */
export async function serveHealth({ listen, build, notReady, observe, alerts }: HealthSettings): Promise<HealthServer> {
  const [host, port] = readAddress(listen);
  let last: { readonly at: number; readonly looking: Promise<Observation | null> } | null = null;
  const look = (): Promise<Observation | null> => {
    if (last === null || Date.now() - last.at > freshness) {
      const looking = Promise.race([observe().catch(() => null), delay(patience, null, { ref: false })]);
      last = { at: Date.now(), looking };
    }
    return last.looking;
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    if (path === '/healthz') return answer(response, 200, 'ok\n');
    if (path === '/readyz') {
      const why = notReady();
      return why === null ? answer(response, 200, 'ready\n') : answer(response, 503, `not ready: ${why}\n`);
    }
    if (path === '/alerts' && alerts) return void takeAlerts(request, response, alerts);
    if (path !== '/metrics') return answer(response, 404, 'There is only /healthz, /readyz and /metrics.\n');
    look()
      .then((observation) => exposition(build, observation, Date.now()))
      .then(
        ({ type, text }) => answer(response, 200, text, type),
        () => answer(response, 500, 'The metrics could not be written.\n'),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const { address, port: taken } = server.address() as AddressInfo;
  return {
    address: `${address}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A push is small; a larger one is none. */
const largestPush = 1024 * 1024;

/** What cannot be told now is answered with 503: Alertmanager sends it again. */
async function takeAlerts(
  request: IncomingMessage,
  response: ServerResponse,
  { token, tell }: NonNullable<HealthSettings['alerts']>,
): Promise<void> {
  try {
    if (!isAllowed(request.headers.authorization, (await token()).reveal())) {
      answer(response, 401, 'Send the bearer token.\n');
      return;
    }
    if (request.method !== 'POST') {
      answer(response, 405, 'Alerts are posted.\n');
      return;
    }
    const text = await readBody(request);
    const message = text === null ? null : readPush(text);
    if (message === null) {
      answer(response, 400, "This is no push of Alertmanager's webhook receiver.\n");
      return;
    }
    answer(response, 200, `told ${await tell(message)}\n`);
  } catch {
    answer(response, 503, 'The follow-ups could not be told now.\n');
  }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    // Read to its end all the same: who sends too much gets an answer too.
    if (size <= largestPush) parts.push(part);
  }
  return size > largestPush ? null : Buffer.concat(parts).toString('utf8');
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
}

/** @throws where it is no `host:port`. */
export function readAddress(listen: string): readonly [host: string, port: number] {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (host === undefined || port === undefined || Number(port) > 65_535) {
    throw new RangeError(`"${listen}" is no address: give host:port, such as 0.0.0.0:9464.`);
  }
  return [host.replace(/^\[(.*)\]$/, '$1'), Number(port)];
}
