import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { searchAttributes } from '../../workflows/messages';
import { freePort, onFreePort } from '../parts/free-port';
import { startServer } from '../parts/server';
import { withoutTemporal } from './connection';
import { findTemporalCli } from './find';
import { isServing } from './serving';

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

/**
 * Starts a Temporal server of our own with our search attributes and the namespace `default`. Whatever TEMPORAL_* variables or
 * configuration files the user has, they are not for this one. It ends with this process, however that ends.
 */
export async function startTemporal(settings: DevServerSettings): Promise<DevServer> {
  const cli = await findTemporalCli();
  await mkdir(settings.dataDir, { recursive: true });
  return settings.port === undefined ? onFreePort((port) => startOnce(cli, settings, port)) : startOnce(cli, settings, settings.port);
}

async function startOnce(cli: string, { dataDir, dbFile, uiPort = false }: DevServerSettings, port: number): Promise<DevServer> {
  const ui = uiPort === true ? await freePort() : uiPort;
  const address = `127.0.0.1:${port}`;
  const { ended, stop } = await startServer({
    title: 'Temporal server',
    command: [
      ...([cli, 'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'] as const),
      ...(ui === false ? ['--headless'] : ['--ui-port', String(ui)]),
      ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
      ...Object.entries(attributeTypes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ],
    env: cleanEnvironment(dataDir),
    logFile: join(dataDir, 'temporal.log'),
    at: address,
    isServing: () => isServing(address, Object.keys(attributeTypes)),
  });
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
