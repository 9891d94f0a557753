import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster';
import type { Connection } from '../cluster/connection';
import { endingOf } from '../http/server';
import { type Effect, Faults } from '../kubernetes/faults';
import { writeKubeconfig } from '../kubernetes/kubeconfig';
import type { LedgerEntry } from '../kubernetes/ledger';
import { StatusError } from '../kubernetes/status';
import { makeCertificates } from '../kubernetes/tls';
import { type Asking, ledgerEntry, readRequest } from './request';

const host = '127.0.0.1';
/** Longer than clients keep theirs, so that none is closed under a request (milliseconds). */
const keepAliveTimeout = 300_000;

/**
 * Stands before a real API server: counts every write, and answers wrongly, late or not at all where a fault is switched on. Whoever comes
 * with the proxy's own token acts with the credentials of the connection; other tokens are passed on as they are.
 */
export async function frontCluster(behind: Connection): Promise<Cluster> {
  const { ca, cert, key } = await makeCertificates(host);
  const token = randomBytes(24).toString('base64url');
  const ledger: LedgerEntry[] = [];
  const askedByOthers: Asking[] = [];
  const faults = new Faults();
  const stopped = new AbortController();
  // Every request listens to it.
  setMaxListeners(0, stopped.signal);
  const trust = { ...(behind.ca ? { ca: behind.ca } : {}), rejectUnauthorized: !behind.insecure, keepAlive: true };
  const plain = new Agent(trust);
  const own = behind.cert && behind.key ? new Agent({ ...trust, cert: behind.cert, key: behind.key }) : plain;
  const upstream: Upstream = {
    server: behind.server,
    agentFor: (isOwn) => (isOwn ? own : plain),
    token,
    ...(behind.token === undefined ? {} : { credentials: behind.token }),
  };
  const server = createServer({ key, cert, keepAliveTimeout }, (request, response) => {
    const asking = readRequest(request);
    if (asking && request.headers.authorization !== `Bearer ${token}`) askedByOthers.push(asking);
    pass(upstream, faults, ledger, stopped.signal, request, response).catch(() => response.destroy());
  });
  const end = endingOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, host, resolve);
  });
  const url = `https://${host}:${(server.address() as AddressInfo).port}`;
  return {
    url,
    ca,
    token,
    kubeconfig: (namespace) =>
      writeKubeconfig({ url, ca, token, contexts: ['sandbox'], ...(namespace === undefined ? {} : { namespace }) }),
    ledger,
    faults,
    askedByOthers,
    stop: async () => {
      stopped.abort();
      await end();
      plain.destroy();
      own.destroy();
    },
  };
}

interface Upstream {
  readonly server: string;
  readonly agentFor: (isOwn: boolean) => Agent;
  /** The proxy's own token. */
  readonly token: string;
  /** What it stands for. */
  readonly credentials?: string;
}

async function pass(
  upstream: Upstream,
  faults: Faults,
  ledger: LedgerEntry[],
  stopped: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readAll(request);
  const asking = readRequest(request);
  const effects = asking ? faults.meet(asking) : [];
  for (const effect of effects) {
    if (effect.kind === 'delay') await delay(effect.milliseconds, undefined, { signal: stopped }).catch(() => undefined);
  }
  const fault = effects.find((effect) => effect.kind !== 'delay');
  if (fault && fault.applied !== true) {
    if (asking?.isWrite) ledger.push(ledgerEntry(asking, body, fault.kind === 'answer' ? fault.status : 0, ''));
    deliver(response, fault);
    return;
  }
  const answer = await forward(upstream, request, body, stopped);
  if (!asking?.isWrite && !fault) {
    response.writeHead(answer.statusCode ?? 502, headersOf(answer));
    // A watch sends nothing for a long time: whoever opened it waits for its head.
    response.flushHeaders();
    answer.pipe(response);
    response.once('close', () => answer.destroy());
    answer.once('error', () => response.destroy());
    return;
  }
  const text = await readAll(answer);
  const status = answer.statusCode ?? 502;
  if (asking) ledger.push(ledgerEntry(asking, body, status, text));
  if (fault) {
    deliver(response, fault);
    return;
  }
  response.writeHead(status, headersOf(answer));
  response.end(text);
}

function forward(
  { server, agentFor, token, credentials }: Upstream,
  request: IncomingMessage,
  body: string,
  stopped: AbortSignal,
): Promise<IncomingMessage> {
  const { host: _, connection: __, 'accept-encoding': ___, authorization, ...headers } = request.headers;
  const isOwn = authorization === `Bearer ${token}`;
  const given = isOwn ? (credentials === undefined ? undefined : `Bearer ${credentials}`) : authorization;
  return new Promise((resolve, reject) => {
    const passed = httpsRequest(new URL(server + (request.url ?? '/')), {
      method: request.method,
      agent: agentFor(isOwn),
      signal: stopped,
      headers: { ...headers, ...(given === undefined ? {} : { authorization: given }) },
    });
    passed.once('response', resolve);
    passed.once('error', reject);
    passed.end(body);
  });
}

/** The text is passed on whole: how it was cut into pieces is the connection's own business. */
function headersOf({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const { 'transfer-encoding': _, 'content-length': __, connection: ___, ...rest } = headers;
  return rest;
}

function deliver(response: ServerResponse, fault: Exclude<Effect, { kind: 'delay' }>): void {
  if (fault.kind === 'drop') {
    response.destroy();
    return;
  }
  const { status, headers = {}, reason = 'InternalError', message = `sandbox fault: ${status}` } = fault;
  const text = JSON.stringify(new StatusError(status, reason, message).body());
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}

async function readAll(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
