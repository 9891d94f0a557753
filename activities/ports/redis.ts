import type { Secret } from './secrets';

export interface RedisQuestion {
  /** `redis://HOST:PORT`, or `rediss://` for TLS. Never with a password. */
  readonly server: string;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  /** File with the authorities that are trusted besides the machine's, for TLS. */
  readonly ca?: string | undefined;
  /** For connection and answers together, in milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

export interface RedisFacts {
  /** Milliseconds until it answered a PING, of a few the fastest. */
  readonly took: number;
  /** What it tells of itself by INFO, name to value as it writes them. */
  readonly info: Readonly<Record<string, string>>;
  /** What it tells of its cluster, null where it belongs to none. */
  readonly cluster: Readonly<Record<string, string>> | null;
}

/** A server of Redis' protocol, looked at and never written to. */
export interface Redis {
  /** Fails with `Unavailable` where there is no answer, `Forbidden` where the password or the rights are not right. */
  look(question: RedisQuestion): Promise<RedisFacts>;
}
