import { Agent, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { respondJson } from '../http/server';
import type { Target } from './backends';

/** Passes requests on to pods over kept connections. */
export interface Forwarder {
  forward(request: IncomingMessage, response: ServerResponse, target: Target): Promise<void>;
  stop(): void;
}

export function createForwarder(): Forwarder {
  const agent = new Agent({ keepAlive: true });
  const attempt = (request: IncomingMessage, response: ServerResponse, target: Target, mayRetry: boolean): Promise<void> =>
    new Promise((resolve) => {
      const { method = 'GET', url = '/', headers } = request;
      const outgoing = httpRequest({ agent, host: '127.0.0.1', port: target.port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.once('close', resolve);
        answer.once('error', () => response.destroy());
      });
      outgoing.once('error', () => {
        if (response.headersSent) response.destroy();
        // A kept connection that its pod closed in the same moment says nothing about the pod.
        else if (outgoing.reusedSocket && mayRetry) return resolve(attempt(request, response, target, false));
        else respondJson(response, 502, { error: `Pod ${target.pod} cannot be reached.` });
        resolve();
      });
      response.once('close', () => outgoing.destroy());
      if (hasBody(request)) request.pipe(outgoing);
      else outgoing.end();
    });
  return {
    forward: (request, response, target) => attempt(request, response, target, !hasBody(request)),
    stop: () => agent.destroy(),
  };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
