import { AppsV1Api, CoreV1Api, CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions, Watch } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { deployment, route, service } from './support/objects';

let server: StandIn;
const config = new KubeConfig();
beforeAll(async () => {
  server = await startStandIn({ contexts: ['production'], namespaces: ['shop'] });
  server.addContext('staging');
  config.loadFromString(server.kubeconfig('shop'));
});
afterAll(async () => {
  await server.stop();
});
const core = () => config.makeApiClient(CoreV1Api);
const namespace = 'shop';

describe('the official client', () => {
  test('finds the contexts of the kubeconfig, all leading here', () => {
    expect(config.getContexts().map(({ name }) => name)).toEqual(['sandbox', 'production', 'staging']);
    expect(config.getCurrentContext()).toBe('sandbox');
  });

  test('creates, reads and patches over verified TLS', async () => {
    await core().createNamespacedService({ namespace, body: service('analytics') });
    const patched = await core().patchNamespacedService(
      {
        name: 'analytics',
        namespace,
        body: { spec: { selector: { colour: 'blue' } } },
        fieldManager: 'analytics-deploy',
        fieldValidation: 'Strict',
      },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
    expect(patched.spec?.selector).toEqual({ app: 'analytics', colour: 'blue' });
    expect(patched.metadata?.managedFields?.map(({ manager }) => manager)).toContain('analytics-deploy');
  });

  test('gets refusals with code and Status', async () => {
    const patch = core().patchNamespacedService(
      { name: 'analytics', namespace, body: { spec: { traffic: { blue: 20 } } }, fieldValidation: 'Strict' },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    await expect(patch).rejects.toMatchObject({ code: 422, body: expect.stringContaining('unknown field \\"spec.traffic\\"') as unknown });
  });

  test('an object sent as the default patch type is refused: that one is a list of operations', async () => {
    await expect(core().patchNamespacedService({ name: 'analytics', namespace, body: { spec: {} } })).rejects.toMatchObject({ code: 400 });
  });

  test('reads Deployments with their status, and dates as dates', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    await apps.createNamespacedDeployment({ namespace, body: deployment('typed', { replicas: 0 }) });
    const read = await apps.readNamespacedDeployment({ name: 'typed', namespace });
    expect(read.metadata?.creationTimestamp).toBeInstanceOf(Date);
  });

  test('moves weights of a custom resource by JSON Patch', async () => {
    const custom = config.makeApiClient(CustomObjectsApi);
    const at = { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes', namespace };
    await custom.createNamespacedCustomObject({ ...at, body: route('analytics') });
    const body = [
      { op: 'test', path: '/spec/rules/0/backendRefs/1/name', value: 'blue' },
      { op: 'add', path: '/spec/rules/0/backendRefs/1/weight', value: 20 },
    ];
    const options = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);
    const patched: unknown = await custom.patchNamespacedCustomObject(
      { ...at, name: 'analytics', body, fieldValidation: 'Strict' },
      options,
    );
    expect(patched).toMatchObject({ spec: { rules: [{ backendRefs: [{ weight: 100 }, { weight: 20 }] }] } });
  });

  test('watches', async () => {
    const seen = await new Promise<string>((resolve, reject) => {
      const watching = new Watch(config).watch(
        `/api/v1/namespaces/${namespace}/services`,
        {},
        (phase, object: { readonly metadata: { readonly name: string } }) => {
          resolve(`${phase} ${object.metadata.name}`);
          void watching.then((controller) => {
            controller.abort();
          });
        },
        reject,
      );
    });
    expect(seen).toBe('ADDED analytics');
  });
});
