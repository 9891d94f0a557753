import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A server of the sandbox that is up. */
export interface Listening {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends it at once, open connections included. */
  close(): Promise<void>;
  /** Takes no new connections and lets running requests end, for at most so many milliseconds. */
  drain(atMost: number): Promise<void>;
}
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Starts an HTTP server on the loopback address; port 0 takes a free one. */
export async function listen(handler: Handler, port = 0): Promise<Listening> {
  const server = createServer((request, response) => {
    void answer(handler, request, response);
  });
  const close = endingOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address() as AddressInfo;
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const drain = async (atMost: number): Promise<void> => {
    server.close();
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), atMost);
    await closed;
    clearTimeout(timer);
  };
  return { url: `http://127.0.0.1:${address.port}`, port: address.port, close, drain };
}

/**
 * Gives the function that ends a server at once. Of a TLS server it also ends the connections that are still being agreed on: those
 * `closeAllConnections` does not know, and one that is agreed on afterwards would be kept open by its client.
 */
export function endingOf(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}

async function answer(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await handler(request, response);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else respondJson(response, 500, { error: error instanceof Error ? error.message : String(error) });
  }
}
export type Headers = Readonly<Record<string, string>>;

export function respondJson(response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  respond(response, status, `${JSON.stringify(body)}\n`, { 'content-type': 'application/json', ...headers });
}

/** Sends a whole answer. HEAD gets the headers alone. */
export function respond(response: ServerResponse, status: number, body: string, headers: Headers = {}): void {
  const withoutBody = status === 204 || response.req.method === 'HEAD';
  response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }) });
  response.end(withoutBody ? undefined : body);
}

/** Reads a request's body; refuses more than a megabyte. */
export async function readBody(request: IncomingMessage, atMost = 1_048_576): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > atMost) throw new Error(`The body is larger than ${atMost} bytes. Send less.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The path of a request without its query. */
export function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://sandbox').pathname;
}
