import { afterEach, describe, expect, test } from '@jest/globals';
import { startApplication } from '../../../sandbox/app/application';
import { sampleOf } from '../../../sandbox/app/sample';
import { surfaceOf } from '../../../sandbox/app/surface';
import { type Fault, Faults } from '../../../sandbox/faults';
import type { Listening } from '../../../sandbox/http/server';
import { planMetrics } from '../../../sandbox/metrics/plan';
import type { Spec } from '../../../workflows/runbook/spec';
import { analyticsSpec, parcelsSpec } from '../specs';

let running: readonly Listening[] = [];
afterEach(async () => {
  await Promise.all(running.map((server) => server.close()));
  running = [];
});

async function start(spec: Spec, ...faults: readonly Fault[]) {
  const board = new Faults();
  faults.forEach((fault) => board.set(fault));
  const server = await startApplication({
    service: spec.service,
    pod: 'pod-1',
    self: { where: 'production', colour: 'blue', version: 'v1.0.0' },
    environment: { FLAG: 'true' },
    endpoints: surfaceOf(spec),
    tokens: { user: 'user-secret', admin: 'admin-secret', clerk: 'clerk-secret' },
    plan: planMetrics(spec),
    faults: board,
  });
  running = [...running, server];
  const ask = async (method: string, path: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(server.url + path, { method, headers });
    return { status: response.status, version: response.headers.get('x-version'), body: await response.text() };
  };
  return { ask, board };
}

describe('the application', () => {
  test('answers every request of the runbook as the spec expects it', async () => {
    const spec = analyticsSpec();
    const { ask } = await start(spec);
    for (const { method, path, token, expect: expected } of [...spec.smoke, ...spec.verification.requests]) {
      const { status, version, body } = await ask(method, path, token && `${token}-secret`);
      expect([path, status, version]).toEqual([path, expected.status, 'v1.0.0']);
      for (const field of Object.keys(expected.json ?? {})) expect(JSON.parse(body)).toHaveProperty(field);
    }
  });

  test('refuses a stranger, a wrong token, and a user where only an admin may go', async () => {
    const { ask } = await start(analyticsSpec());
    const cache = '/api/analytics/cache';
    const statuses = await Promise.all([ask('DELETE', cache), ask('DELETE', cache, 'guess'), ask('DELETE', cache, 'user-secret')]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 403]);
  });

  test('tells health, version and flags, and knows nothing else', async () => {
    const { ask } = await start(analyticsSpec());
    expect(JSON.parse((await ask('GET', '/health')).body)).toEqual({ status: 'ok' });
    expect(JSON.parse((await ask('GET', '/version')).body)).toMatchObject({ version: 'v1.0.0', environment: { FLAG: 'true' } });
    expect((await ask('GET', '/nowhere')).status).toBe(404);
  });

  test('serves another service from its spec alone', async () => {
    const { ask } = await start(parcelsSpec());
    const list = await ask('GET', '/parcels');
    expect(JSON.parse(list.body)).toMatchObject({ items: [{ id: expect.any(String) }], total: expect.any(Number) });
    expect([(await ask('POST', '/parcels')).status, (await ask('POST', '/parcels', 'clerk-secret')).status]).toEqual([401, 201]);
  });

  test('fails 40 % of its answers under the fault of errors, and says so in its metrics', async () => {
    const { ask, board } = await start(analyticsSpec(), { kind: 'errors' });
    const statuses = await Promise.all(Array.from({ length: 20 }, () => ask('GET', '/api/analytics/stats')));
    expect(statuses.filter(({ status }) => status === 500)).toHaveLength(8);
    expect((await ask('GET', '/metrics')).body).toContain('http_requests_total{color="blue",status="500",path="/api/analytics/stats"} 8\n');
    expect(board.all()[0]?.firstBadAt).toEqual(expect.any(Number));
  });

  test('slows most of its answers beyond 500 ms under the fault of latency', async () => {
    const { ask } = await start(analyticsSpec(), { kind: 'latency' });
    await Promise.all(Array.from({ length: 20 }, () => ask('GET', '/api/analytics/stats')));
    expect((await ask('GET', '/metrics')).body).toContain('http_request_duration_seconds_bucket{color="blue",le="0.5"} 2\n');
  });

  test('mostly misses its cache under the fault of the cache', async () => {
    const { ask } = await start(analyticsSpec(), { kind: 'cache' });
    await Promise.all(Array.from({ length: 50 }, () => ask('GET', '/api/analytics/stats')));
    expect((await ask('GET', '/metrics')).body).toContain('cache_lookups_total{color="blue",result="miss"} 46\n');
  });
});

test('a body is made from dotted paths, lists included', () => {
  expect(sampleOf({ rows: 'array', 'rows.0.id': 'string', 'page.size': 'number', page: 'object' })).toEqual({
    rows: [{ id: 'sample' }],
    page: { size: 1284 },
  });
});
