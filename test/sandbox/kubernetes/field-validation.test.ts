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
  await api.call('POST', routes, { body: route('analytics') });
});
afterAll(async () => {
  api.close();
  await server.stop();
});

/** What the runbook patches the Service with, step 2.3. */
const traffic = { spec: { traffic: { blue: 20, green: 80 } } };

describe('a field that the kind does not have', () => {
  test.each([mergePatch, strategicPatch])('is dropped with a warning by default, and nothing changes (%s)', async (type) => {
    const before = (await api.call('GET', `${services}/analytics`)).body;
    const { code, headers, body } = await api.call('PATCH', `${services}/analytics`, { type, body: traffic });
    expect([code, headers.warning, body]).toEqual([200, '299 - "unknown field \\"spec.traffic\\""', before]);
  });

  test.each([mergePatch, strategicPatch])('is refused under Strict (%s)', async (type) => {
    const { code, body } = await api.call('PATCH', `${services}/analytics?fieldValidation=Strict`, { type, body: traffic });
    expect([code, body.reason]).toEqual([422, 'Invalid']);
    expect(body.message).toContain('strict decoding error: unknown field "spec.traffic"');
  });

  test('is dropped in silence under Ignore', async () => {
    const { code, headers } = await api.call('PATCH', `${services}/analytics?fieldValidation=Ignore`, { type: mergePatch, body: traffic });
    expect([code, headers.warning]).toEqual([200, undefined]);
  });

  test('is found at any depth, in a JSON Patch too', async () => {
    const body = deployment('deep', { replicas: 0 });
    await api.call('POST', deployments, { body });
    const patch = [{ op: 'add', path: '/spec/template/spec/containers/0/imag', value: 'x' }];
    const { code, body: answer } = await api.call('PATCH', `${deployments}/deep?fieldValidation=Strict`, { type: jsonPatch, body: patch });
    expect([code, answer.message]).toEqual([
      422,
      expect.stringContaining('unknown field "spec.template.spec.containers[0].imag"') as unknown,
    ]);
  });

  test('is found in custom resources', async () => {
    const { code, body } = await api.call('PATCH', `${routes}/analytics?fieldValidation=Strict`, {
      type: mergePatch,
      body: { spec: { weights: 1 } },
    });
    expect([code, body.message]).toEqual([422, expect.stringContaining('unknown field "spec.weights"') as unknown]);
  });

  test('is refused in a whole object under Strict, and so is a field that stands there twice', async () => {
    const text = JSON.stringify({ ...service('typo'), extra: 1 }).replace('"port":80', '"port":80,"port":81');
    const { code, body } = await api.call('POST', `${services}?fieldValidation=Strict`, { body: text });
    expect([code, body.message]).toEqual([
      400,
      'Service in version "v1" cannot be handled as a Service: strict decoding error: duplicate field "spec.ports[0].port", unknown field "extra"',
    ]);
  });

  test('does not mean labels, annotations and data, which are free', async () => {
    const body = { ...service('free', { any: 'thing' }), metadata: { name: 'free', labels: { a: 'b' }, annotations: { 'c/d': 'e' } } };
    expect((await api.call('POST', `${services}?fieldValidation=Strict`, { body })).code).toBe(201);
  });

  test('an unknown mode of validation is refused', async () => {
    expect((await api.call('PATCH', `${services}/analytics?fieldValidation=Very`, { type: mergePatch, body: {} })).code).toBe(400);
  });
});

describe('a value', () => {
  test('of the wrong type cannot be decoded', async () => {
    const { code, body } = await api.call('PATCH', `${deployments}/deep`, { type: mergePatch, body: { spec: { replicas: 'three' } } });
    expect([code, body.reason, body.message]).toEqual([400, 'BadRequest', expect.stringContaining('spec.replicas') as unknown]);
  });

  test('out of its range is invalid', async () => {
    const patch = [{ op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 1_000_001 }];
    const { code, body } = await api.call('PATCH', `${routes}/analytics`, { type: jsonPatch, body: patch });
    expect([code, body.details?.causes?.[0]?.field]).toEqual([422, 'spec.rules[0].backendRefs[0].weight']);
  });

  test('that is required is asked for by its path', async () => {
    const { selector: _left, ...spec } = deployment('x').spec;
    const { code, body } = await api.call('POST', deployments, { body: { ...deployment('x'), spec } });
    expect([code, body.message]).toEqual([422, expect.stringContaining('spec.selector: Required value') as unknown]);
  });

  test('left out of a route gets the default of the Gateway API', async () => {
    const spec = { rules: [{ backendRefs: [{ name: 'green', port: 80 }] }] };
    const { body } = await api.call('POST', routes, { body: { ...route('defaults'), spec } });
    expect(body.spec).toEqual({
      rules: [
        {
          backendRefs: [{ name: 'green', port: 80, weight: 1, group: '', kind: 'Service' }],
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        },
      ],
    });
  });
});

test('every kind that the server knows accepts a small object of its own under Strict', async () => {
  const objects: readonly (readonly [string, object])[] = [
    ['/api/v1/nodes', { metadata: { name: 'node-1' } }],
    ['/api/v1/namespaces/default/secrets', { metadata: { name: 's' }, stringData: { a: 'b' } }],
    ['/api/v1/namespaces/default/events', { metadata: { name: 'e' }, involvedObject: {}, reason: 'x' }],
    ['/apis/apps/v1/namespaces/default/replicasets', { metadata: { name: 'rs' }, spec: { ...deployment('rs').spec, replicas: 0 } }],
    ['/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', { metadata: { name: 'es' }, addressType: 'IPv4', endpoints: [] }],
    [
      '/apis/coordination.k8s.io/v1/namespaces/default/leases',
      { metadata: { name: 'l' }, spec: { holderIdentity: 'me', renewTime: '2026-01-01T00:00:00.000000Z' } },
    ],
    [
      '/apis/batch/v1/namespaces/default/jobs',
      { metadata: { name: 'j' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } },
    ],
    [
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
      { metadata: { name: 'h' }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } },
    ],
    ['/apis/policy/v1/namespaces/default/poddisruptionbudgets', { metadata: { name: 'p' }, spec: { minAvailable: '50%' } }],
    [
      '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
      { metadata: { name: 'i' }, spec: { defaultBackend: { service: { name: 'green', port: { number: 80 } } } } },
    ],
    ['/apis/networking.istio.io/v1/namespaces/default/virtualservices', { metadata: { name: 'v' }, spec: { http: [{ route: [] }] } }],
    ['/apis/networking.istio.io/v1/namespaces/default/destinationrules', { metadata: { name: 'd' }, spec: { host: 'x' } }],
  ];
  const answers = await Promise.all(
    objects.map(async ([path, body]) => {
      const { code, body: answer } = await api.call('POST', `${path}?fieldValidation=Strict`, { body });
      return { path, code, message: answer.message };
    }),
  );
  expect(answers).toEqual(objects.map(([path]) => ({ path, code: 201, message: undefined })));
});
