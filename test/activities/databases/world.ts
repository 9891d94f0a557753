import { afterAll, beforeAll } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '../../../sandbox/parts/postgres';
import { createActivities } from '../../../activities';
import { createCommands } from '../../../activities/ports/commands/adapter';
import { createDatabases } from '../../../activities/ports/databases/adapter';
import { Secret, type Secrets } from '../../../activities/ports/secrets';
import type { Activities, BackupRequest, MigrationsRequest } from '../../../workflows/runbook/contract';
import type { DatabaseSpec, MigrationsSpec } from '../../../workflows/runbook/spec';
import { FakeClock, fakePorts } from '../../fakes/ports';

/** A real PostgreSQL for the tests of one file, with a small database that each test fills anew. */
export interface DatabaseWorld {
  readonly server: Postgres;
  /** A folder of the test's own. */
  readonly folder: string;
  readonly activities: Activities;
  readonly secrets: Secrets;
  readonly clock: FakeClock;
  /** The request of a deployment; the spec may be changed. */
  request(change?: Partial<DatabaseSpec>, deployment?: string): BackupRequest & MigrationsRequest;
  /** Runs SQL on the service's database. */
  sql(text: string): Promise<string>;
  /** Names of scratch databases that are there. */
  scratch(): Promise<readonly string[]>;
  /** Files of the "release": a folder that every checkout copies. */
  readonly release: string;
}

export const schema = `
  create table events (id bigint generated always as identity primary key, kind text not null check (kind <> ''), at timestamptz not null default now());
  create index events_by_kind on events (kind);
  create table sessions (id bigint primary key, event bigint references events (id));
  create view kinds as select kind, count(*) from events group by kind;
  create type mood as enum ('good', 'bad');
  create function twice(n int) returns int language sql as 'select 2 * n';
  create table schema_migrations (name text primary key, at timestamptz not null default now());
  insert into events (kind) select 'view' from generate_series(1, 1000);
  insert into sessions select n, n from generate_series(1, 20) n;
  insert into schema_migrations values ('0001_events');
`;

/** Starts one server for all tests of a file; \`current()\` is the world of the running test. */
export function databaseWorld(executable: string): { current(): DatabaseWorld; fresh(): Promise<void> } {
  const base = mkdtempSync(join(tmpdir(), 'analytics-deploy-database-'));
  let server: Postgres | null = null;
  let world: DatabaseWorld | null = null;
  let made = 0;
  beforeAll(async () => {
    server = await startPostgres({ dataDir: join(base, 'postgres') }, executable);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(base, { recursive: true, force: true });
  });
  return {
    current() {
      if (!world) throw new Error('call fresh() before');
      return world;
    },
    async fresh() {
      if (!server) throw new Error('the server is not up');
      const running = server;
      const name = `analytics_${++made}`;
      await running.sql('postgres', `create database ${name}`);
      await running.sql(name, schema);
      const folder = mkdtempSync(join(base, 'test-'));
      const release = join(folder, 'release');
      mkdirSync(release);
      const clock = new FakeClock();
      const url = new Secret(running.url(name));
      const ports = fakePorts({
        clock,
        databases: createDatabases(process.env),
        commands: createCommands(process.env),
        secrets: {
          resolve: (reference) =>
            Promise.resolve(reference === 'env:BAD' ? new Secret(running.url(name).replace(/:[^:@]+@/, ':wrong@')) : url),
        },
        git: {
          remoteRefs: () => Promise.reject(new Error('not asked')),
          pushTag: () => Promise.reject(new Error('not asked')),
          checkout: () => {
            const directory = mkdtempSync(join(folder, 'checkout-'));
            cpSync(release, directory, { recursive: true });
            return Promise.resolve({ directory, remove: async () => rmSync(directory, { recursive: true, force: true }) });
          },
        },
      });
      world = {
        server: running,
        folder,
        clock,
        release,
        activities: createActivities(ports),
        secrets: ports.secrets,
        request: (change = {}, deployment = 'analytics-production-v1.0.0-20261128T020000Z') => ({
          database: {
            url: 'env:ANALYTICS_DATABASE_URL',
            tools: running.tools,
            backup: { folder: join(folder, 'backups'), keep: 3, deadline: 60_000 },
            restore: { deadline: 20_000 },
            ...change,
          },
          deployment,
          service: 'analytics',
          environment: 'production',
          version: 'v1.0.0',
          commit: 'c'.repeat(40),
          remote: 'file:///analytics.git',
        }),
        sql: (text) => running.sql(name, text),
        async scratch() {
          const said = await running.sql('postgres', `select datname from pg_database where datname like 'analytics\\_deploy\\_scratch%'`);
          return said === '' ? [] : said.split('\n');
        },
      };
    },
  };
}

/** Migrations of plain SQL files, and the tool that applies them: it asks psql, by the connection that it finds in its environment. */
export function writeMigrations(
  world: DatabaseWorld,
  files: Readonly<Record<string, string>>,
  change: Partial<MigrationsSpec> = {},
): MigrationsSpec {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(world.release, name), text);
  writeFileSync(join(world.release, 'migrate.mjs'), tool);
  const command = (...words: readonly string[]) => [process.execPath, 'migrate.mjs', ...words];
  return {
    list: command('list'),
    up: command('up'),
    down: command('down', '{steps}'),
    directory: '.',
    environment: { PSQL: join(world.server.tools, 'psql') },
    timeout: 20_000,
    variable: 'DATABASE_URL',
    table: 'schema_migrations',
    kind: 'expand',
    reversible: true,
    ...change,
  };
}

const tool = `
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
const psql = (...words) => {
  const { status, stdout, stderr } = spawnSync(process.env.PSQL, ['-XqtA', '-v', 'ON_ERROR_STOP=1', ...words], { encoding: 'utf8' });
  if (status !== 0) { process.stderr.write(stderr); process.exit(1); }
  return stdout.trim();
};
const names = readdirSync('.').filter((name) => name.endsWith('.up.sql')).map((name) => name.slice(0, -7)).sort();
const applied = psql('-c', 'select name from schema_migrations order by name').split('\\n').filter(Boolean);
const [verb, steps = '1'] = process.argv.slice(2);
if (verb === 'list') for (const name of ['0001_events', ...names]) console.log((applied.includes(name) ? 'applied ' : 'pending ') + name);
if (verb === 'up')
  for (const name of names.filter((name) => !applied.includes(name)))
    psql('--single-transaction', '-f', name + '.up.sql', '-c', "insert into schema_migrations values ('" + name + "')");
if (verb === 'down')
  for (const name of applied.filter((name) => names.includes(name)).reverse().slice(0, Number(steps)))
    psql('--single-transaction', '-f', name + '.down.sql', '-c', "delete from schema_migrations where name = '" + name + "'");
`;
