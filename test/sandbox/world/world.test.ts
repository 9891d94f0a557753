import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterClient, connectCluster } from '../../../sandbox/cluster/client';
import { readConnection } from '../../../sandbox/cluster/connection';
import type { ConfigMap, Deployment, EndpointSlice, HttpRoute, KubernetesList, Pod } from '../../../sandbox/cluster/objects';
import { listPath, objectPath } from '../../../sandbox/cluster/paths';
import { buildImage } from '../../../sandbox/registry/images';
import { compareWorlds } from '../../../sandbox/snapshot';
import { type Sandbox, startSandbox } from '../../../sandbox/world';
import { connectSandbox } from '../../../sandbox/world/client';
import { defaultSpecPath, loadSpec } from '../../../spec';
import { analyticsSpec } from '../specs';

const execute = promisify(execFile);
const namespace = 'analytics';
const repository = 'gcr.io/project/analytics';
let directory: string;
let sandbox: Sandbox;
let client: ClusterClient;
/** Computing of this process in milliseconds: the same however busy the machine is. */
let costToStart: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-world-'));
  const before = process.cpuUsage();
  sandbox = await startSandbox({ spec: analyticsSpec(), dir: directory });
  const { user, system } = process.cpuUsage(before);
  costToStart = (user + system) / 1_000;
  client = connectCluster(readConnection(await readFile(sandbox.kubeconfigPath, 'utf8')), 'test');
});
afterAll(async () => {
  client.close();
  await sandbox.stop();
  await rm(directory, { recursive: true, force: true });
});

const deployment = (colour: string): string => objectPath('deployments', `analytics-${colour}`, namespace);
const scale = (colour: string, replicas: number, image?: string): Promise<unknown> => {
  const template = { spec: { containers: [{ name: 'analytics', image, ports: [{ name: 'http', containerPort: 8080 }] }] } };
  return client.call(deployment(colour), { method: 'PATCH', body: { spec: { replicas, ...(image === undefined ? {} : { template }) } } });
};
async function setShares(blue: number): Promise<void> {
  const path = objectPath('httproutes', 'analytics', namespace);
  const { spec } = await client.call<HttpRoute>(path);
  const [rule] = spec.rules ?? [];
  const backendRefs = (rule?.backendRefs ?? []).map((ref) => ({ ...ref, weight: ref.name === 'analytics-blue' ? blue : 100 - blue }));
  await client.call(path, { method: 'PATCH', body: { spec: { rules: [{ ...rule, backendRefs }] } } });
  await until(async () => (await sandbox.stats()).shares['blue'] === blue);
}
const pods = async (colour: string): Promise<readonly Pod[]> =>
  (await client.call<KubernetesList<Pod>>(listPath('pods', namespace))).items.filter(
    ({ metadata }) => metadata.labels?.['color'] === colour,
  );
const waiting = async (colour: string): Promise<readonly (string | undefined)[]> =>
  (await pods(colour)).map((pod) => (pod.status as PodStatus | undefined)?.containerStatuses?.[0]?.state?.waiting?.reason);
interface PodStatus {
  readonly containerStatuses?: readonly {
    readonly ready: boolean;
    readonly restartCount: number;
    readonly imageID: string;
    readonly state?: { readonly waiting?: { readonly reason: string } };
  }[];
}
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 8_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('It did not come to pass in 8 seconds.');
    await delay(20);
  }
}
const isReady = async (colour: string, count: number): Promise<boolean> => (await sandbox.stats()).ready[colour] === count;
const metrics = async (): Promise<string> => (await fetch(sandbox.overrides.production.metricsUrl)).text();

describe('the world', () => {
  test('costs less than 3 seconds of computing to start, with green live and traffic flowing', async () => {
    expect(costToStart).toBeLessThan(3_000);
    const stats = await sandbox.stats();
    expect(stats.ready).toEqual({ blue: 0, green: 3 });
    expect(stats.shares).toEqual({ blue: 0, green: 100 });
    await until(async () => (await sandbox.stats()).production.lastSecond.requests >= 30);
    const { production } = await sandbox.stats();
    expect([production.errors, Object.keys(production.byColour), Object.keys(production.byVersion)]).toEqual([0, ['green'], ['v0.9.0']]);
  });

  test('points a spec at itself by a file of overrides, with secrets that only the owner reads', async () => {
    const read = loadSpec(defaultSpecPath, [sandbox.specOverridesPath]);
    expect(read).toMatchObject({ ok: true, spec: { production: { url: sandbox.urls.production }, tag: { remote: sandbox.urls.git } } });
    const { user = '' } = sandbox.overrides.tokens;
    expect((await stat(user.replace('file:', ''))).mode & 0o777).toBe(0o600);
    expect(await readFile(sandbox.specOverridesPath, 'utf8')).not.toContain(await readFile(user.replace('file:', ''), 'utf8'));
  });

  test('answers production, staging and the dashboard at the addresses that it names', async () => {
    const { production, staging, inCluster } = sandbox.urls;
    const answers = await Promise.all([production, staging, inCluster].map((url) => fetch(`${url}/api/analytics/stats`)));
    expect(answers.map(({ status, headers }) => [status, headers.get('x-version')])).toEqual(Array(3).fill([200, 'v0.9.0']));
    expect((await fetch(sandbox.overrides.verification?.dashboard ?? '')).status).toBe(200);
    expect((await fetch(sandbox.overrides.staging.metricsUrl)).status).toBe(200);
  });

  test("measures requests by colour itself and adds the pods' own figures", async () => {
    const page = await metrics();
    expect(page).toMatch(/^http_requests_total\{color="green",status="200",path="[^"]+"\} \d+$/m);
    expect(page).toMatch(/^http_request_duration_seconds_bucket\{color="green",le="0.5"\} \d+$/m);
    expect(page).toMatch(/^cache_lookups_total\{color="green",result="hit",pod="analytics-green-[^"]+"\} \d+$/m);
    expect(page).toMatch(/^db_queries_total\{color="green",pod="[^"]+"\} \d+$/m);
  });

  test('its project passes its own integration tests against staging', async () => {
    const checkout = join(directory, 'checkout');
    await execute('git', ['clone', '--quiet', sandbox.urls.git, checkout]);
    const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...inherited } = process.env;
    const environment = { ...inherited, STAGING_URL: sandbox.urls.staging, RELEASE: 'v0.9.0' };
    const { stdout } = await execute(process.execPath, ['--test', 'test/integration.test.ts'], { cwd: checkout, env: environment });
    expect(stdout).toMatch(/pass 6/);
  });
});

describe('a second colour', () => {
  const image = (version: string): string => `${repository}@${buildImage(repository, version).digest}`;

  test('an image that no registry has is named by its waiting pods, which never become ready', async () => {
    await scale('blue', 2, `${repository}:v6.6.6`);
    await until(async () => (await waiting('blue')).filter((reason) => reason === 'ImagePullBackOff').length === 2);
    expect(await isReady('blue', 0)).toBe(true);
  });

  test('comes up with the released image and is reached by nobody before the route says so', async () => {
    await scale('blue', 2, image('v1.0.0'));
    await until(() => isReady('blue', 2));
    const running = (await pods('blue')).map((pod) => (pod.status as PodStatus).containerStatuses?.[0]?.imageID);
    expect(running).toContain(image('v1.0.0'));
    expect((await sandbox.stats()).production.byColour['blue']).toBeUndefined();
  });

  test('gets the share that the route gives it, as far as chance allows', async () => {
    await setShares(20);
    const requests = 2_000;
    const answers: (string | null)[] = [];
    for (let sent = 0; sent < requests; sent += 50) {
      const batch = await Promise.all(Array.from({ length: 50 }, () => fetch(`${sandbox.urls.production}/api/analytics/stats`)));
      answers.push(...batch.map(({ headers }) => headers.get('x-color')));
      await Promise.all(batch.map((response) => response.text()));
    }
    const share = answers.filter((colour) => colour === 'blue').length / requests;
    // Five standard deviations: less than one run in a million misses it by chance.
    expect(Math.abs(share - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / requests));
  });

  test('a fault armed at 50 % strikes it there, in the metrics too, and leaves the other colour alone', async () => {
    const control = connectSandbox(sandbox.urls.control);
    await control.setFault({ kind: 'errors', atShare: 50 });
    expect((await control.stats()).faults[0]).toMatchObject({ on: false });
    await setShares(50);
    await until(async () => (await control.stats()).faults[0]?.firstBadAt !== null);
    expect((await control.stats()).faults[0]).toMatchObject({ on: true, colour: 'blue' });
    await until(async () => /color="blue",status="500",path="[^"]+"\} \d+/.test(await metrics()));
    expect(await metrics()).not.toMatch(/color="green",status="500"/);
    await control.clearFaults();
  });

  test('crashing pods restart again and again, are not ready, and recover when the fault is cleared', async () => {
    await sandbox.setFault({ kind: 'crash', colour: 'blue' });
    await until(async () => (await waiting('blue')).every((reason) => reason === 'CrashLoopBackOff'));
    await until(() => isReady('blue', 0));
    expect((await fetch(`${sandbox.urls.inCluster}/health`)).status).toBe(200);
    const restarts = async (): Promise<number> =>
      Math.max(...(await pods('blue')).map((pod) => (pod.status as PodStatus).containerStatuses?.[0]?.restartCount ?? 0));
    await until(async () => (await restarts()) >= 2);
    await sandbox.clearFaults();
    await until(() => isReady('blue', 2));
  });

  test('a pod whose ConfigMap is missing is not started until it is there', async () => {
    const path = deployment('blue');
    const container = { name: 'analytics', image: image('v1.1.0'), envFrom: [{ configMapRef: { name: 'late' } }] };
    await client.call(path, { method: 'PATCH', body: { spec: { replicas: 1, template: { spec: { containers: [container] } } } } });
    await until(async () => (await waiting('blue')).includes('CreateContainerConfigError'));
    const flags = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace }, data: { FLAG: 'on' } };
    await client.call(listPath('configmaps', namespace), { method: 'POST', body: flags });
    await until(async () => (await waiting('blue')).every((reason) => reason === undefined) && (await isReady('blue', 1)));
  });

  test('nobody ready behind the chosen colour is a 503 with the reason, and no lasting pod is left behind', async () => {
    await scale('blue', 0);
    await until(async () => (await pods('blue')).length === 0);
    await setShares(100);
    const answer = await fetch(`${sandbox.urls.production}/api/analytics/stats`);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('analytics-blue')]);
    await setShares(0);
  });
});

test('a snapshot compares as equal with itself, and tells a planted change', async () => {
  const before = await sandbox.snapshot();
  expect(Object.keys(before.objects)).toEqual(
    expect.arrayContaining([
      'Deployment analytics/analytics-green',
      'HTTPRoute analytics/analytics',
      'Service analytics-staging/analytics',
    ]),
  );
  expect(compareWorlds(before, await sandbox.snapshot())).toEqual([]);
  await setShares(30);
  expect(compareWorlds(before, await sandbox.snapshot()).map(({ object, path }) => [object, path])).toEqual([
    ['HTTPRoute analytics/analytics', 'spec.rules'],
  ]);
  await setShares(0);
  expect(compareWorlds(before, await sandbox.snapshot())).toEqual([]);
});

test('everything that the sandbox itself wrote was accepted, the status of the route too', async () => {
  const own = (await sandbox.ledger()).filter(({ manager }) => manager.startsWith('sandbox-'));
  // A pod may be gone, or a Node there, by the time of the write.
  expect(own.filter(({ code }) => code >= 400 && code !== 404 && code !== 409)).toEqual([]);
  await until(async () => {
    const { metadata, status } = await client.call<HttpRoute>(objectPath('httproutes', 'analytics', namespace));
    const [parent] = (status?.parents ?? []) as readonly ParentStatus[];
    const accepted = parent?.conditions.find(({ type }) => type === 'Accepted');
    return accepted?.status === 'True' && accepted.observedGeneration === metadata.generation;
  });
});
interface ParentStatus {
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly observedGeneration: number }[];
}

test('endpoints of the live colour carry the pods that really serve', async () => {
  const slices = await client.call<KubernetesList<EndpointSlice>>(listPath('endpointslices', namespace));
  const live = slices.items.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'analytics');
  expect(live.flatMap(({ endpoints }) => endpoints ?? []).map(({ targetRef }) => targetRef?.name)).toEqual(
    expect.arrayContaining((await pods('green')).map(({ metadata }) => metadata.name)),
  );
});

describe('what stands beside the service', () => {
  const live = async (): Promise<Readonly<Record<string, string>>> => {
    const { spec } = await client.call<Deployment>(deployment('green'));
    const name = spec.template.spec.containers[0]?.envFrom?.[0]?.configMapRef?.name ?? '';
    return (await client.call<ConfigMap>(objectPath('configmaps', name, namespace))).data ?? {};
  };
  const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

  test("is at the addresses that the overrides name, and nothing else of the spec's checklist changes", async () => {
    const { checklist } = sandbox.spec;
    expect(checklist?.environment?.redis).toEqual({ ...analyticsSpec().checklist?.environment?.redis, servers: [sandbox.urls.redis] });
    expect(checklist?.environment?.certificates).toMatchObject({ hosts: [sandbox.urls.tlsHost], days: 14, ca: sandbox.urls.hostsCa });
    const read = loadSpec(defaultSpecPath, [sandbox.specOverridesPath]);
    expect(read).toMatchObject({ ok: true, spec: { checklist } });
    expect(await statusOf(`${sandbox.urls.prometheus}/-/ready`)).toBe(200);
    expect(await statusOf(`${sandbox.urls.alertmanager}/-/ready`)).toBe(200);
  });

  test('a dashboard is gone, and a live flag is at a wrong value, until the faults are cleared', async () => {
    const dashboard = `${sandbox.urls.monitoring}/api/dashboards/uid/analytics-overview`;
    const before = await live();
    expect(await statusOf(dashboard)).toBe(200);
    const control = connectSandbox(sandbox.urls.control);
    await control.setFault({ kind: 'dashboard' });
    await control.setFault({ kind: 'flag' });
    expect(await statusOf(dashboard)).toBe(404);
    const broken = await live();
    expect(Object.keys(before).filter((name) => broken[name] !== before[name])).toEqual(['ANALYTICS_ENABLE_ML_ANALYSIS']);
    await control.clearFaults();
    expect(await statusOf(dashboard)).toBe(200);
    expect(await live()).toEqual(before);
  });

  test('gives the pods the variables that the checklist asks for; those of Secrets are named', async () => {
    const { spec } = await client.call<Deployment>(deployment('green'));
    const names = (spec.template.spec.containers[0]?.env ?? []).map(({ name }) => name);
    expect(names).toEqual(['ANALYTICS_LOG_LEVEL', 'ANALYTICS_POOL_SIZE', 'ANALYTICS_DATABASE_URL', 'ANALYTICS_REDIS_URL']);
  });
});
