import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { searchAttributes } from '../../workflows/messages';
import { withoutTemporal } from './connection';
import { findTemporalCli } from './find';
import { killGroup } from './run-command';
import { isServing } from './serving';
import { endWithParent } from './watchdog';

export interface DevServerSettings {
  /** Where its log is written; made if need be. */
  readonly dataDir: string;
  /** SQLite file that keeps the deployments over a restart; without it they are kept in memory. */
  readonly dbFile?: string;
  /** Port of the web UI; true for a free one. Without it there is no web UI. */
  readonly uiPort?: boolean | number;
  /** Port of the server itself, to start it again where it was. A free one by default. */
  readonly port?: number;
}
export interface DevServer {
  /** `127.0.0.1:port`, as clients and workers want it. */
  readonly address: string;
  readonly uiUrl: string | null;
  /** Resolves when its process has ended, on whoever's word. */
  readonly ended: Promise<void>;
  /** Ends when the server has ended. */
  stop(): Promise<void>;
}

/** How long it may take to answer, in milliseconds. It takes about one second. */
const startLimit = 60_000;
const stopLimit = 5_000;
/** Another program may take the free port before the server does. */
const attempts = 3;

/**
 * Starts a Temporal server of our own with our search attributes and the namespace `default`. Whatever TEMPORAL_* variables or
 * configuration files the user has, they are not for this one. It ends with this process, however that ends.
 */
export async function startTemporal(settings: DevServerSettings): Promise<DevServer> {
  const cli = await findTemporalCli();
  await mkdir(settings.dataDir, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(cli, settings);
    } catch (error) {
      if (attempt === attempts || settings.port !== undefined) throw error;
    }
  }
}

async function startOnce(cli: string, { dataDir, dbFile, uiPort = false, port: wanted }: DevServerSettings): Promise<DevServer> {
  const port = wanted ?? (await freePort());
  const ui = uiPort === true ? await freePort() : uiPort;
  const logFile = join(dataDir, 'temporal.log');
  const log = openSync(logFile, 'w');
  const args = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'],
    ...(ui === false ? ['--headless'] : ['--ui-port', String(ui)]),
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    ...Object.entries(attributeTypes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
  const child = spawn(cli, args, { env: cleanEnvironment(dataDir), stdio: ['ignore', log, log], detached: process.platform !== 'win32' });
  closeSync(log);
  const release = endWithParent(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = `127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await end(child);
    release();
  };
  try {
    await untilServing(child, address);
  } catch (error) {
    await stop();
    const lines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-5).join('\n');
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The Temporal server did not start: ${reason}. Its log, ${logFile}, ends with:\n${lines}`);
  }
  return { address, uiUrl: ui === false ? null : `http://127.0.0.1:${ui}`, ended, stop };
}

/** Registered at the start, so that the first deployment finds them. */
export const attributeTypes: Readonly<Record<string, 'Int' | 'Keyword'>> = Object.fromEntries(
  Object.values(searchAttributes).map((name) => [name, name === searchAttributes.weight ? 'Int' : 'Keyword'] as const),
);

/** Its home is a folder of ours, so that it finds no configuration there. */
const cleanEnvironment = (home: string): NodeJS.ProcessEnv => ({
  ...withoutTemporal(),
  HOME: home,
  XDG_CONFIG_HOME: home,
  APPDATA: home,
});

async function untilServing(child: ChildProcess, address: string): Promise<void> {
  const deadline = Date.now() + startLimit;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${String(code)}`}`));
    child.once('error', ({ message }) => resolve(message));
  });
  for (;;) {
    const state = await Promise.race([ended, isServing(address, Object.keys(attributeTypes))]);
    if (state === true) return;
    if (typeof state === 'string') throw new Error(state);
    if (Date.now() > deadline) throw new Error(`it did not answer at ${address} within ${startLimit / 1000} s`);
    await delay(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  killGroup(child.pid, 'SIGTERM');
  const timer = setTimeout(() => killGroup(child.pid), stopLimit);
  await ended;
  clearTimeout(timer);
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('The system gave no port. Check the limits of open files and ports.');
  return address.port;
}
