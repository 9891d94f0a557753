import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities';
import type { FlagsCheckRequest, RoutingRequest, VariablesRequest } from '../../../workflows/runbook/contract';
import type { FakeKubernetes } from '../../fakes/kubernetes';
import { type FakePorts, fakePorts } from '../../fakes/ports';
import { failing, run } from '../run';

let ports: FakePorts;
let kubernetes: FakeKubernetes;
let activities: ReturnType<typeof createActivities>;
beforeEach(() => {
  ports = fakePorts();
  ({ kubernetes } = ports);
  activities = createActivities(ports);
});
const place = { cluster: 'current', namespace: 'analytics' };

describe('flags before a deployment', () => {
  const request: FlagsCheckRequest = {
    ...place,
    live: 'flags-old',
    initial: { ML: 'false', CACHE: 'true' },
    isDeclared: false,
    next: { name: 'flags-new', data: { ML: 'false', CACHE: 'true', PERCENT: '10' } },
  };
  const check = (more: Partial<FlagsCheckRequest> = {}) => run(activities.checkFlags, { ...request, ...more });

  test('pass where live pods read the initial values, whatever else they read', async () => {
    kubernetes.put('ConfigMap', 'flags-old', { data: { ML: 'false', CACHE: 'true', PERCENT: '100' } });
    expect(await check()).toEqual({ flags: 2, added: [] });
  });

  test('fail where one is at a wrong value, with both values', async () => {
    kubernetes.put('ConfigMap', 'flags-old', { data: { ML: 'true', CACHE: 'true' } });
    const told = await failing(check());
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toMatch(/^flag ML is true in flags-old, which live pods read: its initial value is false\. Set the flags back/);
  });

  test('pass with a flag that is new, and name it; declared apart, it must be there', async () => {
    kubernetes.put('ConfigMap', 'flags-old', { data: { CACHE: 'true' } });
    expect(await check()).toEqual({ flags: 2, added: ['ML'] });
    expect((await failing(check({ isDeclared: true }))).message).toMatch(/^flag ML is not in flags-old: its initial value is declared/);
    expect(await check({ live: null })).toEqual({ flags: 2, added: ['ML', 'CACHE'] });
  });

  test('fail where nobody knows what live pods read', async () => {
    expect((await failing(check())).message).toContain("the live pods' ConfigMap analytics/flags-old does not exist");
  });

  test("fail where the candidate's ConfigMap is there already with other values", async () => {
    kubernetes.put('ConfigMap', 'flags-old', { data: request.initial });
    kubernetes.put('ConfigMap', 'flags-new', { data: { ...request.next.data, PERCENT: '50' } });
    expect((await failing(check())).message).toMatch(/^flag PERCENT is 50 in flags-new, which is there already: its initial value is 10/);
  });
});

describe('variables of the pods to come', () => {
  const request: VariablesRequest = {
    ...place,
    deployment: 'analytics-blue',
    container: 'app',
    variables: { required: ['LOG_LEVEL', 'DATABASE_POOL', 'FLAG', 'POD_NAME'], fromSecrets: ['DATABASE_URL'] },
    flags: { prefix: 'flags', data: { FLAG: 'true' } },
  };
  const check = (more: Partial<VariablesRequest> = {}) => run(activities.checkVariables, { ...request, ...more });
  const deploy = (container: object, podSpec: object = {}) =>
    kubernetes.put('Deployment', 'analytics-blue', {
      spec: { template: { spec: { containers: [{ name: 'app', ...container }], ...podSpec } } },
    });
  const secret = { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } };
  const env = [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'DATABASE_POOL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'pool' } } },
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    secret,
  ];

  test('pass where each is brought, and tell which Secrets only a started pod can prove', async () => {
    kubernetes.put('ConfigMap', 'settings', { data: { pool: '5' } });
    deploy({ env, envFrom: [{ configMapRef: { name: 'flags-old' } }] });
    expect(await check()).toEqual({ variables: 5, configMaps: 2, secrets: ['database'] });
  });

  test('pass where ConfigMaps and a Secret bring all of them, with prefixes', async () => {
    kubernetes.put('ConfigMap', 'settings', { data: { LEVEL: 'info' } });
    kubernetes.put('ConfigMap', 'more', { data: { DATABASE_POOL: '5', POD_NAME: 'x' } });
    deploy({
      envFrom: [{ prefix: 'LOG_', configMapRef: { name: 'settings' } }, { configMapRef: { name: 'more' } }, { secretRef: { name: 'all' } }],
    });
    expect(await check()).toEqual({ variables: 5, configMaps: 2, secrets: ['all'] });
  });

  test('fail where one is missing, empty, or could come from no Secret, and name each', async () => {
    kubernetes.put('ConfigMap', 'settings', { data: { pool: '5' } });
    deploy({ env: [{ name: 'LOG_LEVEL', value: '' }, env[1]], envFrom: [{ secretRef: { name: 'all', optional: true } }] });
    const told = await failing(check());
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toContain(
      'container app: LOG_LEVEL is empty; container app: nothing brings POD_NAME; container app: no Secret is named that could bring DATABASE_URL.',
    );
  });

  test('fail where the template names ConfigMaps or keys that are not there, also for volumes and init containers', async () => {
    kubernetes.put('ConfigMap', 'settings', { data: {} });
    deploy(
      { env },
      {
        initContainers: [
          { name: 'migrate', envFrom: [{ configMapRef: { name: 'gone' } }, { configMapRef: { name: 'maybe', optional: true } }] },
        ],
        volumes: [
          { configMap: { name: 'files' } },
          { projected: { sources: [{ configMap: { name: 'parts' } }] } },
          { secret: { secretName: 's' } },
        ],
      },
    );
    const { message } = await failing(check());
    expect(message).toContain('configmap gone does not exist; configmap files does not exist; configmap parts does not exist');
    expect(message).toContain('configmap settings has no key pool, which DATABASE_POOL needs');
    expect(message).not.toContain('maybe');
  });

  test('fail where there is no such Deployment or container', async () => {
    expect(await failing(check())).toMatchObject({ type: 'NotFound' });
    deploy({ env });
    expect((await failing(check({ container: 'other' }))).message).toContain('has no container other');
  });
});

describe('routing before a deployment', () => {
  const request: RoutingRequest = {
    production: {
      ...place,
      service: 'analytics',
      selectorKey: 'color',
      traffic: { mechanism: 'httproute', route: 'analytics', propagation: 0 },
    },
    container: 'app',
    live: { colour: 'green', service: 'analytics-green', deployment: 'analytics-green', replicas: 2 },
    candidate: { colour: 'blue', service: 'analytics-blue', deployment: 'analytics-blue' },
    ready: 1,
  };
  const check = (more: Partial<RoutingRequest> = {}) => run(activities.checkRouting, { ...request, ...more });
  const endpoints = (...targets: string[]) => targets.map((target) => ({ target, ready: true }));
  const route = (green: number, blue: number, more: readonly object[] = []) => ({
    spec: { rules: [{ backendRefs: [{ name: 'analytics-green', weight: green }, { name: 'analytics-blue', weight: blue }, ...more] }] },
  });
  const selecting = (color: string) => ({ spec: { selector: { app: 'analytics', color } } });
  beforeEach(() => {
    for (const [name, colour] of [
      ['analytics', 'green'],
      ['analytics-green', 'green'],
      ['analytics-blue', 'blue'],
    ] as const)
      kubernetes.put('Service', name, selecting(colour));
    kubernetes.put('HTTPRoute', 'analytics', route(100, 0));
    for (const name of ['analytics', 'analytics-green']) kubernetes.endpointsOf.set(name, endpoints('pod-1', 'pod-2'));
  });

  test('passes where Services, route and EndpointSlices say the same', async () => {
    expect(await check()).toEqual({ live: 'green', ready: 2, backends: 2, by: 'httproute' });
  });

  test('fails where a Service is gone or selects another colour', async () => {
    kubernetes.drop('Service', 'analytics-blue');
    kubernetes.put('Service', 'analytics', selecting('blue'));
    const told = await failing(check());
    expect(told).toMatchObject({ type: 'CheckFailed', final: true });
    expect(told.message).toContain('service analytics-blue does not exist; service analytics selects color=blue, not green');
  });

  test('fails where pods of the live colour are not ready, down to the part that the spec allows', async () => {
    for (const name of ['analytics', 'analytics-green']) kubernetes.endpointsOf.set(name, endpoints('pod-1'));
    expect((await failing(check())).message).toContain('service analytics-green has 1 of 2 ready endpoints');
    expect(await check({ ready: 0.5 })).toMatchObject({ ready: 1 });
    kubernetes.endpointsOf.clear();
    expect((await failing(check({ ready: 0 }))).message).toContain('0 of 1 ready endpoints');
  });

  test('fails where callers inside the cluster reach other pods', async () => {
    kubernetes.endpointsOf.set('analytics', endpoints('pod-1', 'pod-9'));
    expect((await failing(check())).message).toContain(
      'the EndpointSlices of service analytics lack pod-2, which analytics-green has; the EndpointSlices of service analytics have pod-9, which analytics-green has not',
    );
  });

  test.each([
    [route(80, 20), 'the Service selects green, the weights are blue 20, green 80'],
    [{ spec: { rules: [] } }, 'No rule of route analytics has both analytics-green and analytics-blue as backends'],
    [route(100, 0, [{ name: 'admin', weight: 1 }]), 'the route sends traffic to service admin, which has no ready endpoint'],
  ])('fails where the route says something else', async (object, said) => {
    kubernetes.put('HTTPRoute', 'analytics', object);
    expect((await failing(check())).message).toContain(said);
  });

  test('fails where the gateway does not accept the route', async () => {
    const refused = { type: 'Accepted', status: 'False', reason: 'NoMatchingParent', message: 'no listener', observedGeneration: 1 };
    kubernetes.put('HTTPRoute', 'analytics', { ...route(100, 0), status: { parents: [{ conditions: [refused] }] } });
    expect((await failing(check())).message).toContain('route analytics is not accepted by its gateway: NoMatchingParent no listener');
  });

  test('fails where the route is not there', async () => {
    kubernetes.drop('HTTPRoute', 'analytics');
    expect((await failing(check())).message).toContain('httproute analytics/analytics does not exist');
  });

  test('has no route to look at where the Service alone decides', async () => {
    const traffic = { mechanism: 'selector', propagation: 0 } as const;
    expect(await check({ production: { ...request.production, traffic } })).toMatchObject({ by: 'selector', backends: 1 });
  });
});
