import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import type { Address } from './address';
import { databaseFailure } from './errors';

/** Until a server answers. */
const connectTimeout = 10_000;

/** One connection, for as long as it is needed. */
export interface Session {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** Connects, lets `work` ask, and always closes. What the server or the driver throws becomes a failure of the catalogue. */
export async function withSession<T>(
  address: Address,
  where: string,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = new Client({
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    ssl: tlsOf(address),
    application_name: 'analytics-deploy',
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
  });
  // Without a listener a server that stops would end this process.
  client.on('error', () => undefined);
  // A session that is closed ends what it runs as soon as the server notices; the backend is asked to stop at once.
  const stop = () => void cancel(client, address);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await asked(client.connect(), 'Connecting to the database', where, signal);
    return await work({
      query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
        (await asked(client.query<Row & Record<string, unknown>>(text, [...values]), 'A query', where, signal)).rows,
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }
}

async function asked<T>(answer: Promise<T>, what: string, where: string, signal: AbortSignal): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    signal.throwIfAborted();
    throw databaseFailure(error, what, where);
  }
}

/** Asks the server by a second connection to stop what the first one runs. */
async function cancel(client: Client, address: Address): Promise<void> {
  const { processID } = client as unknown as { readonly processID: number | null };
  if (processID === null) {
    await client.end().catch(() => undefined);
    return;
  }
  const other = new Client({ ...address, ssl: tlsOf(address), connectionTimeoutMillis: connectTimeout });
  other.on('error', () => undefined);
  try {
    await other.connect();
    await other.query('select pg_terminate_backend($1)', [processID]);
  } catch {
    // Its connection is closed all the same.
  } finally {
    await other.end().catch(() => undefined);
  }
}

function tlsOf({ ssl, rootCertificate, host }: Address) {
  if (ssl === 'disable') return false;
  const ca = rootCertificate === undefined ? {} : { ca: readFileSync(rootCertificate, 'utf8') };
  if (ssl === 'require') return { rejectUnauthorized: false, ...ca };
  return { ...ca, ...(ssl === 'verify-ca' ? { checkServerIdentity: () => undefined } : { servername: host }) };
}
