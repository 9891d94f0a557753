import { Agent, request } from 'node:https';
import type { StandIn } from '../../../../sandbox/kubernetes';

export interface Reply {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Body;
}
/** Any answer: tests name the fields that they look at. */
export interface Body {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly { readonly field: string }[]; readonly kind?: string; readonly name?: string };
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly name: string; readonly uid: string }[];
    readonly managedFields?: readonly { readonly manager: string; readonly subresource?: string; readonly fieldsV1: object }[];
  };
  readonly spec: Readonly<Record<string, unknown>> & { readonly replicas?: number; readonly nodeName?: string };
  readonly status: Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
  readonly data?: Readonly<Record<string, string>>;
  readonly items: readonly Body[];
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly nodeName?: string;
    readonly targetRef?: { readonly name: string };
    readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean };
  }[];
}
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}
export interface Ask {
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** A plain client: one request, its answer as it is. */
export interface Api {
  call(method: string, path: string, ask?: Ask): Promise<Reply>;
  /** Reads the lines of a watch until there are enough of them, or the watch ends. */
  watch(path: string, enough: (events: readonly WatchEvent[]) => boolean, ready?: () => void): Promise<readonly WatchEvent[]>;
  close(): void;
}
export interface WatchEvent {
  readonly type: string;
  readonly object: Body;
}

export function connect(server: StandIn, userAgent = 'test'): Api {
  const agent = new Agent({ keepAlive: true, ca: server.ca });
  const open = (method: string, path: string, { body, type = 'application/json', headers = {}, token = server.token }: Ask) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const own = {
      authorization: `Bearer ${token}`,
      'user-agent': userAgent,
      'content-type': type,
      'content-length': Buffer.byteLength(text),
    };
    return request(new URL(server.url + path), { method, agent, headers: { ...own, ...headers } }).end(text);
  };
  return {
    call: (method, path, ask = {}) =>
      new Promise((resolve, reject) => {
        open(method, path, ask)
          .on('error', reject)
          .on('response', (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part: string) => (text += part));
            response.on('end', () => {
              const isJson = response.headers['content-type'] === 'application/json';
              resolve({
                code: response.statusCode ?? 0,
                headers: response.headers,
                body: (isJson ? JSON.parse(text) : { message: text }) as Body,
              });
            });
          });
      }),
    watch: (path, enough, ready = () => undefined) =>
      new Promise((resolve, reject) => {
        const events: WatchEvent[] = [];
        const sent = open('GET', path, {});
        const done = (): void => {
          resolve(events);
          sent.destroy();
        };
        sent.on('error', (error) => (enough(events) ? undefined : reject(error)));
        sent.on('response', (response) => {
          ready();
          let rest = '';
          response.setEncoding('utf8').on('data', (part: string) => {
            const lines = (rest + part).split('\n');
            rest = lines.pop() ?? '';
            events.push(...lines.map((line) => JSON.parse(line) as WatchEvent));
            if (enough(events)) done();
          });
          response.on('end', done).on('error', () => undefined);
        });
      }),
    close: () => {
      agent.destroy();
    },
  };
}

export const mergePatch = 'application/merge-patch+json';
export const jsonPatch = 'application/json-patch+json';
export const strategicPatch = 'application/strategic-merge-patch+json';
