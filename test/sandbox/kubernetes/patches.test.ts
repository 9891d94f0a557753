import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, connect, jsonPatch, mergePatch, strategicPatch } from './support/api';
import { deployment, route, service } from './support/objects';

let server: StandIn;
let api: Api;
const services = '/api/v1/namespaces/default/services';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const routes = '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes';

beforeAll(async () => {
  server = await startStandIn();
  api = connect(server);
  await api.call('POST', services, { body: service('analytics') });
  await api.call('POST', deployments, { body: deployment('analytics', { replicas: 0 }) });
  await api.call('POST', routes, { body: route('analytics') });
});
afterAll(async () => {
  api.close();
  await server.stop();
});

describe('a JSON Patch', () => {
  const weights = async () => {
    const { body } = await api.call('GET', `${routes}/analytics`);
    const [rule] = body.spec.rules as readonly { readonly backendRefs: readonly { readonly weight: number }[] }[];
    return rule?.backendRefs.map(({ weight }) => weight);
  };
  const shift = (name: string, weight: number) => [
    { op: 'test', path: '/spec/rules/0/backendRefs/1/name', value: name },
    { op: 'add', path: '/spec/rules/0/backendRefs/1/weight', value: weight },
  ];

  test('whose test holds sets the weight of a backend', async () => {
    const { code } = await api.call('PATCH', `${routes}/analytics?fieldValidation=Strict`, { type: jsonPatch, body: shift('blue', 20) });
    expect([code, await weights()]).toEqual([200, [100, 20]]);
  });

  test('whose test fails is answered 422 and changes nothing', async () => {
    const { code, body } = await api.call('PATCH', `${routes}/analytics`, { type: jsonPatch, body: shift('red', 50) });
    expect([code, body.reason, await weights()]).toEqual([422, 'Invalid', [100, 20]]);
  });

  test('that tests an old version is refused', async () => {
    const body = [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }, ...shift('blue', 50)];
    expect((await api.call('PATCH', `${routes}/analytics`, { type: jsonPatch, body })).code).toBe(422);
  });

  test('is all or nothing', async () => {
    const body = [...shift('blue', 50), { op: 'remove', path: '/spec/none' }];
    expect((await api.call('PATCH', `${routes}/analytics`, { type: jsonPatch, body })).code).toBe(422);
    expect(await weights()).toEqual([100, 20]);
  });

  test('is a list of operations: an object is refused', async () => {
    expect((await api.call('PATCH', `${routes}/analytics`, { type: jsonPatch, body: { spec: {} } })).code).toBe(400);
  });
});

describe('a merge patch', () => {
  test('replaces lists and removes what is null', async () => {
    await api.call('PATCH', `${services}/analytics`, { type: mergePatch, body: { spec: { selector: { tier: 'web' } } } });
    const body = { spec: { selector: { tier: null }, ports: [{ port: 81 }] } };
    const { spec } = (await api.call('PATCH', `${services}/analytics`, { type: mergePatch, body })).body;
    expect(spec).toMatchObject({ selector: { app: 'analytics', colour: 'green' }, ports: [{ port: 81, targetPort: 81 }] });
  });
});

describe('a strategic merge patch', () => {
  test('of one selector key leaves the others', async () => {
    const { spec } = (
      await api.call('PATCH', `${services}/analytics`, { type: strategicPatch, body: { spec: { selector: { colour: 'blue' } } } })
    ).body;
    expect(spec.selector).toEqual({ app: 'analytics', colour: 'blue' });
  });

  test('finds containers by name, so that an image is set without repeating the rest', async () => {
    const body = { spec: { template: { spec: { containers: [{ name: 'app', image: 'registry/analytics:2' }] } } } };
    const { spec } = (await api.call('PATCH', `${deployments}/analytics`, { type: strategicPatch, body })).body;
    expect(spec.template).toMatchObject({
      spec: { containers: [{ name: 'app', image: 'registry/analytics:2', imagePullPolicy: 'IfNotPresent' }] },
    });
  });

  test('is not for custom resources', async () => {
    const { code, body } = await api.call('PATCH', `${routes}/analytics`, { type: strategicPatch, body: {} });
    expect([code, body.reason]).toEqual([415, 'UnsupportedMediaType']);
  });
});

describe('a patch', () => {
  test('by server-side apply is not taken', async () => {
    expect((await api.call('PATCH', `${services}/analytics`, { type: 'application/apply-patch+yaml', body: '{}' })).code).toBe(415);
  });

  test('of what is not there is answered 404', async () => {
    expect((await api.call('PATCH', `${services}/none`, { type: mergePatch, body: {} })).code).toBe(404);
  });

  test('that is no JSON is answered 400', async () => {
    expect((await api.call('PATCH', `${services}/analytics`, { type: mergePatch, body: '{"spec":' })).code).toBe(400);
  });

  test('cannot rename an object', async () => {
    expect((await api.call('PATCH', `${services}/analytics`, { type: mergePatch, body: { metadata: { name: 'other' } } })).code).toBe(400);
  });

  test('of the scale sets the replicas', async () => {
    const { body } = await api.call('PATCH', `${deployments}/analytics/scale`, { type: mergePatch, body: { spec: { replicas: 2 } } });
    expect([body.kind, body.spec.replicas]).toEqual(['Scale', 2]);
    expect((await api.call('GET', `${deployments}/analytics`)).body.spec.replicas).toBe(2);
  });
});
