import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Connection } from './connection';

/** The API answered with an error status. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}
export const hasStatus = (error: unknown, ...statuses: readonly number[]): boolean =>
  error instanceof ApiError && statuses.includes(error.status);

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
}

/** A small client of the Kubernetes API, the same for the stand-in and for a real control plane. */
export interface ClusterClient {
  /** One call. PATCH sends a JSON merge patch. @throws ApiError */
  call<T>(path: string, call?: Call): Promise<T>;
  /** Opens a stream of lines and resolves when it has ended. @throws ApiError where it is refused. */
  stream(path: string, query: Readonly<Record<string, string>>, line: (text: string) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** @param name the field manager and user agent: whose writes these are. */
export function connectCluster(connection: Connection, name: string): ClusterClient {
  const secure = connection.server.startsWith('https:');
  const tls = {
    ...(connection.ca ? { ca: connection.ca } : {}),
    ...(connection.cert ? { cert: connection.cert } : {}),
    ...(connection.key ? { key: connection.key } : {}),
    rejectUnauthorized: !connection.insecure,
  };
  const agent = secure ? new HttpsAgent({ keepAlive: true, ...tls }) : new HttpAgent({ keepAlive: true });
  const headers = {
    accept: 'application/json',
    'user-agent': name,
    ...(connection.token === undefined ? {} : { authorization: `Bearer ${connection.token}` }),
  };

  const open = (path: string, { method = 'GET', body, query = {} }: Call, signal?: AbortSignal): Promise<IncomingMessage> => {
    const url = new URL(connection.server + path);
    for (const [key, value] of Object.entries({
      ...query,
      ...(isWrite(method) ? { fieldManager: name, fieldValidation: 'Strict' } : {}),
    })) {
      url.searchParams.set(key, value);
    }
    const content = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const options = {
        method,
        agent,
        ...(signal ? { signal } : {}),
        headers: {
          ...headers,
          ...(content === undefined
            ? {}
            : {
                'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
                'content-length': Buffer.byteLength(content),
              }),
        },
      };
      const request: ClientRequest = secure ? httpsRequest(url, options) : httpRequest(url, options);
      request.once('response', resolve);
      request.once('error', reject);
      request.end(content);
    });
  };

  return {
    call: async <T>(path: string, call: Call = {}): Promise<T> => {
      const response = await open(path, call);
      const text = await readAll(response);
      if ((response.statusCode ?? 500) >= 400) throw errorOf(response.statusCode ?? 500, text);
      return JSON.parse(text) as T;
    },
    stream: async (path, query, line, signal) => {
      const response = await open(path, { query }, signal);
      if ((response.statusCode ?? 500) >= 400) throw errorOf(response.statusCode ?? 500, await readAll(response));
      let rest = '';
      response.setEncoding('utf8');
      for await (const chunk of response as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        lines.filter((text) => text !== '').forEach(line);
      }
    },
    close: () => agent.destroy(),
  };
}

/** A wrong field is our mistake: it must not be dropped in silence. */
const isWrite = (method: string): boolean => method === 'POST' || method === 'PATCH';

async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) text += chunk;
  return text;
}

function errorOf(status: number, text: string): ApiError {
  try {
    const { reason, message } = JSON.parse(text) as { readonly reason?: string; readonly message?: string };
    return new ApiError(status, reason ?? 'Unknown', message ?? text);
  } catch {
    return new ApiError(status, 'Unknown', text);
  }
}
