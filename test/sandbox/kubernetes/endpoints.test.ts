import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, type Body, connect, mergePatch } from './support/api';
import { eventually } from './support/eventually';
import { colours, pod, service } from './support/objects';

let server: StandIn;
let api: Api;
const pods = '/api/v1/namespaces/default/pods';
const services = '/api/v1/namespaces/default/services';
const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

beforeAll(async () => {
  server = await startStandIn();
  api = connect(server);
});
afterAll(async () => {
  api.close();
  await server.stop();
});

/** Lets a pod run on a node, ready or not. */
async function run(name: string, labels: Readonly<Record<string, string>>, podIP: string, ready = 'True'): Promise<void> {
  await api.call('POST', pods, { body: pod(name, labels) });
  const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
  await api.call('POST', `${pods}/${name}/binding`, { body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target } });
  await setReady(name, ready, podIP);
}
const setReady = (name: string, ready: string, podIP: string) =>
  api.call('PATCH', `${pods}/${name}/status`, {
    type: mergePatch,
    body: { status: { phase: 'Running', podIP, conditions: [{ type: 'Ready', status: ready }] } },
  });
const sliceOf = async (name: string): Promise<Body | undefined> =>
  (await api.call('GET', `${slices}?labelSelector=kubernetes.io/service-name%3D${name}`)).body.items[0];
const readyOf = async (name: string): Promise<Readonly<Record<string, boolean>>> =>
  Object.fromEntries((await sliceOf(name))?.endpoints?.map((endpoint) => [endpoint.addresses[0] ?? '', endpoint.conditions.ready]) ?? []);
const becomes = (name: string, wanted: Readonly<Record<string, boolean>>) =>
  eventually(
    () => readyOf(name),
    (found) => JSON.stringify(Object.entries(found).sort()) === JSON.stringify(Object.entries(wanted).sort()),
  );

describe('the endpoints of a Service', () => {
  test('are the addresses of the pods that it selects, with the node and the pod they lead to', async () => {
    await api.call('POST', services, { body: service('simple', { app: 'simple' }) });
    await run('simple-1', { app: 'simple' }, '10.1.0.1');
    await becomes('simple', { '10.1.0.1': true });
    const slice = await sliceOf('simple');
    expect(slice?.endpoints?.[0]).toMatchObject({ nodeName: 'node-1', targetRef: { kind: 'Pod', name: 'simple-1' } });
    expect(slice?.metadata.ownerReferences).toMatchObject([{ kind: 'Service', name: 'simple' }]);
    expect(slice).toMatchObject({ addressType: 'IPv4', ports: [{ port: 8080, protocol: 'TCP' }] });
  });

  test('follow the selector when it moves to the other colour', async () => {
    await api.call('POST', services, { body: service('moved') });
    await run('moved-green', colours('green'), '10.1.1.1');
    await run('moved-blue', colours('blue'), '10.1.1.2');
    await becomes('moved', { '10.1.1.1': true });
    await api.call('PATCH', `${services}/moved`, { type: mergePatch, body: { spec: { selector: colours('blue') } } });
    await becomes('moved', { '10.1.1.2': true });
  });

  test('are not ready while a pod is not, and once it is being deleted', async () => {
    await api.call('POST', services, { body: service('changing', { app: 'changing' }) });
    await run('changing-1', { app: 'changing' }, '10.1.2.1', 'False');
    await becomes('changing', { '10.1.2.1': false });
    await setReady('changing-1', 'True', '10.1.2.1');
    await becomes('changing', { '10.1.2.1': true });
    await api.call('DELETE', `${pods}/changing-1`);
    await becomes('changing', { '10.1.2.1': false });
    expect((await sliceOf('changing'))?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true });
    await api.call('DELETE', `${pods}/changing-1?gracePeriodSeconds=0`);
    await becomes('changing', {});
  });

  test('cannot be loopback addresses, as on the real server', async () => {
    const body = { metadata: { name: 'loop' }, addressType: 'IPv4', endpoints: [{ addresses: ['127.0.0.1'] }] };
    expect((await api.call('POST', slices, { body })).code).toBe(422);
  });

  test('go with their Service', async () => {
    await api.call('POST', services, { body: service('short', { app: 'short' }) });
    await eventually(
      () => sliceOf('short'),
      (slice) => slice !== undefined,
    );
    await api.call('DELETE', `${services}/short`);
    await eventually(
      () => sliceOf('short'),
      (slice) => slice === undefined,
    );
  });
});
