import { createHash } from 'node:crypto';
import { registryOf } from '../../../workflows/runbook/registry';
import { failure, retryDelay } from '../../failures';
import type { Http, HttpAnswer } from '../http';
import type { Registry } from '../registry';
import { Secret } from '../secrets';

const deadline = 10_000;
/** Image index and manifest of both families: a registry converts, or denies, what is not accepted. */
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const digestGrammar = /^sha256:[0-9a-f]{64}$/;

type Request = Parameters<Registry['digestOf']>[0];

/** A registry by its HTTP API: one HEAD, a GET where the HEAD names no digest, an anonymous token where the registry asks for one. */
export function createRegistry(http: Http): Registry {
  return {
    async digestOf(request) {
      const { api, path } = registryOf(request.repository, request.api);
      const send = (method: 'GET' | 'HEAD', token: Secret | undefined) =>
        http.send({
          method,
          base: api,
          path: `v2/${path}/manifests/${request.tag}`,
          headers: { accept },
          token,
          deadline,
          signal: request.signal,
        });
      let token = request.token;
      let answer = await send('HEAD', token);
      if (answer.status === 401) {
        token = (await tokenFor(http, answer, request)) ?? token;
        answer = await send('HEAD', token);
      }
      if (answer.status !== 200) throw refused(answer, request);
      const named = answer.headers['docker-content-digest'];
      if (named !== undefined && digestGrammar.test(named)) return named;
      const whole = await send('GET', token);
      if (whole.status !== 200) throw refused(whole, request);
      return `sha256:${createHash('sha256').update(whole.body).digest('hex')}`;
    },
  };
}

/** Token by the challenge that the registry answered; undefined where it makes none. Our own secret goes to the registry only. */
async function tokenFor(http: Http, { headers }: HttpAnswer, { signal, token }: Request): Promise<Secret | undefined> {
  const challenge = headers['www-authenticate'] ?? '';
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = URL.parse(field('realm') ?? '');
  if (token || !/^bearer /i.test(challenge) || realm?.protocol !== 'https:') return undefined;
  for (const name of ['service', 'scope']) realm.searchParams.set(name, field(name) ?? '');
  const { status, body } = await http.send({ method: 'GET', base: realm.href, deadline, signal });
  if (status !== 200) return undefined;
  const match = /"(?:token|access_token)"\s*:\s*"([^"]+)"/.exec(body.toString('utf8'));
  return match?.[1] ? new Secret(match[1]) : undefined;
}

function refused({ status, headers }: HttpAnswer, { repository, tag }: Request): Error {
  const image = `${repository}:${tag}`;
  if (status === 404)
    return failure('NotFound', `The registry has no image ${image}`, { remedy: 'Push it, or correct version and repository.' });
  if (status === 401 || status === 403) {
    return failure('Forbidden', `The registry answers ${status} for ${image}`, {
      remedy: 'Give image.token a token that may read it, or name the digest in the spec.',
    });
  }
  if (status === 429)
    return failure('RateLimited', `The registry limits requests for ${image}`, {}, retryDelay(headers['retry-after'], Date.now()));
  if (status >= 500)
    return failure('Unavailable', `The registry answers ${status} for ${image}`, {}, retryDelay(headers['retry-after'], Date.now()));
  return failure('Invalid', `The registry answers ${status} for ${image}`, { remedy: 'Check image.registry in the spec.' });
}
