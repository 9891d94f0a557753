import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { axiosHttp } from '../../../activities/ports/http/adapter';
import { createMetrics } from '../../../activities/ports/metrics/adapter';
import { createRegistry } from '../../../activities/ports/registry/adapter';
import { Secret } from '../../../activities/ports/secrets';
import { startServer } from '../../fakes/server';
import { failing } from '../run';

const { signal } = new AbortController();
const token = new Secret('tok-12345');
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer(() => undefined);
});
beforeEach(() => {
  server.heard.length = 0;
});
afterAll(() => server.close());
const get = (path: string, deadline = 5_000, base = server.url) => axiosHttp.send({ method: 'GET', base, path, deadline, signal, token });

describe('HTTP', () => {
  test('takes any status for an answer', async () => {
    server.answer = (_, response) => void response.writeHead(503, { 'x-cause': 'busy' }).end('later');
    const { status, headers, body } = await get('/path?a=1');
    expect({ status, cause: headers['x-cause'], body: body.toString() }).toEqual({ status: 503, cause: 'busy', body: 'later' });
    expect(server.heard[0]).toMatchObject({ url: '/path?a=1', headers: { authorization: 'Bearer tok-12345' } });
  });

  test('does not follow redirects, so that a token never goes to another host', async () => {
    server.answer = (_, response) => void response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    expect((await get('/')).status).toBe(302);
    expect(server.heard).toHaveLength(1);
  });

  test.each(['http://evil.example/x', '//evil.example/x', '@evil.example/x', '/../../x', '\\\\evil.example'])(
    'stays at its host for the path %s',
    async (path) => {
      server.answer = (_, response) => void response.end('here');
      const outcome = await get(path).then(
        ({ body }) => body.toString(),
        (error: unknown) => (error as { type?: string }).type,
      );
      expect(['here', 'Misconfigured']).toContain(outcome);
    },
  );

  test('gives up on an answer that hangs or drips when the deadline is over', async () => {
    server.answer = (_, response) => {
      response.write('a');
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    };
    const told = await failing(get('/slow', 150));
    expect(told).toMatchObject({ type: 'Unavailable', final: false });
    expect(told.message).toContain('took longer than 150 ms');
  });

  test('gives up on more than 8 MiB', async () => {
    server.answer = (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const pour = () => void (response.writableEnded || response.destroyed || response.write(chunk, pour));
      pour();
    };
    const told = await failing(get('/endless'));
    expect(told.message).toContain('more than 8 MiB');
  });

  test('tells refused connections without headers, tokens or queries', async () => {
    server.answer = (_, response) => void response.destroy();
    const told = await failing(get('/x?secret=1'));
    expect(told).toMatchObject({ type: 'Unavailable' });
    expect(JSON.stringify(told)).not.toMatch(/tok-12345|secret=1|Bearer/);
  });

  test('ends with a cancellation, as a cancellation', async () => {
    const stop = new AbortController();
    server.answer = () => stop.abort(new Error('cancelled'));
    await expect(axiosHttp.send({ method: 'GET', base: server.url, deadline: 5_000, signal: stop.signal })).rejects.toThrow('cancelled');
  });
});

describe('metrics', () => {
  const scrape = () => createMetrics(axiosHttp).scrape(`${server.url}/metrics`, 1_000, signal);
  test('that answer are series', async () => {
    server.answer = (_, response) => void response.end('up 1\n');
    expect(await scrape()).toEqual({ kind: 'series', series: [{ metric: 'up', labels: {}, value: 1, at: null }] });
  });
  test('that do not answer are unreadable, not a failure', async () => {
    server.answer = (_, response) => void response.writeHead(404).end('up 1');
    expect(await scrape()).toEqual({ kind: 'unreadable', reason: 'metrics answered 404' });
    server.answer = (_, response) => void response.destroy();
    expect((await scrape()).kind).toBe('unreadable');
  });
});

describe('the registry', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const ask = (secret?: Secret) =>
    createRegistry(axiosHttp).digestOf({
      repository: 'registry.example/team/analytics',
      tag: 'v1.0.0',
      api: server.url,
      token: secret,
      signal,
    });

  test('names the digest of a tag by one HEAD that accepts all four types', async () => {
    server.answer = (_, response) => void response.writeHead(200, { 'docker-content-digest': digest }).end();
    expect(await ask(token)).toBe(digest);
    expect(server.heard).toHaveLength(1);
    expect(server.heard[0]).toMatchObject({
      method: 'HEAD',
      url: '/v2/team/analytics/manifests/v1.0.0',
      headers: { authorization: 'Bearer tok-12345' },
    });
    expect(server.heard[0]?.headers.accept?.split(', ')).toHaveLength(4);
  });
  test('that names none is asked for the manifest, whose hash it is', async () => {
    server.answer = ({ method }, response) => void response.end(method === 'GET' ? '{}' : '');
    expect(await ask()).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
  test.each([
    [404, 'NotFound', true],
    [401, 'Forbidden', true],
    [429, 'RateLimited', false],
    [503, 'Unavailable', false],
  ])('that answers %d fails as %s', async (status, type, final) => {
    server.answer = (_, response) => void response.writeHead(status, { 'retry-after': '30' }).end();
    const told = await failing(ask());
    expect(told).toMatchObject({ type, final });
    expect(told.message).toContain('registry.example/team/analytics:v1.0.0');
  });
});
