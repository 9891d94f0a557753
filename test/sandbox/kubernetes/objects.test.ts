import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, connect, mergePatch } from './support/api';
import { configMap, deployment, pod, service } from './support/objects';

let server: StandIn;
let api: Api;
beforeAll(async () => {
  server = await startStandIn({ namespaces: ['shop'] });
  api = connect(server);
});
afterAll(async () => {
  api.close();
  await server.stop();
});

const maps = '/api/v1/namespaces/shop/configmaps';
const services = '/api/v1/namespaces/shop/services';
const deployments = '/apis/apps/v1/namespaces/shop/deployments';

describe('an object', () => {
  test('is created with a uid, a version and a time, and read back as it was made', async () => {
    const made = await api.call('POST', maps, { body: configMap('one') });
    const read = await api.call('GET', `${maps}/one`);
    expect(made.code).toBe(201);
    expect(read.body).toEqual(made.body);
    expect(read.body.metadata).toMatchObject({ name: 'one', namespace: 'shop', uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown });
  });

  test('cannot be created twice', async () => {
    await api.call('POST', maps, { body: configMap('twice') });
    const again = await api.call('POST', maps, { body: configMap('twice') });
    expect(again).toMatchObject({
      code: 409,
      body: { kind: 'Status', reason: 'AlreadyExists', message: 'configmaps "twice" already exists' },
    });
  });

  test('that is not there is answered 404 by name', async () => {
    const { code, body } = await api.call('GET', `${deployments}/none`);
    expect(code).toBe(404);
    expect(body).toMatchObject({
      reason: 'NotFound',
      message: 'deployments.apps "none" not found',
      details: { name: 'none', kind: 'deployments' },
    });
  });

  test('cannot be created in a namespace that is not there', async () => {
    const { code, body } = await api.call('POST', '/api/v1/namespaces/nowhere/configmaps', { body: configMap('x') });
    expect([code, body.message]).toEqual([404, 'namespaces "nowhere" not found']);
  });

  test('needs a name that DNS could carry', async () => {
    const { code, body } = await api.call('POST', maps, { body: configMap('No_Name') });
    expect([code, body.reason, body.details?.causes?.[0]?.field]).toEqual([422, 'Invalid', 'metadata.name']);
  });

  test('gets a name of its own from generateName', async () => {
    const { body } = await api.call('POST', maps, { body: { ...configMap(''), metadata: { generateName: 'flags-' } } });
    expect(body.metadata.name).toMatch(/^flags-[a-z0-9]{5}$/);
  });

  test('is overwritten by PUT only while it is the version that was read', async () => {
    const { body } = await api.call('POST', maps, { body: configMap('raced') });
    const first = await api.call('PUT', `${maps}/raced`, { body: { ...body, data: { a: '2' } } });
    const second = await api.call('PUT', `${maps}/raced`, { body: { ...body, data: { a: '3' } } });
    expect(first.code).toBe(200);
    expect(second).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
    expect((await api.call('GET', `${maps}/raced`)).body.data).toEqual({ a: '2' });
  });

  test('is not written by a merge patch that names an old version or another uid', async () => {
    const { body } = await api.call('POST', maps, { body: configMap('guarded') });
    await api.call('PATCH', `${maps}/guarded`, { type: mergePatch, body: { data: { a: '2' } } });
    const stale = { metadata: { resourceVersion: body.metadata.resourceVersion }, data: { a: '3' } };
    const other = { metadata: { uid: '00000000-0000-0000-0000-000000000000' }, data: { a: '3' } };
    expect((await api.call('PATCH', `${maps}/guarded`, { type: mergePatch, body: stale })).code).toBe(409);
    expect((await api.call('PATCH', `${maps}/guarded`, { type: mergePatch, body: other })).code).toBe(409);
  });

  test('keeps its version and generation when a write changes nothing', async () => {
    const { body } = await api.call('POST', deployments, { body: deployment('still', { replicas: 0 }) });
    server.controllers.pause();
    const before = (await api.call('GET', `${deployments}/still`)).body.metadata;
    const after = (await api.call('PATCH', `${deployments}/still`, { type: mergePatch, body: { spec: { replicas: 0 } } })).body.metadata;
    server.controllers.resume();
    expect(after).toEqual(before);
    expect(body.metadata.generation).toBe(1);
  });

  test('counts a generation for a change of its spec, not of its annotations or status', async () => {
    await api.call('POST', deployments, { body: deployment('counted', { replicas: 0 }) });
    const patch = async (path: string, body: object) =>
      (await api.call('PATCH', `${deployments}/counted${path}`, { type: mergePatch, body })).body;
    expect((await patch('', { metadata: { annotations: { a: 'b' } } })).metadata.generation).toBe(1);
    expect((await patch('/status', { status: { collisionCount: 1 } })).metadata.generation).toBe(1);
    expect((await patch('', { spec: { minReadySeconds: 1 } })).metadata.generation).toBe(2);
  });

  test('does not take its status through its spec, nor its spec through its status', async () => {
    await api.call('POST', '/api/v1/namespaces/shop/pods', { body: pod('halves') });
    const path = '/api/v1/namespaces/shop/pods/halves';
    const both = { spec: { activeDeadlineSeconds: 5 }, status: { phase: 'Running' } };
    const main = (await api.call('PATCH', path, { type: mergePatch, body: both })).body;
    expect([main.spec.activeDeadlineSeconds, main.status.phase]).toEqual([5, 'Pending']);
    const status = (await api.call('PATCH', `${path}/status`, { type: mergePatch, body: { ...both, spec: { activeDeadlineSeconds: 9 } } }))
      .body;
    expect([status.spec.activeDeadlineSeconds, status.status.phase]).toEqual([5, 'Running']);
  });

  test('says who wrote which of its fields', async () => {
    await api.call('POST', `${maps}?fieldManager=maker`, { body: configMap('written', { a: '1', b: '1' }) });
    await api.call('PATCH', `${maps}/written`, { type: mergePatch, body: { data: { b: '2' } }, headers: { 'user-agent': 'helm/3.1' } });
    const { metadata } = (await api.call('GET', `${maps}/written`)).body;
    const owned = Object.fromEntries((metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [manager, fieldsV1]));
    expect(owned).toEqual({ maker: { 'f:data': { 'f:a': {} } }, helm: { 'f:data': { 'f:b': {} } } });
  });

  test('is only tried out under dryRun', async () => {
    const tried = await api.call('POST', `${maps}?dryRun=All`, { body: configMap('tried') });
    expect([tried.code, (await api.call('GET', `${maps}/tried`)).code]).toEqual([201, 404]);
  });
});

describe('deletion', () => {
  test('asks for the uid and version that the caller means', async () => {
    const { body } = await api.call('POST', maps, { body: configMap('meant') });
    const wrong = { preconditions: { uid: 'another' } };
    const right = { preconditions: { uid: body.metadata.uid, resourceVersion: body.metadata.resourceVersion } };
    expect((await api.call('DELETE', `${maps}/meant`, { body: wrong })).code).toBe(409);
    expect((await api.call('DELETE', `${maps}/meant`, { body: right })).code).toBe(200);
    expect((await api.call('GET', `${maps}/meant`)).code).toBe(404);
  });

  test('gives a recreated object another uid', async () => {
    const first = await api.call('POST', maps, { body: configMap('again') });
    await api.call('DELETE', `${maps}/again`);
    const second = await api.call('POST', maps, { body: configMap('again') });
    expect(second.body.metadata.uid).not.toBe(first.body.metadata.uid);
  });

  test('waits for finalizers', async () => {
    await api.call('POST', maps, { body: { ...configMap('held'), metadata: { name: 'held', finalizers: ['example.com/wait'] } } });
    await api.call('DELETE', `${maps}/held`);
    expect((await api.call('GET', `${maps}/held`)).body.metadata.deletionTimestamp).toBeDefined();
    await api.call('PATCH', `${maps}/held`, { type: mergePatch, body: { metadata: { finalizers: null } } });
    expect((await api.call('GET', `${maps}/held`)).code).toBe(404);
  });

  test('of a collection takes those that the selector names', async () => {
    const labelled = (name: string, tier: string) => ({ ...configMap(name), metadata: { name, labels: { tier } } });
    for (const [name, tier] of [
      ['da', 'x'],
      ['db', 'x'],
      ['dc', 'y'],
    ] as const)
      await api.call('POST', maps, { body: labelled(name, tier) });
    await api.call('DELETE', `${maps}?labelSelector=tier%3Dx`);
    const left = (await api.call('GET', `${maps}?labelSelector=tier`)).body.items.map(({ metadata }) => metadata.name);
    expect(left).toEqual(['dc']);
  });
});

describe('a pod', () => {
  const pods = '/api/v1/namespaces/shop/pods';
  const bind = (name: string, node: string) =>
    api.call('POST', `${pods}/${name}/binding`, {
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { apiVersion: 'v1', kind: 'Node', name: node } },
    });

  test('that was never bound goes at once', async () => {
    await api.call('POST', pods, { body: pod('unbound') });
    await api.call('DELETE', `${pods}/unbound`);
    expect((await api.call('GET', `${pods}/unbound`)).code).toBe(404);
  });

  test('that has a node stays until its node has ended it', async () => {
    await api.call('POST', pods, { body: pod('bound') });
    await bind('bound', 'node-1');
    const asked = await api.call('DELETE', `${pods}/bound`);
    expect(asked.body.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, deletionTimestamp: expect.any(String) as unknown });
    expect((await api.call('GET', `${pods}/bound`)).code).toBe(200);
    await api.call('DELETE', `${pods}/bound`, { body: { gracePeriodSeconds: 0 } });
    expect((await api.call('GET', `${pods}/bound`)).code).toBe(404);
  });

  test('is bound once', async () => {
    await api.call('POST', pods, { body: pod('once') });
    expect((await bind('once', 'node-1')).code).toBe(201);
    expect((await bind('once', 'node-2')).code).toBe(409);
    expect((await api.call('GET', `${pods}/once`)).body.spec.nodeName).toBe('node-1');
  });

  test('changes its image but nothing else of its spec', async () => {
    await api.call('POST', pods, { body: pod('fixed') });
    const image = [{ op: 'replace', path: '/spec/containers/0/image', value: 'registry/analytics:2' }];
    const policy = [{ op: 'replace', path: '/spec/restartPolicy', value: 'Never' }];
    const patch = (body: unknown) => api.call('PATCH', `${pods}/fixed`, { type: 'application/json-patch+json', body });
    expect((await patch(image)).code).toBe(200);
    expect((await patch(policy)).code).toBe(422);
  });
});

describe('a list', () => {
  test('is chosen by labels and fields', async () => {
    const pods = '/api/v1/namespaces/shop/pods';
    for (const [name, colour] of [
      ['la', 'green'],
      ['lb', 'blue'],
      ['lc', 'red'],
    ] as const)
      await api.call('POST', pods, { body: pod(name, { colour }) });
    const names = async (query: string) => (await api.call('GET', `${pods}?${query}`)).body.items.map(({ metadata }) => metadata.name);
    expect(await names('labelSelector=colour%20in%20(green,blue)')).toEqual(['la', 'lb']);
    expect(await names('labelSelector=colour,colour!%3Dblue')).toEqual(['la', 'lc']);
    expect(await names('labelSelector=colour&fieldSelector=metadata.name%3Dlb')).toEqual(['lb']);
    expect((await api.call('GET', `${pods}?fieldSelector=spec.colour%3Dx`)).code).toBe(400);
  });
});

describe('checks of the real server', () => {
  test('a Deployment must select its own pods', async () => {
    const body = deployment('strays', { selector: { matchLabels: { app: 'other' } } });
    const answer = await api.call('POST', deployments, { body });
    expect([answer.code, answer.body.details?.causes?.[0]?.field]).toEqual([422, 'spec.template.metadata.labels']);
  });

  test('the selector of a Deployment never changes', async () => {
    await api.call('POST', deployments, { body: deployment('fixed', { replicas: 0 }) });
    const patch = { spec: { selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } } } } };
    const answer = await api.call('PATCH', `${deployments}/fixed`, { type: mergePatch, body: patch });
    expect([answer.code, answer.body.message]).toEqual([422, expect.stringContaining('spec.selector: Invalid value') as unknown]);
  });

  test('a Service keeps its address and needs a port', async () => {
    await api.call('POST', services, { body: service('address') });
    const moved = await api.call('PATCH', `${services}/address`, { type: mergePatch, body: { spec: { clusterIP: '10.96.9.9' } } });
    const portless = await api.call('POST', services, { body: { ...service('portless'), spec: { selector: { a: 'b' } } } });
    expect([moved.code, portless.code]).toEqual([422, 422]);
  });

  test('a Lease is not overwritten blindly', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/shop/leases';
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'lock' }, spec: { holderIdentity: 'a' } };
    await api.call('POST', leases, { body: lease });
    expect((await api.call('PUT', `${leases}/lock`, { body: lease })).code).toBe(422);
  });

  test('a method that a path does not have is answered 405, a path that is not there 404', async () => {
    expect((await api.call('PUT', maps, { body: {} })).code).toBe(405);
    expect((await api.call('GET', '/apis/none/v1/things')).code).toBe(404);
    expect((await api.call('GET', `${maps}/x/status`)).code).toBe(404);
  });
});

test('a namespace takes everything with it that it holds', async () => {
  await api.call('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'brief' } } });
  await api.call('POST', '/api/v1/namespaces/brief/configmaps', { body: configMap('inside') });
  const gone = api.watch('/api/v1/namespaces?watch=true&fieldSelector=metadata.name%3Dbrief', (events) =>
    events.some(({ type }) => type === 'DELETED'),
  );
  await api.call('DELETE', '/api/v1/namespaces/brief');
  await gone;
  expect((await api.call('GET', '/api/v1/namespaces/brief/configmaps')).body.items).toEqual([]);
});
