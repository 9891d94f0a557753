import { failure, failureTypeOf } from '../../failures';
import { Secret } from '../secrets';
import {
  restoring,
  scratchPrefix,
  type Databases,
  type DatabasePlace,
  type Description,
  type Limits,
  type RestoreWish,
} from '../databases';
import { readAddress, urlOf, type Address } from './address';
import { grouped, schemaQuery, tablesQuery, writesQuery, type SchemaRow } from './description';
import { withSession, type Session } from './session';
import { connectionVariables, createTools, type Connection } from './tools';

/** PostgreSQL by the driver `pg`, and by the tools of the place. `allowed` names the programs that a spec may start. */
export function createDatabases(environment: Readonly<Record<string, string | undefined>>, allowed?: readonly string[]): Databases {
  const tools = createTools(environment, allowed);
  const shown = ({ url }: DatabasePlace) => shownOf(readAddress(url));
  const session = async <T>(place: DatabasePlace, limits: Limits, work: (session: Session) => Promise<T>): Promise<T> => {
    const address = readAddress(place.url);
    const deadline = AbortSignal.timeout(Math.max(limits.timeout, 1));
    try {
      return await withSession(address, shownOf(address), AbortSignal.any([limits.signal, deadline]), work);
    } catch (error) {
      limits.signal.throwIfAborted();
      if (!deadline.aborted || failureTypeOf(error) !== null) throw error;
      throw failure('CommandFailed', `The database at ${shownOf(address)} took longer than ${Math.ceil(limits.timeout / 1_000)} s`, {
        remedy: 'Look what holds it up, or raise the deadline in the spec; then retry.',
      });
    }
  };
  const connectionOf = (place: DatabasePlace, application = 'analytics-deploy'): Connection => {
    const address = readAddress(place.url);
    return { address, shown: shownOf(address), application };
  };

  const databases: Databases = {
    shown,
    environment: ({ url }) => connectionVariables(readAddress(url)),

    async checkTools(place, limits) {
      const [dump, restore] = await Promise.all([
        tools.run('pg_dump', place, ['--version'], limits),
        tools.run('pg_restore', place, ['--version'], limits),
      ]);
      const [server] = await session(place, limits, ({ query }) =>
        query<{ version: number }>(`select current_setting('server_version_num')::int / 10000 as version`),
      );
      const version = server?.version ?? 0;
      const [ofDump, ofRestore] = [majorOf(dump), majorOf(restore)];
      const problem = misfit(version, ofDump, ofRestore);
      if (problem)
        throw failure('Misconfigured', `${problem} at ${shown(place)}`, {
          remedy: `Let database.tools name the folder of PostgreSQL ${version}'s own tools.`,
        });
      return `PostgreSQL ${version}, pg_dump ${ofDump}`;
    },

    inSnapshot: (place, limits, work) =>
      session(place, limits, async (it) => {
        await it.query('begin isolation level repeatable read read only');
        await patient(it);
        const [exported] = await it.query<{ id: string; at: Date }>('select pg_export_snapshot() as id, now() as at');
        if (!exported) throw failure('Unavailable', `${shown(place)} exported no snapshot`, { remedy: 'It is tried again.' });
        const { id, at } = exported;
        const out = await work({ id, takenAt: at.toISOString(), describe: () => describe(it) });
        await it.query('commit');
        return out;
      }),

    describe: (place, limits) =>
      session(place, limits, async (it) => {
        await it.query('begin isolation level repeatable read read only');
        await patient(it);
        const found = await describe(it);
        await it.query('commit');
        return found;
      }),

    writes: (place, limits) =>
      session(place, limits, async ({ query }) => {
        const rows = await query<{ name: string; written: string; since: string }>(writesQuery);
        return {
          tables: Object.fromEntries(rows.map(({ name, written }) => [name, Number(written)])),
          since: rows[0]?.since ?? 'the beginning',
        };
      }),

    async dump(place, { file, snapshot, only }, limits) {
      const part = only === undefined ? [] : only === 'schema' ? ['--schema-only'] : ['--data-only', `--table=${only.rowsOf}`];
      const words = [
        '--format=custom',
        `--file=${file}`,
        '--no-password',
        ...(snapshot === undefined ? [] : [`--snapshot=${snapshot}`]),
        ...part,
      ];
      await tools.run('pg_dump', place, words, limits, connectionOf(place));
    },

    async readDump(place, file, limits) {
      await tools.run('pg_restore', place, ['--file=/dev/null', file], limits);
    },

    async restore(place, { file, into }, limits) {
      const application = restoring(file);
      const connection = connectionOf(place, application);
      const words = [
        '--exit-on-error',
        '--no-owner',
        '--no-password',
        ...restoreWords[into],
        `--dbname=${nameOnly(connection.address)}`,
        file,
      ];
      const after = { signal: new AbortController().signal, timeout: 10_000 };
      let blockers: readonly Blocker[] = [];
      // Shortly before the deadline: once it is stopped nobody sees any more what it waited for.
      const looking = setTimeout(
        () =>
          void blockersOf(place, application, after).then(
            (found) => (blockers = found),
            () => undefined,
          ),
        limits.timeout * 0.8,
      );
      try {
        await tools.run('pg_restore', place, words, limits, connection);
      } catch (error) {
        // What waits for a lock on the server would go on waiting, and then drop what others need.
        await databases.endSessions(place, application, after).catch(() => 0);
        throw blockers.length === 0 || limits.signal.aborted ? error : heldUp(error, blockers);
      } finally {
        clearTimeout(looking);
      }
    },

    async makeScratch(place, name, limits) {
      await databases.dropScratch(place, name, limits);
      await session(place, limits, async ({ query }) => {
        const [like] = await query<{ encoding: string; provider: string; collate: string; ctype: string }>(
          `select pg_encoding_to_char(encoding) as encoding, datlocprovider::text as provider, datcollate as collate, datctype as ctype
             from pg_database where datname = current_database()`,
        );
        const locale = like?.provider === 'c' ? ` lc_collate ${literal(like.collate)} lc_ctype ${literal(like.ctype)}` : '';
        await query(`create database ${quoted(name)} template template0 encoding ${literal(like?.encoding ?? 'UTF8')}${locale}`);
        await query(`comment on database ${quoted(name)} is ${literal(`${madeAt}${new Date().toISOString()}`)}`);
      });
      return { ...place, url: new Secret(urlOf(place.url.reveal(), name)) };
    },

    dropScratch: (place, name, limits) =>
      session(place, limits, async ({ query }) => void (await query(`drop database if exists ${quoted(name)} with (force)`))),

    abandonedScratch: (place, age, limits) =>
      session(place, limits, async ({ query }) => {
        const rows = await query<{ name: string; note: string | null }>(
          `select datname as name, shobj_description(oid, 'pg_database') as note from pg_database where starts_with(datname, $1)`,
          [scratchPrefix],
        );
        const before = Date.now() - age;
        return rows.flatMap(({ name, note }) => (note?.startsWith(madeAt) && Date.parse(note.slice(madeAt.length)) < before ? [name] : []));
      }),

    endSessions: (place, application, limits) =>
      session(place, limits, async ({ query }) => {
        const rows = await query(
          'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()',
          [application],
        );
        return rows.length;
      }),
  };
  return databases;
}

const madeAt = 'analytics-deploy, made ';
const restoreWords: Readonly<Record<RestoreWish['into'], readonly string[]>> = {
  // A scratch database has neither the roles nor the subscribers of the real one, and must reach nobody.
  empty: ['--no-privileges', '--no-comments', '--no-publications', '--no-subscriptions', '--no-security-labels'],
  replace: ['--clean', '--if-exists', '--single-transaction'],
};

const shownOf = ({ host, port, database }: Address): string => `${host}:${port}/${database}`;

/** A major version in what a tool says of itself: `pg_dump (PostgreSQL) 18.6`. */
function majorOf(said: string): number {
  return Number(/\(PostgreSQL\) (\d+)/.exec(said)?.[1] ?? 0);
}

/** Tools that are too old refuse; those of 17 and later set what a server before 17 does not know. */
function misfit(server: number, dump: number, restore: number): string | null {
  if (dump < server) return `pg_dump ${dump} is older than PostgreSQL ${server}`;
  if (restore < dump) return `pg_restore ${restore} is older than pg_dump ${dump}`;
  return restore >= 17 && server < 17 ? `pg_restore ${restore} cannot restore into PostgreSQL ${server}` : null;
}

/** Neither the server's patience nor the role's ends what a deployment has a deadline of its own for. */
async function patient({ query }: Session): Promise<void> {
  await query(`set local statement_timeout = 0`);
  await query(`set local idle_in_transaction_session_timeout = 0`);
  await query(`select set_config('transaction_timeout', '0', true) from pg_settings where name = 'transaction_timeout'`);
  await query(`set local search_path = pg_catalog`);
}

async function describe({ query }: Session): Promise<Description> {
  const { tables, others } = grouped(await query<SchemaRow>(schemaQuery));
  const counts = new Map<string, number>();
  for (const { name } of await query<{ name: string }>(tablesQuery)) {
    const [counted] = await query<{ rows: string }>(`select count(*) as rows from only ${name}`);
    counts.set(name, Number(counted?.rows ?? 0));
  }
  return { tables: Object.fromEntries([...tables].sort().map(([name, lines]) => [name, { rows: counts.get(name) ?? 0, lines }])), others };
}

interface Blocker {
  readonly pid: number;
  readonly application: string;
  readonly state: string;
}

function blockersOf(place: DatabasePlace, application: string, limits: Limits): Promise<readonly Blocker[]> {
  const address = readAddress(place.url);
  return withSession(address, shownOf(address), limits.signal, ({ query }) =>
    query<Blocker>(
      `select distinct b.pid, b.application_name as application, coalesce(b.state, 'unknown') as state from pg_stat_activity w
         cross join lateral unnest(pg_blocking_pids(w.pid)) blocking join pg_stat_activity b on b.pid = blocking where w.application_name = $1 limit 5`,
      [application],
    ),
  );
}

function heldUp(error: unknown, blockers: readonly Blocker[]): Error {
  const who = blockers.map(({ pid, application, state }) => `${application || 'no name'} (${state}, pid ${pid})`).join(', ');
  const what = error instanceof Error ? error.message.replace(/\. .*$/, '') : String(error);
  return failure('CommandFailed', `${what}; it waited for ${who}; nothing was changed`, {
    remedy: 'End those sessions, or stop the pods that hold them; then retry.',
  });
}

/** The name as a connection string of its own: one with "=" would be taken for one. */
function nameOnly({ database }: Address): string {
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`;
}
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
