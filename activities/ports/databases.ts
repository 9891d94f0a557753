import { createHash } from 'node:crypto';
import type { Secret } from './secrets';

/** A database, and the tools that fit it. */
export interface DatabasePlace {
  /** `postgresql://user:password@host:port/name`; `sslmode` and `sslrootcert` as parameters. */
  readonly url: Secret;
  /** Folder of pg_dump and pg_restore; on PATH where it is absent. */
  readonly tools?: string | undefined;
}

/** How long, and until when: both end what runs, on the server too. */
export interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
}

/** What a database holds, as far as a restore can be compared with it. System objects and those of extensions are left out. */
export interface Description {
  /** Tables by qualified name. */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly lines: readonly string[] }>>;
  /** Everything else that makes the schema: views, sequences, functions, types, extensions. */
  readonly others: readonly string[];
}

/** The counters of the server's statistics. */
export interface Writes {
  /** Rows inserted, updated and deleted, by table. */
  readonly tables: Readonly<Record<string, number>>;
  /** Since when it counts: another value means that it began anew. */
  readonly since: string;
}

/** One state of a database, held for as long as it is needed. */
export interface Snapshot {
  readonly id: string;
  /** ISO time. */
  readonly takenAt: string;
  describe(): Promise<Description>;
}

export interface DumpWish {
  readonly file: string;
  /** Dumps this state; the present one where it is absent. */
  readonly snapshot?: string;
  /** Only the schema, or only the rows of one table. */
  readonly only?: 'schema' | { readonly rowsOf: string };
}
export interface RestoreWish {
  readonly file: string;
  /** `empty`: into a new scratch database. `replace`: what is there is dropped first, all or nothing in one transaction. */
  readonly into: 'empty' | 'replace';
}

/**
 * PostgreSQL by its driver and its own tools. Tools run without a shell; the password goes by the environment, never by an argument, and is
 * in no message. Whatever is stopped is stopped on the server too.
 */
export interface Databases {
  /** What people may see of it: host, port and name. */
  shown(place: DatabasePlace): string;
  /** The environment in which libpq and most drivers find it: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE. */
  environment(place: DatabasePlace): Readonly<Record<string, string>>;
  /**
   * Whether the tools fit the server, in words for the receipt.
   *
   * @throws Misconfigured where they are older than the server, or write what it does not understand.
   */
  checkTools(place: DatabasePlace, limits: Limits): Promise<string>;
  /** Holds one snapshot while `work` runs. */
  inSnapshot<T>(place: DatabasePlace, limits: Limits, work: (snapshot: Snapshot) => Promise<T>): Promise<T>;
  describe(place: DatabasePlace, limits: Limits): Promise<Description>;
  writes(place: DatabasePlace, limits: Limits): Promise<Writes>;
  dump(place: DatabasePlace, wish: DumpWish, limits: Limits): Promise<void>;
  /** Reads a whole dump: the list of its contents is there also where it is cut off. */
  readDump(place: DatabasePlace, file: string, limits: Limits): Promise<void>;
  /** @throws CommandFailed after the deadline, with the sessions that hold it up. */
  restore(place: DatabasePlace, wish: RestoreWish, limits: Limits): Promise<void>;
  /** Makes an empty database of that name, beside the given one; one of that name that is there is dropped first. */
  makeScratch(place: DatabasePlace, name: string, limits: Limits): Promise<DatabasePlace>;
  /** Drops it, whoever is connected to it; one that is not there is fine. */
  dropScratch(place: DatabasePlace, name: string, limits: Limits): Promise<void>;
  /** Names of scratch databases that were made longer ago than `age`. */
  abandonedScratch(place: DatabasePlace, age: number, limits: Limits): Promise<readonly string[]>;
  /** Ends the sessions of an application's name; tells how many there were. */
  endSessions(place: DatabasePlace, application: string, limits: Limits): Promise<number>;
}

/** Name under which the server knows the session that restores a file: a worker that was killed leaves one behind. */
export function restoring(file: string): string {
  return `analytics-deploy:${createHash('sha256').update(file).digest('hex').slice(0, 16)}`;
}

/** Every scratch database begins so. */
export const scratchPrefix = 'analytics_deploy_scratch_';
