import { request as httpsRequest, Agent } from 'node:https';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConnection, type Connection } from '../../sandbox/cluster/connection';
import { findPrograms } from '../../sandbox/control-plane/programs';
import { startControlPlane } from '../../sandbox/control-plane/start';
import { startStandIn } from '../../sandbox/kubernetes';
import { writeKubeconfig } from '../../sandbox/kubernetes/kubeconfig';

/** One request as it goes over the wire, and its answer as it comes back. */
export interface Wire {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly warnings: readonly string[];
}

/** An API server that the contract is held against. */
export interface Target {
  readonly kind: 'stand-in' | 'real';
  readonly kubeconfig: string;
  /** The program: the one that is built with the control plane, else what PATH has. */
  readonly kubectl: string;
  send(wire: Wire): Promise<Answered>;
  /** Lines of a watch, until it has seen `count` events or the time is over. */
  watch(path: string, count: number): Promise<readonly { readonly type: string; readonly object: Readonly<Record<string, unknown>> }[]>;
  close(): Promise<void>;
}

/** The stand-in, or what `npm run test:cluster` runs on. */
export async function openTarget(kind: Target['kind']): Promise<Target> {
  const dir = await mkdtemp(join(tmpdir(), 'analytics-deploy-contract-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const kubeconfig = join(dir, 'kubeconfig');
  const given = process.env['ANALYTICS_DEPLOY_TEST_KUBECONFIG'];
  if (kind === 'stand-in') {
    const standIn = await startStandIn();
    stops.unshift(() => standIn.stop());
    await writeFile(kubeconfig, standIn.kubeconfig());
  } else if (given) {
    await writeFile(kubeconfig, await readFile(given));
  } else {
    const plane = await startControlPlane(await findPrograms(() => undefined), dir);
    stops.unshift(() => plane.stop());
    await writeFile(kubeconfig, writeKubeconfig({ ...plane, contexts: ['sandbox'] }));
  }
  const connection = readConnection(await readFile(kubeconfig, 'utf8'));
  const agent = agentOf(connection);
  stops.unshift(async () => agent.destroy());
  return {
    kind,
    kubeconfig,
    kubectl: kind === 'real' && !given ? (await findPrograms(() => undefined)).kubectl : 'kubectl',
    send: (wire) => send(connection, agent, wire),
    watch: (path, count) => watch(connection, agent, path, count),
    close: async () => {
      for (const stop of stops) await stop();
    },
  };
}

function agentOf({ ca, cert, key, insecure }: Connection): Agent {
  return new Agent({
    keepAlive: true,
    rejectUnauthorized: !insecure,
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
  });
}

function open({ server, token }: Connection, agent: Agent, { method, path, body, type, headers }: Wire) {
  const content = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const request = httpsRequest(new URL(server + path), {
    method,
    agent,
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      // Node states no length of a DELETE's body by itself.
      ...(content === undefined ? {} : { 'content-type': type ?? 'application/json', 'content-length': Buffer.byteLength(content) }),
      ...headers,
    },
  });
  request.end(content);
  return request;
}

function send(connection: Connection, agent: Agent, wire: Wire): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = open(connection, agent, wire);
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.once('end', () => {
        const warning = response.headers['warning'];
        resolve({ status: response.statusCode ?? 0, body: parsed(text), text, warnings: warning === undefined ? [] : [warning] });
      });
    });
  });
}

function watch(connection: Connection, agent: Agent, path: string, count: number) {
  return new Promise<{ type: string; object: Readonly<Record<string, unknown>> }[]>((resolve, reject) => {
    const seen: { type: string; object: Readonly<Record<string, unknown>> }[] = [];
    const request = open(connection, agent, { method: 'GET', path });
    const end = (): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(seen);
    };
    const timer = setTimeout(end, 5_000);
    request.once('error', reject);
    request.once('response', (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines.filter((one) => one !== '')) seen.push(JSON.parse(line) as (typeof seen)[number]);
        if (seen.length >= count) end();
      });
      response.once('end', end);
      response.once('error', end);
    });
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
