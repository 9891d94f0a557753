import type { Secret } from './secrets';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Where the request may go: path and query are added, the origin cannot be left. */
  readonly base: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as bearer token, only to the base's host. */
  readonly token?: Secret | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** For connection, headers and body together, in milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds until the whole body was there. */
  readonly took: number;
}

/**
 * HTTP as probes and scrapes need it: any status is an answer, redirects are answers too and are not followed, a body is at most 8 MiB
 * once decompressed. Fails with `Unavailable` where there is no whole answer, with `Misconfigured` where the address is not allowed.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
}
