import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProject } from '../git/project';
import { startPostgres, type Postgres } from '../parts/postgres';
import { startServer } from '../parts/server';

/** What can be made to go wrong with the database: a backup that lacks rows, a migration that the rows do not allow. */
export const databaseFaults = ['backup', 'migration'] as const;
export type DatabaseFault = (typeof databaseFaults)[number];

/** The service's own database, real. */
export interface Database {
  /** Where a spec finds it: a file that only its owner reads. */
  readonly url: `file:${string}`;
  /** Folder of its tools. */
  readonly tools: string;
  /** Folder for its dumps. */
  readonly backups: string;
  readonly psql: string;
  /** Its connection URL, with the password. */
  connection(): Promise<string>;
  /** Runs SQL on it as a superuser. */
  sql(text: string): Promise<string>;
  /** Is wrong in these ways from now on, and in no others. */
  follow(broken: ReadonlySet<string>): Promise<void>;
  stop(): Promise<void>;
}

const name = 'analytics';
/** As the live version knows it: what is pending belongs to the release. */
const live = ['0001_events', '0002_sessions'];
const rows = `
insert into events (kind, user_id) select (array['view', 'like', 'share'])[1 + n % 3], n % 200 from generate_series(1, 5000) n;
insert into sessions select n, n % 200, n from generate_series(1, 400) n;
analyze;`;
/** Longer than the release's last migration allows. */
const longKind = 'kept from an import that nobody remembers any more';

/** Starts PostgreSQL with the service's schema and rows, and users who keep writing. @throws PartNotFound where it cannot be had */
export async function startDatabase(dir: string, executable?: string): Promise<Database> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const server = await startPostgres({ dataDir: join(dir, 'postgres') }, executable);
  try {
    const password = randomBytes(18).toString('base64url');
    // The role of the service: it may make scratch databases, and is no superuser.
    await server.sql('postgres', `create role ${name} login createdb password '${password}'`);
    await server.sql('postgres', `create database ${name} owner ${name}`);
    for (const text of await schema()) await server.sql(name, text);
    const url = join(dir, 'url');
    await writeFile(url, `postgresql://${name}:${password}@127.0.0.1:${server.port}/${name}`, { mode: 0o600 });
    const tools = await makeTools(dir, server.tools);
    const users = await startUsers(dir, server);
    const stop = async (): Promise<void> => {
      await users.stop();
      await server.stop();
    };
    return {
      url: `file:${url}`,
      tools,
      backups: join(dir, 'backups'),
      psql: join(server.tools, 'psql'),
      connection: () => readFile(url, 'utf8'),
      sql: (text) => server.sql(name, text),
      follow: (broken) => follow(dir, server, broken),
      stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function schema(): Promise<readonly string[]> {
  const folder = join(findProject(), 'migrations');
  const made = await Promise.all(live.map((migration) => readFile(join(folder, `${migration}.up.sql`), 'utf8')));
  const noted = `create table schema_migrations (name text primary key, at timestamptz not null default now());
    insert into schema_migrations (name) values ${live.map((migration) => `('${migration}')`).join(', ')};`;
  return [`set role ${name}; ${noted}`, ...made.map((text) => `set role ${name}; ${text}`), `set role ${name}; ${rows}`];
}

/** The server's tools; the dump is made by a script of ours, so that it can be made to go wrong. */
async function makeTools(dir: string, real: string): Promise<string> {
  const tools = join(dir, 'tools');
  await rm(tools, { recursive: true, force: true });
  await mkdir(tools);
  for (const tool of ['psql', 'pg_restore']) await symlink(join(real, tool), join(tools, tool));
  const script = `#!/bin/sh
case "$*" in --version | *--schema-only* | *--data-only*) exec '${join(real, 'pg_dump')}' "$@" ;; esac
if [ -e '${join(dir, brokenBackup)}' ]; then exec '${join(real, 'pg_dump')}' --exclude-table-data=public.sessions "$@"; fi
exec '${join(real, 'pg_dump')}' "$@"
`;
  await writeFile(join(tools, 'pg_dump'), script);
  await chmod(join(tools, 'pg_dump'), 0o755);
  return tools;
}
const brokenBackup = 'backup-lacks-rows';

/** Somebody always uses the service: a row each second. */
async function startUsers(dir: string, server: Postgres): Promise<{ stop(): Promise<void> }> {
  const count = () => server.sql(name, 'select count(*) from events').then(Number);
  const before = await count();
  return startServer({
    title: 'writer of events',
    command: [join(server.tools, 'psql'), '--no-psqlrc', '--quiet'],
    env: {
      PATH: process.env['PATH'],
      ...{ PGHOST: '127.0.0.1', PGPORT: String(server.port), PGUSER: server.user, PGPASSWORD: server.password, PGDATABASE: name },
      PGAPPNAME: 'users',
    },
    input: `insert into events (kind, user_id) values ('view', 1) \\watch 1\n`,
    logFile: join(dir, 'users.log'),
    at: `127.0.0.1:${server.port}`,
    isServing: async () => (await count()) > before,
  });
}

async function follow(dir: string, server: Postgres, broken: ReadonlySet<string>): Promise<void> {
  if (broken.has('backup')) await writeFile(join(dir, brokenBackup), '');
  else await rm(join(dir, brokenBackup), { force: true });
  const there = await server.sql(name, `select count(*) from events where kind = '${longKind}'`);
  if (broken.has('migration') && there === '0') await server.sql(name, `insert into events (kind, user_id) values ('${longKind}', 7)`);
  if (!broken.has('migration') && there !== '0') await server.sql(name, `delete from events where kind = '${longKind}'`);
}
