import axios from 'axios';
import { codeOf, failure } from '../../failures';
import type { Http, HttpAnswer, HttpRequest } from '../http';

const largestBody = 8 * 1024 * 1024;

/** HTTP by axios: no redirects, no proxies from the environment, one deadline over all. */
export const axiosHttp: Http = {
  async send(request) {
    const url = addressOf(request);
    const limit = AbortSignal.timeout(request.deadline);
    const started = performance.now();
    try {
      const answer = await axios.request<Buffer>({
        method: request.method,
        url: url.href,
        headers: headersOf(request),
        ...(request.body === undefined ? {} : { data: JSON.stringify(request.body) }),
        signal: AbortSignal.any([request.signal, limit]),
        maxRedirects: 0,
        maxContentLength: largestBody,
        responseType: 'arraybuffer',
        validateStatus: () => true,
        proxy: false,
      });
      return { status: answer.status, headers: plain(answer.headers), body: Buffer.from(answer.data), took: performance.now() - started };
    } catch (error) {
      request.signal.throwIfAborted();
      throw noAnswer(error, request, url, limit.aborted);
    }
  },
};

/** The URL that is meant, never outside the base's origin, whatever the path says. */
function addressOf({ base, path }: HttpRequest): URL {
  const root = URL.parse(base);
  if (!root || !/^https?:$/.test(root.protocol)) {
    throw failure('Misconfigured', `${base.slice(0, 100)} is no http or https address`, { remedy: 'Correct the address in the spec.' });
  }
  if (path === undefined || path === '') return root;
  const url = URL.parse(`${base.replace(/[?#].*$/s, '').replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
  if (!url || url.origin !== root.origin) {
    throw failure('Misconfigured', `The path ${path.slice(0, 100)} leads away from ${root.host}`, {
      remedy: 'Correct the path in the spec.',
    });
  }
  return url;
}

function headersOf({ headers, token, body }: HttpRequest): Record<string, string> {
  return {
    'user-agent': 'analytics-deploy',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
    ...(token ? { authorization: `Bearer ${token.reveal()}` } : {}),
  };
}

function plain(headers: object): HttpAnswer['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Only the code of an axios error is told: the error itself carries headers and bodies. */
function noAnswer(error: unknown, { method, deadline }: HttpRequest, url: URL, late: boolean): Error {
  const code = codeOf(error, 'no answer');
  const where = `${method} ${url.origin}${url.pathname}`;
  const why = late ? `took longer than ${deadline} ms` : code === 'ERR_BAD_RESPONSE' ? 'gave no usable answer' : `failed: ${code}`;
  const tooLarge = (error as { message?: unknown }).message === `maxContentLength size of ${largestBody} exceeded`;
  return failure('Unavailable', `${where} ${tooLarge ? 'answered with more than 8 MiB' : why}`, {
    remedy: 'Check that the address answers from where the worker runs.',
    ...(unconnected.has(code) ? { wrote: false } : {}),
  });
}
/** Codes of connections that were never there: the request has certainly not arrived. */
const unconnected: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
