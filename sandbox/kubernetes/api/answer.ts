import type { ServerResponse } from 'node:http';

/** What is sent back; `stream` takes over the response (watches). */
export type Answer =
  | { readonly kind: 'body'; readonly code: number; readonly body: unknown; readonly warnings: readonly string[] }
  | { readonly kind: 'stream'; readonly start: (response: ServerResponse) => void };

export function answer(code: number, body: unknown, warnings: readonly string[] = []): Answer {
  return { kind: 'body', code, body, warnings };
}

export function send(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (!response.hasHeader('content-type')) response.setHeader('content-type', typeof body === 'string' ? 'text/plain' : 'application/json');
  response.writeHead(code, { 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** The header by which the server warns; kubectl prints it. */
export function warningHeader(warning: string): string {
  return `299 - ${JSON.stringify(warning)}`;
}
