import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, connect, mergePatch } from './support/api';
import { configMap } from './support/objects';

let server: StandIn;
let api: Api;
const maps = '/api/v1/namespaces/default/configmaps';
beforeAll(async () => {
  server = await startStandIn();
  api = connect(server);
});
afterEach(() => {
  server.faults.clear();
});
afterAll(async () => {
  api.close();
  await server.stop();
});
const match = { verb: 'create', resource: 'configmaps' } as const;

describe('a fault', () => {
  test('answers in place of the server, with headers (K4)', async () => {
    server.faults.add({ match, effect: { kind: 'answer', status: 429, headers: { 'retry-after': '30' } } });
    const { code, headers, body } = await api.call('POST', maps, { body: configMap('k4') });
    expect([code, headers['retry-after'], body.reason]).toEqual([429, '30', 'TooManyRequests']);
    expect((await api.call('GET', `${maps}/k4`)).code).toBe(404);
  });

  test('answers 500 although the write was applied (K5)', async () => {
    server.faults.add({ match, effect: { kind: 'answer', status: 500, applied: true } });
    expect((await api.call('POST', maps, { body: configMap('k5') })).code).toBe(500);
    expect((await api.call('GET', `${maps}/k5`)).code).toBe(200);
  });

  test('drops the connection after the write was applied (K6), and the ledger knows', async () => {
    server.faults.add({ match, effect: { kind: 'drop', applied: true } });
    await expect(api.call('POST', maps, { body: configMap('k6') })).rejects.toThrow();
    expect((await api.call('GET', `${maps}/k6`)).code).toBe(200);
    expect(server.ledger.at(-1)).toMatchObject({ name: 'k6', code: 201, changed: true });
  });

  test('drops the connection before anything happens', async () => {
    server.faults.add({ match, effect: { kind: 'drop', applied: false } });
    await expect(api.call('POST', maps, { body: configMap('before') })).rejects.toThrow();
    expect((await api.call('GET', `${maps}/before`)).code).toBe(404);
    expect(server.ledger.at(-1)).toMatchObject({ name: '', resource: 'configmaps', code: 0, changed: false });
  });

  test('hits the nth request only, and can be limited in number', async () => {
    const second = server.faults.add({ match: { verb: 'get' }, nth: 2, effect: { kind: 'answer', status: 503 } });
    const codes = [];
    for (let count = 0; count < 3; count += 1) codes.push((await api.call('GET', `${maps}/k5`)).code);
    expect([codes, second.hits()]).toEqual([[200, 503, 200], 1]);
    server.faults.add({ match: { verb: 'get' }, times: 1, effect: { kind: 'answer', status: 504 } });
    expect([(await api.call('GET', `${maps}/k5`)).code, (await api.call('GET', `${maps}/k5`)).code]).toEqual([504, 200]);
  });

  test('delays an answer', async () => {
    server.faults.add({ match: { name: 'k5' }, effect: { kind: 'delay', milliseconds: 60 } });
    const begun = performance.now();
    expect((await api.call('GET', `${maps}/k5`)).code).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(50);
  });

  test('is for what it names: other verbs, names and kinds go on', async () => {
    server.faults.add({ match: { verb: 'patch', resource: 'configmaps', name: 'k5' }, effect: { kind: 'answer', status: 500 } });
    const patch = (name: string) => api.call('PATCH', `${maps}/${name}`, { type: mergePatch, body: { data: { b: '1' } } });
    expect([(await patch('k5')).code, (await patch('k6')).code, (await api.call('GET', `${maps}/k5`)).code]).toEqual([500, 200, 200]);
  });

  test('is switched on and off over HTTP', async () => {
    const fault = { match: { verb: 'get' }, effect: { kind: 'answer', status: 503 } };
    await api.call('POST', '/_sandbox/faults', { body: fault });
    expect((await api.call('GET', `${maps}/k5`)).code).toBe(503);
    expect((await api.call('GET', '/_sandbox/faults')).body).toMatchObject([{ ...fault, hits: 1 }]);
    await api.call('DELETE', '/_sandbox/faults');
    expect((await api.call('GET', `${maps}/k5`)).code).toBe(200);
    expect((await api.call('POST', '/_sandbox/faults', { body: { effect: {} } })).code).toBe(400);
  });
});
