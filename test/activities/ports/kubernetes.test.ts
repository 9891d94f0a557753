import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as client from '@kubernetes/client-node';
import { createActivities } from '../../../activities';
import type { Kubernetes } from '../../../activities/ports/kubernetes';
import { createKubernetes } from '../../../activities/ports/kubernetes/adapter';
import { startStandIn, type StandIn } from '../../../sandbox/kubernetes';
import { fakePorts } from '../../fakes/ports';
import { candidateChange, forward, newImage, oldImage, selectorToBlue, trafficTo, undo } from '../../fakes/shop';
import { failing, run } from '../run';

type Raw = client.KubernetesObject & Record<string, unknown>;
const place = { cluster: 'sandbox', namespace: 'shop' } as const;
const flags = { ...place, name: 'analytics-flags-1', data: { ML: 'true' } };

let standIn: StandIn;
let directory: string;
let objects: client.KubernetesObjectApi;
let kubernetes: Kubernetes;
let activities: ReturnType<typeof createActivities>;

beforeAll(async () => {
  standIn = await startStandIn({ namespaces: ['shop'], denies: ({ resource }) => resource === 'secrets' });
  standIn.controllers.pause();
  directory = mkdtempSync(join(tmpdir(), 'kubernetes-test-'));
  const kubeconfig = join(directory, 'kubeconfig');
  writeFileSync(kubeconfig, standIn.kubeconfig());
  const config = new client.KubeConfig();
  config.loadFromFile(kubeconfig);
  objects = client.KubernetesObjectApi.makeApiClient(config);
  kubernetes = createKubernetes(kubeconfig);
  for (const object of production()) await objects.create(object);
  for (const pod of pods()) await becomeReady(pod);
  activities = createActivities(fakePorts({ kubernetes: kubernetes }));
});
afterAll(async () => {
  await standIn.stop();
  rmSync(directory, { recursive: true });
});
beforeEach(() => standIn.faults.clear());

const at = <Change extends object>(change: Change): Change => ({ ...change, ...place });
const writes = () => standIn.ledger.filter(({ manager, code, changed }) => manager === 'analytics-deploy' && code < 300 && changed).length;
/** Somebody else changes the spec of an object. */
async function byOthers(kind: string, apiVersion: string, name: string, spec: object): Promise<void> {
  const change: Raw = { kind, apiVersion, metadata: { name, namespace: 'shop' }, spec };
  await objects.patch(change, undefined, undefined, 'argocd', undefined, client.PatchStrategy.MergePatch);
}

describe('a cluster', () => {
  test('is read as facts, and what is not there is null', async () => {
    const deployment = await kubernetes.read({ kind: 'Deployment', ...place, name: 'analytics-green' });
    expect(deployment).toMatchObject({
      replicas: 3,
      selector: { app: 'analytics', color: 'green' },
      containers: [{ name: 'analytics', image: oldImage, envFrom: null }],
    });
    expect(deployment?.meta.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(await kubernetes.read({ kind: 'HTTPRoute', ...place, name: 'nothing' })).toBeNull();
    expect((await kubernetes.endpoints(place, 'analytics-blue')).filter(({ ready }) => ready)).toHaveLength(3);
    expect(await kubernetes.pods(place, { app: 'analytics', color: 'blue' })).toHaveLength(3);
  });

  test('says what we may do', async () => {
    expect(await kubernetes.mayI(place, { verb: 'patch', group: 'apps', resource: 'deployments' })).toBe(true);
    expect(await kubernetes.mayI(place, { verb: 'get', group: '', resource: 'secrets' })).toBe(false);
  });

  test('whose context the kubeconfig does not have is told with those it has', async () => {
    const told = await failing(kubernetes.read({ kind: 'Service', cluster: 'production', namespace: 'shop', name: 'x' }));
    expect(told).toMatchObject({ type: 'Misconfigured', final: true });
    expect(told.message).toContain('sandbox');
  });

  test.each([
    [400, 'Invalid'],
    [403, 'Forbidden'],
    [429, 'RateLimited'],
    [500, 'Unavailable'],
    [503, 'Unavailable'],
  ])('that answers %d fails as %s, with verb and object, and without the token', async (status, type) => {
    standIn.faults.add({
      match: { verb: 'get', resource: 'services' },
      effect: { kind: 'answer', status, message: 'no\nluck', headers: { 'retry-after': '7' } },
    });
    const error = await kubernetes.read({ kind: 'Service', ...place, name: 'analytics' }).catch((told: unknown) => told);
    expect(error).toMatchObject({
      type,
      message: expect.stringContaining(`get service shop/analytics: ${status} no luck`),
      nextRetryDelay: 7_000,
    });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(standIn.token);
  });

  test('whose connection breaks is unavailable; an expired token is loaded once more', async () => {
    standIn.faults.add({ match: { verb: 'get', resource: 'services' }, effect: { kind: 'drop', applied: false } });
    expect(await failing(kubernetes.read({ kind: 'Service', ...place, name: 'analytics' }))).toMatchObject({ type: 'Unavailable' });
    standIn.faults.clear();
    standIn.faults.add({ match: { verb: 'get', resource: 'services' }, effect: { kind: 'answer', status: 401 }, times: 1 });
    expect((await kubernetes.read({ kind: 'Service', ...place, name: 'analytics' }))?.selector.color).toBe('green');
  });

  test('refuses the traffic field that a Service does not have', async () => {
    const seed = [{ op: 'add', path: '/spec/traffic', value: { blue: 20, green: 80 } }] as const;
    const told = await failing(kubernetes.patch({ kind: 'Service', ...place, name: 'analytics' }, seed));
    expect(told).toMatchObject({ type: 'Invalid', final: true });
    expect(told.message).toContain('spec.traffic');
  });
});

describe('safe writes on a cluster', () => {
  test('move the weights forward and back, with one write each', async () => {
    const change = at(trafficTo(20));
    const before = await run(activities.readTraffic, change);
    const counted = writes();
    expect((await run(activities.shiftTraffic, { change, from: before, key: forward('a') })).weights).toEqual({ blue: 20, green: 80 });
    await run(activities.shiftTraffic, { change, from: before, key: forward('a') }, { attempt: 2 });
    expect(await run(activities.restoreTraffic, { change, to: before, key: 'shop-0/a/undo', urgent: false })).toEqual({
      result: 'restored',
    });
    expect(await run(activities.restoreTraffic, { change, to: before, key: 'shop-0/a/undo', urgent: false })).toEqual({
      result: 'restored',
    });
    expect((await run(activities.readTraffic, change)).weights).toEqual({ blue: 0, green: 100 });
    expect(writes() - counted).toBe(2);
  });

  test.each([
    ['an answer that is lost', { kind: 'drop', applied: true } as const],
    ['a 500 after the write', { kind: 'answer', status: 500, applied: true } as const],
  ])('are made once in spite of %s', async (_, effect) => {
    const change = at(trafficTo(20));
    const before = await run(activities.readTraffic, change);
    const counted = writes();
    standIn.faults.add({ match: { verb: 'patch', resource: 'httproutes' }, effect, times: 1 });
    expect((await run(activities.shiftTraffic, { change, from: before, key: forward('b') })).weights).toEqual({ blue: 20, green: 80 });
    standIn.faults.add({ match: { verb: 'patch', resource: 'httproutes' }, effect, times: 1 });
    expect((await run(activities.restoreTraffic, { change, to: before, key: 'shop-0/b/undo', urgent: false })).result).toBe('restored');
    expect(writes() - counted).toBe(2);
  });

  test('see a failed test of the version as a conflict, and try again', async () => {
    const change = at(trafficTo(20));
    const before = await run(activities.readTraffic, change);
    standIn.faults.add({
      match: { verb: 'patch', resource: 'httproutes', manager: 'analytics-deploy' },
      effect: { kind: 'delay', milliseconds: 150 },
      times: 1,
    });
    const moving = run(activities.shiftTraffic, { change, from: before, key: forward('c') });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await byOthers('HTTPRoute', 'gateway.networking.k8s.io/v1', 'analytics', { hostnames: ['shop.example'] });
    expect((await moving).weights).toEqual({ blue: 20, green: 80 });
    await run(activities.restoreTraffic, { change, to: before, key: 'shop-0/c/undo', urgent: false });
  });

  test('name who wrote a value that is neither ours nor recorded', async () => {
    const change = at(selectorToBlue);
    const before = await run(activities.readSelector, change);
    await byOthers('Service', 'v1', 'analytics', { selector: { app: 'analytics', color: 'red' } });
    const told = await failing(run(activities.moveSelector, { change, from: before, key: forward('d') }));
    expect(told).toMatchObject({ type: 'Foreign', wrote: false, foreign: { by: 'argocd', found: 'color=red', expected: 'color=green' } });
    await byOthers('Service', 'v1', 'analytics', { selector: { app: 'analytics', color: 'green' } });
  });

  test('move the selector and nothing else of the Service', async () => {
    const change = at(selectorToBlue);
    const before = await run(activities.readSelector, change);
    expect((await run(activities.moveSelector, { change, from: before, key: forward('e') })).colour).toBe('blue');
    expect((await kubernetes.read({ kind: 'Service', ...place, name: 'analytics' }))?.selector).toEqual({
      app: 'analytics',
      color: 'blue',
    });
    expect((await run(activities.restoreSelector, { change, to: before, key: undo('e'), urgent: true })).result).toBe('restored');
  });

  test('set image, replicas and flags of a Deployment, and put its spec back as it was', async () => {
    const change = at({ ...candidateChange, deployment: 'analytics-green', image: 'registry.example/analytics@sha256:third', replicas: 4 });
    const reference = { kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'analytics-green', namespace: 'shop' } };
    const spec = (await objects.read<Raw>(reference)).spec;
    const before = await run(activities.readWorkload, change);
    expect(await run(activities.setWorkload, { change, from: before, key: forward('f') })).toMatchObject({
      replicas: 4,
      flagsConfigMap: change.flagsConfigMap,
    });
    expect(await run(activities.restoreWorkload, { change, to: before, key: undo('f'), urgent: false })).toEqual({ result: 'restored' });
    expect((await objects.read<Raw>(reference)).spec).toEqual(spec);
  });

  test("make the flags' ConfigMap once, for good, and delete exactly it", async () => {
    const absent = await run(activities.readFlags, flags);
    standIn.faults.add({ match: { verb: 'create', resource: 'configmaps' }, effect: { kind: 'drop', applied: true }, times: 1 });
    const made = await run(activities.createFlags, { change: flags, from: absent, key: forward('g') });
    expect(made).toEqual({ existed: true, uid: expect.any(String) });
    const change = [{ op: 'replace', path: '/data/ML', value: 'false' }] as const;
    expect(await failing(kubernetes.patch({ kind: 'ConfigMap', ...place, name: flags.name }, change))).toMatchObject({ type: 'Invalid' });
    const other = { uid: '0', resourceVersion: '1' };
    expect(await failing(kubernetes.remove({ kind: 'ConfigMap', ...place, name: flags.name }, other))).toMatchObject({ type: 'Conflict' });
    expect(await run(activities.removeFlags, { change: flags, to: absent, key: undo('g'), urgent: false })).toEqual({ result: 'restored' });
    expect(await run(activities.readFlags, flags)).toEqual(absent);
  });
});

/** Two colours with three pods each, their Services, the common one and the route. */
function production(): readonly Raw[] {
  const colours = [['analytics-blue', newImage] as const, ['analytics-green', oldImage] as const];
  const deployments = colours.map(([name, image]) =>
    object('apps/v1', 'Deployment', name, {
      spec: {
        replicas: 3,
        selector: { matchLabels: labelsOf(name) },
        template: { metadata: { labels: labelsOf(name) }, spec: { containers: [{ name: 'analytics', image }] } },
      },
    }),
  );
  const slices = colours.map(([name]) => ({
    ...object('discovery.k8s.io/v1', 'EndpointSlice', `${name}-1`, {
      addressType: 'IPv4',
      endpoints: [0, 1, 2].map((place) => ({
        addresses: [`10.0.0.${place + 1}`],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name: `${name}-${place}`, namespace: 'shop' },
      })),
    }),
    metadata: { name: `${name}-1`, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
  }));
  const services = [...colours.map(([name]) => name), 'analytics'].map((name) =>
    object('v1', 'Service', name, {
      spec: { selector: labelsOf(name === 'analytics' ? 'analytics-green' : name), ports: [{ port: 80 }] },
    }),
  );
  const backend = (name: string, weight: number) => ({ name, port: 80, weight });
  const route = object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'analytics', {
    spec: {
      rules: [
        { backendRefs: [backend('analytics-blue', 0), backend('analytics-green', 100)] },
        { backendRefs: [backend('analytics-green', 7)] },
      ],
    },
  });
  return [...deployments, ...slices, ...services, route, ...pods()];
}

/** `analytics-blue` → the labels of its pods. */
function labelsOf(name: string): Record<string, string> {
  return { app: 'analytics', color: name.replace('analytics-', '') };
}

function pods(): readonly Raw[] {
  return [['analytics-blue', newImage] as const, ['analytics-green', oldImage] as const].flatMap(([name, image]) =>
    [0, 1, 2].map((place) => ({
      ...object('v1', 'Pod', `${name}-${place}`, { spec: { containers: [{ name: 'analytics', image }] } }),
      metadata: { name: `${name}-${place}`, namespace: 'shop', labels: labelsOf(name) },
    })),
  );
}

async function becomeReady({ metadata }: Raw): Promise<void> {
  const config = new client.KubeConfig();
  config.loadFromString(standIn.kubeconfig());
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }];
  const body = [{ op: 'add', path: '/status', value: { phase: 'Running', conditions } }];
  await config.makeApiClient(client.CoreV1Api).patchNamespacedPodStatus({ name: metadata?.name ?? '', namespace: 'shop', body });
}

function object(apiVersion: string, kind: string, name: string, content: object): Raw {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' }, ...content };
}
