import type { JsonType, RequestSpec, Spec } from '../../workflows/runbook/spec';
import { type Json, sampleOf } from './sample';

/** One endpoint of the application. */
export interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: Json;
  /** Names of the tokens that open it. */
  readonly tokens: readonly string[];
  /** Whether it answers without a token. */
  readonly open: boolean;
}

type Asked = Pick<RequestSpec, 'method' | 'path' | 'token'> & Partial<Pick<RequestSpec, 'expect'>>;

/** What every service of the sandbox has, whatever its spec says. */
const builtIn: readonly Asked[] = [{ method: 'GET', path: '/health', expect: { status: 200, json: { status: 'string' }, within: 1000 } }];

/**
 * The endpoints that the spec's own requests name: smoke, verification, consistency and load. Nothing of one service is known
 * here, so that another service is another spec.
 */
export function surfaceOf(spec: Pick<Spec, 'service' | 'smoke' | 'verification' | 'consistency' | 'load'>): readonly Endpoint[] {
  const { productionToken, requests: compared = [] } = spec.consistency ?? {};
  const asked: readonly Asked[] = [
    ...builtIn,
    ...spec.smoke,
    ...spec.verification.requests,
    ...compared,
    ...(productionToken === undefined ? [] : compared.map((request) => ({ ...request, token: productionToken }))),
    ...(spec.load ? [load(spec.load)] : []),
  ];
  const grouped = new Map<string, readonly Asked[]>();
  for (const request of asked.filter(isAnswered)) {
    const key = `${request.method === 'HEAD' ? 'GET' : request.method} ${pathname(request.path)}`;
    grouped.set(key, [...(grouped.get(key) ?? []), request]);
  }
  return [...grouped].map(([key, requests]) => endpoint(spec.service, key, requests));
}

const load = ({ path, token }: { readonly path: string; readonly token?: string }): Asked => ({
  method: 'GET',
  path,
  ...(token === undefined ? {} : { token }),
});

/** A request that expects a refusal asks for no endpoint. */
const isAnswered = ({ expect }: Asked): boolean => (expect?.status ?? 200) < 400;
const pathname = (path: string): string => new URL(path, 'http://service').pathname;

function endpoint(service: string, key: string, requests: readonly Asked[]): Endpoint {
  const [method = 'GET', path = '/'] = key.split(' ');
  const shape = Object.assign({}, ...requests.map((request) => request.expect?.json ?? {})) as Record<string, JsonType>;
  return {
    method,
    path,
    status: requests.find((request) => request.expect)?.expect?.status ?? 200,
    body: sampleOf(shape, path === '/health' ? { status: 'ok' } : { service }),
    tokens: [...new Set(requests.flatMap(({ token }) => token ?? []))],
    open: requests.some(({ token }) => token === undefined),
  };
}
