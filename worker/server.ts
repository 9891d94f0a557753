import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
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
}
export interface HealthServer {
  readonly address: string;
  close(): Promise<void>;
}

/** How long a look may take before the scrape says that Temporal does not answer, in milliseconds. */
const patience = 5_000;
/** Looks are shared by everybody who asks within this time, in milliseconds. */
const freshness = 2_000;

/** Serves /healthz, /readyz and /metrics. */
export async function serveHealth({ listen, build, notReady, observe }: HealthSettings): Promise<HealthServer> {
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
