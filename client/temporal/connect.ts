import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { connect } from 'node:net';
import { failure } from '../problems';
import type { Engine } from './engine';
import { temporalEngine } from './adapter';
import { connectionProblem } from './errors';

/** How long a person waits for a server that is not there. */
const patience = 3_000;

export interface ConnectOptions {
  readonly identity: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Connects by the standard: temporal.toml profiles and TEMPORAL_* variables. Fails within three seconds, saying what to do. */
export async function connectToTemporal({ identity, env }: ConnectOptions): Promise<Engine> {
  const { connectionOptions, namespace } = readConfiguration(env);
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  try {
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout: patience });
    return temporalEngine(new Client({ connection, namespace, identity }), connection, address);
  } catch (error) {
    throw connectionProblem(error, address, namespace, await tryTcp(address));
  }
}

function readConfiguration(env: ConnectOptions['env']) {
  const variables = Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  try {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({ overrideEnvVars: variables });
    return { connectionOptions, namespace };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw failure(`The Temporal configuration cannot be used: ${message}. See temporal.toml and the TEMPORAL_* variables.`);
  }
}

/** gRPC only says that time ran out; a bare connection says why. Null where it succeeds or cannot tell in half a second. */
function tryTcp(address: string): Promise<string | null> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  if (host === '') return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 500 });
    const end = (reason: string | null) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end(null));
    socket.once('error', ({ message }) => end(message));
  });
}
