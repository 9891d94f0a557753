import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, connect, mergePatch } from './support/api';
import { service } from './support/objects';

let server: StandIn;
let api: Api;
beforeAll(async () => {
  server = await startStandIn({
    tokens: { first: 'operator', second: 'reader' },
    denies: ({ verb, resource }) => verb === 'patch' && resource === 'services',
  });
  api = connect(server);
});
afterAll(async () => {
  api.close();
  await server.stop();
});
const services = '/api/v1/namespaces/default/services';
const review = async (verb: string, resource: string) => {
  const resourceAttributes = { verb, resource, namespace: 'default' };
  const { code, body } = await api.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    body: { spec: { resourceAttributes } },
  });
  return [code, body.status.allowed];
};

describe('access', () => {
  test('needs a token that the server knows', async () => {
    expect(await api.call('GET', services, { token: 'wrong' })).toMatchObject({ code: 401, body: { reason: 'Unauthorized' } });
    expect((await api.call('GET', '/_sandbox/ledger', { token: 'wrong' })).code).toBe(401);
    expect((await api.call('GET', services, { token: 'second' })).code).toBe(200);
  });

  test('can be asked for beforehand', async () => {
    expect(await review('get', 'services')).toEqual([201, true]);
    expect(await review('patch', 'services')).toEqual([201, false]);
  });

  test('that is denied is answered 403 with verb and resource', async () => {
    await api.call('POST', services, { body: service('closed') });
    const { code, body } = await api.call('PATCH', `${services}/closed`, { type: mergePatch, body: {} });
    expect([code, body.message]).toEqual([
      403,
      'services "closed" is forbidden: User "operator" cannot patch resource "services" in API group "" in the namespace "default"',
    ]);
  });
});
