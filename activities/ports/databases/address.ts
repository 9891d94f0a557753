import { failure } from '../../failures';
import type { Secret } from '../secrets';

/** A connection URL, taken apart. The password stays a secret until it is used. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: SslMode;
  readonly rootCertificate: string | undefined;
}
const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof sslModes)[number];

const shape = 'It is postgresql://user:password@host:port/name, with ?sslmode= and sslrootcert= where needed.';

/** Reads a connection URL. Without sslmode a connection to this machine is plain, and any other is verified. */
export function readAddress(url: Secret): Address {
  const text = url.reveal();
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (!parsed || !/^postgres(?:ql)?:$/.test(parsed.protocol)) throw bad('The connection URL of the database is no PostgreSQL URL');
  const parameter = (name: string): string | undefined => parsed.searchParams.get(name) ?? undefined;
  const host = parameter('host') ?? decode(parsed.hostname).replace(/^\[|\]$/g, '');
  const database = decode(parsed.pathname.slice(1));
  const user = decode(parsed.username);
  if (host === '' || database === '' || user === '') throw bad('The connection URL of the database lacks host, name or user');
  if (/[\u0000-\u001f]/.test(host + database + user)) throw bad('The connection URL of the database holds control characters');
  const isLocal = host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.');
  const ssl = parameter('sslmode') ?? (isLocal ? 'disable' : 'verify-full');
  if (!isSslMode(ssl)) throw bad(`sslmode of the database's URL is none of ${sslModes.join(', ')}`);
  return {
    host,
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    user,
    password: decode(parsed.password),
    database,
    ssl,
    rootCertificate: parameter('sslrootcert'),
  };
}

/** The same database server, another database: the URL as it was written, but for the name. */
export function urlOf(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return parsed.href;
}

function isSslMode(text: string): text is SslMode {
  return (sslModes as readonly string[]).includes(text);
}
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad('The connection URL of the database has a % that begins no escape');
  }
}
function bad(what: string): Error {
  return failure('Misconfigured', what, { remedy: `Correct the secret that database.url or database.scratch names. ${shape}` });
}
