import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { runCommand } from '../../sandbox/parts/run-command';
import { kinds } from './kinds';
import { openTarget, type Answered, type Target } from './target';

const merge = 'application/merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const strict = '?fieldValidation=Strict&fieldManager=contract';

interface Meta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly managedFields?: readonly { readonly manager: string }[];
}
const metaOf = ({ body }: Answered): Meta => body['metadata'] as Meta;
const at = (body: Readonly<Record<string, unknown>>, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], body);

/** What the tool relies on of the Kubernetes API. The same requests go to the stand-in and to a real server. */
export function contractSuite(kind: Target['kind']): void {
  let target: Target;
  const namespace = `contract-${randomBytes(4).toString('hex')}`;

  beforeAll(async () => {
    target = await openTarget(kind);
    const made = await target.send({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    });
    expect(made.status).toBe(201);
  }, 120_000);
  afterAll(async () => {
    await target.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
    await target.close();
  }, 60_000);

  const send = (...wire: Parameters<Target['send']>): Promise<Answered> => target.send(...wire);

  describe.each(kinds)(`$kind, on the ${kind}`, ({ path, make, change, pointer, becomes, counted, strategic: understands, unknown }) => {
    const list = (): string => path(namespace);
    const one = (name = 'one'): string => `${list()}/${name}`;
    const get = (): Promise<Answered> => send({ method: 'GET', path: one() });
    /** Sends what holds for the version that was read: once more where a controller wrote between the two. */
    const atItsVersion = async (write: (seen: Meta) => Promise<Answered>): Promise<{ seen: Meta; answer: Answered }> => {
      for (let tries = 0; ; tries++) {
        const seen = metaOf(await get());
        const answer = await write(seen);
        if (![409, 422].includes(answer.status) || tries > 20) return { seen, answer };
      }
    };
    const withVersion = (body: object, { resourceVersion }: Meta): object => ({
      ...body,
      metadata: { ...(body as { metadata?: object }).metadata, resourceVersion },
    });

    test('is created once, with an identity and a version', async () => {
      const made = await send({ method: 'POST', path: list() + strict, body: make('one') });
      expect(made.status).toBe(201);
      expect(metaOf(made)).toMatchObject({
        name: 'one',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: expect.stringMatching(/^\d+$/),
      });
      if (counted) expect(metaOf(made).generation).toBe(1);
    });
    test('is refused where it is there already', async () => {
      expect(await send({ method: 'POST', path: list(), body: make('one') })).toMatchObject({
        status: 409,
        body: { reason: 'AlreadyExists' },
      });
    });
    test('is refused under a name that is none', async () => {
      expect(await send({ method: 'POST', path: list(), body: make('Not_A_Name') })).toMatchObject({
        status: 422,
        body: { reason: 'Invalid' },
      });
    });
    test('is refused where its kind is another', async () => {
      expect((await send({ method: 'POST', path: list(), body: { ...make('two'), kind: 'Nonsense' } })).status).toBe(
        understands ? 400 : 422,
      );
    });
    test('is refused in a namespace that is not there', async () => {
      expect((await send({ method: 'POST', path: path('nowhere-at-all'), body: make('one') })).status).toBe(404);
    });
    test('is read by its name', async () => {
      expect(await get()).toMatchObject({ status: 200, body: { metadata: { name: 'one', namespace } } });
    });
    test('that is not there is not found', async () => {
      expect(await send({ method: 'GET', path: one('two') })).toMatchObject({ status: 404, body: { reason: 'NotFound', kind: 'Status' } });
    });
    test('is listed, and by its labels', async () => {
      const all = (await send({ method: 'GET', path: `${list()}?labelSelector=app%3Dcontract` })).body['items'] as readonly unknown[];
      expect(all).toHaveLength(1);
      const none = (await send({ method: 'GET', path: `${list()}?labelSelector=app%3Dother` })).body['items'] as readonly unknown[];
      expect(none).toHaveLength(0);
    });
    test('is listed by its name', async () => {
      const { body } = await send({ method: 'GET', path: `${list()}?fieldSelector=metadata.name%3Done` });
      expect(body['items']).toHaveLength(1);
    });
    test('is not made by a dry run', async () => {
      expect((await send({ method: 'POST', path: `${list()}?dryRun=All`, body: make('dry') })).status).toBe(201);
      expect((await send({ method: 'GET', path: one('dry') })).status).toBe(404);
    });
    test('takes a merge patch, and counts it', async () => {
      const before = metaOf(await get());
      const after = await send({ method: 'PATCH', path: one() + strict, type: merge, body: change });
      expect(after.status).toBe(200);
      expect(at(after.body, pointer)).toEqual(becomes);
      expect(metaOf(after).resourceVersion).not.toBe(before.resourceVersion);
      if (counted) expect(metaOf(after).generation).toBe((before.generation ?? 0) + 1);
    });
    test('is the same version after a patch that changes nothing', async () => {
      const { seen, answer } = await atItsVersion((meta) =>
        send({ method: 'PATCH', path: one() + strict, type: merge, body: withVersion(change, meta) }),
      );
      expect(answer.status).toBe(200);
      expect(metaOf(answer).resourceVersion).toBe(seen.resourceVersion);
    });
    test('names who wrote', async () => {
      expect(metaOf(await get()).managedFields?.map(({ manager }) => manager)).toContain('contract');
    });
    test('refuses an unknown field under strict validation', async () => {
      const { status, text } = await send({ method: 'PATCH', path: one() + strict, type: merge, body: unknown });
      expect(status).toBe(422);
      expect(text).toContain('unknown field');
    });
    test('is not created with an unknown field under strict validation', async () => {
      const { status, text } = await send({
        method: 'POST',
        path: list() + strict,
        body: { ...make('strange'), ...unknownOf(make('strange'), unknown) },
      });
      expect(status).toBe(400);
      expect(text).toContain('unknown field');
    });
    test('drops an unknown field with a warning by default, and changes nothing', async () => {
      const { seen, answer } = await atItsVersion((meta) =>
        send({ method: 'PATCH', path: one(), type: merge, body: withVersion(unknown, meta) }),
      );
      expect(answer.status).toBe(200);
      expect(answer.warnings.join(' ')).toContain('unknown field');
      expect(metaOf(answer).resourceVersion).toBe(seen.resourceVersion);
    });
    test('drops an unknown field in silence where that is asked for', async () => {
      expect(await send({ method: 'PATCH', path: `${one()}?fieldValidation=Ignore`, type: merge, body: unknown })).toMatchObject({
        status: 200,
        warnings: [],
      });
    });
    test('takes a JSON patch whose tests hold', async () => {
      const { answer } = await atItsVersion(({ uid, resourceVersion }) => {
        const body = [
          { op: 'test', path: '/metadata/uid', value: uid },
          { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
          { op: 'add', path: '/metadata/annotations', value: { 'analytics-deploy/key': 'contract' } },
        ];
        return send({ method: 'PATCH', path: one() + strict, type: jsonPatch, body });
      });
      expect(answer).toMatchObject({
        status: 200,
        body: { metadata: { annotations: { 'analytics-deploy/key': 'contract' } } },
      });
    });
    test('refuses a JSON patch whose test does not hold, and changes nothing', async () => {
      const before = metaOf(await get());
      const body = [
        { op: 'test', path: '/metadata/resourceVersion', value: '1' },
        { op: 'add', path: '/metadata/annotations/x', value: 'y' },
      ];
      expect(await send({ method: 'PATCH', path: one() + strict, type: jsonPatch, body })).toMatchObject({
        status: 422,
        body: { reason: 'Invalid' },
      });
      const after = await get();
      expect(at(after.body, '/metadata/annotations/x')).toBeUndefined();
      expect(metaOf(after).generation).toBe(before.generation);
    });
    test('refuses a JSON patch of a path that is not there', async () => {
      const body = [{ op: 'replace', path: '/spec/nothing/here', value: 1 }];
      expect((await send({ method: 'PATCH', path: one(), type: jsonPatch, body })).status).toBe(422);
    });
    test('refuses a body that is no patch', async () => {
      expect((await send({ method: 'PATCH', path: one(), type: jsonPatch, body: 'nonsense' })).status).toBe(400);
    });
    test('refuses a patch of an unknown type', async () => {
      expect((await send({ method: 'PATCH', path: one(), type: 'application/nonsense', body: {} })).status).toBe(415);
    });
    test(understands ? 'takes a strategic merge patch' : 'refuses a strategic merge patch: it is a custom resource', async () => {
      const { status } = await send({ method: 'PATCH', path: one(), type: strategic, body: { metadata: { labels: { more: 'yes' } } } });
      expect(status).toBe(understands ? 200 : 415);
    });
    test('that is not there takes no patch', async () => {
      expect((await send({ method: 'PATCH', path: one('two'), type: merge, body: change })).status).toBe(404);
    });
    test('refuses a replacement of an older version', async () => {
      const { body } = await get();
      const old = { ...body, metadata: { ...(body['metadata'] as object), resourceVersion: '1' } };
      expect(await send({ method: 'PUT', path: one(), body: old })).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    });
    test('takes a replacement of its own version', async () => {
      const { answer } = await atItsVersion(async () => {
        const { body } = await get();
        const { managedFields: _, ...metadata } = body['metadata'] as Record<string, unknown>;
        return send({ method: 'PUT', path: one(), body: { ...body, metadata: { ...metadata, annotations: { replaced: 'yes' } } } });
      });
      expect(answer).toMatchObject({
        status: 200,
        body: { metadata: { annotations: { replaced: 'yes' } } },
      });
    });
    test('is watched from a version on', async () => {
      const { resourceVersion } = metaOf(await get());
      const watching = target.watch(`${list()}?watch=true&resourceVersion=${resourceVersion}`, 1);
      await send({ method: 'PATCH', path: one(), type: merge, body: { metadata: { annotations: { watched: 'yes' } } } });
      expect(await watching).toMatchObject([{ type: 'MODIFIED', object: { metadata: { name: 'one' } } }]);
    });
    test('is told at the beginning of a watch without a version', async () => {
      expect(await target.watch(`${list()}?watch=true`, 1)).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'one' } } }]);
    });
    test('is not deleted where the version is another', async () => {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion: '1' } };
      expect(await send({ method: 'DELETE', path: one(), body })).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    });
    test('is not deleted where the identity is another', async () => {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: '00000000-0000-0000-0000-000000000000' } };
      expect(await send({ method: 'DELETE', path: one(), body })).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
    });
    test('is deleted, and gone', async () => {
      const { answer } = await atItsVersion(({ uid, resourceVersion }) => {
        const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid, resourceVersion } };
        return send({ method: 'DELETE', path: one(), body });
      });
      expect(answer.status).toBe(200);
      expect((await get()).status).toBe(404);
      expect((await send({ method: 'DELETE', path: one() })).status).toBe(404);
    });
  });

  describe(`the rest of the API, on the ${kind}`, () => {
    const maps = (): string => `/api/v1/namespaces/${namespace}/configmaps`;
    const apps = (): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;

    test('nobody is let in without credentials', async () => {
      const answer = await send({ method: 'GET', path: maps(), headers: { authorization: 'Bearer nonsense' } });
      expect(answer).toMatchObject({ status: 401, body: { reason: 'Unauthorized' } });
    });
    test.each(['/api', '/apis', '/api/v1', '/apis/apps/v1', '/apis/gateway.networking.k8s.io/v1', '/version'])(
      '%s is described',
      async (path) => {
        expect((await send({ method: 'GET', path })).status).toBe(200);
      },
    );
    test('a path that names nothing is not found', async () => {
      expect((await send({ method: 'GET', path: '/apis/apps/v1/nonsense' })).status).toBe(404);
      expect((await send({ method: 'GET', path: '/apis/nonsense.example/v1/things' })).status).toBe(404);
    });
    test('a method that a collection does not have is refused', async () => {
      expect((await send({ method: 'PUT', path: maps(), body: {} })).status).toBe(405);
    });
    test('a ConfigMap that is immutable stays as it is, but for its annotations', async () => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fixed' }, data: { a: '1' }, immutable: true };
      expect((await send({ method: 'POST', path: maps(), body })).status).toBe(201);
      expect((await send({ method: 'PATCH', path: `${maps()}/fixed`, type: merge, body: { data: { a: '2' } } })).status).toBe(422);
      const annotated = { metadata: { annotations: { 'analytics-deploy/epoch': '2' } } };
      expect((await send({ method: 'PATCH', path: `${maps()}/fixed`, type: merge, body: annotated })).status).toBe(200);
    });
    test('a Lease keeps its times with microseconds', async () => {
      const acquireTime = '2026-11-25T15:00:00.123456Z';
      const body = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'timed' },
        spec: { holderIdentity: 'a', acquireTime },
      };
      const made = await send({ method: 'POST', path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, body });
      expect(made).toMatchObject({ status: 201, body: { spec: { acquireTime } } });
    });
    test('a selector of a Service belongs to one writer as a whole', async () => {
      const path = `/api/v1/namespaces/${namespace}/services`;
      const body = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'whole' },
        spec: { selector: { app: 'x', color: 'green' }, ports: [{ port: 80 }] },
      };
      await send({ method: 'POST', path: `${path}?fieldManager=first`, body });
      const after = await send({
        method: 'PATCH',
        path: `${path}/whole?fieldManager=second`,
        type: merge,
        body: { spec: { selector: { color: 'blue' } } },
      });
      expect(at(after.body, '/spec/selector')).toEqual({ app: 'x', color: 'blue' });
      const entry = (after.body['metadata'] as { managedFields: { manager: string; fieldsV1: object }[] }).managedFields.find(
        ({ manager }) => manager === 'second',
      );
      expect(entry?.fieldsV1).toMatchObject({ 'f:spec': { 'f:selector': {} } });
      expect(JSON.stringify(entry?.fieldsV1)).not.toContain('f:color');
    });
    test('a change of the status leaves the generation alone, a change of the spec leaves the status alone', async () => {
      const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`;
      const body = {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'stated' },
        spec: { rules: [{ backendRefs: [{ name: 'blue', port: 80 }] }] },
      };
      await send({ method: 'POST', path, body });
      const accepted = {
        ...{ type: 'Accepted', status: 'True', reason: 'Accepted', message: '' },
        ...{ observedGeneration: 1, lastTransitionTime: '2026-11-25T15:00:00Z' },
      };
      const parents = [{ parentRef: { name: 'gateway' }, controllerName: 'example.com/gateway', conditions: [accepted] }];
      const stated = await send({ method: 'PATCH', path: `${path}/stated/status`, type: merge, body: { status: { parents } } });
      expect(stated).toMatchObject({
        status: 200,
        body: { metadata: { generation: 1 }, status: { parents: [{ controllerName: 'example.com/gateway' }] } },
      });
      const changed = await send({
        method: 'PATCH',
        path: `${path}/stated`,
        type: merge,
        body: { spec: { hostnames: ['a.example'] }, status: { parents: [] } },
      });
      expect(changed).toMatchObject({
        status: 200,
        body: { metadata: { generation: 2 }, status: { parents: [{ controllerName: 'example.com/gateway' }] } },
      });
    });
    test('a Deployment gets a ReplicaSet, a revision, and conditions of the generation that was seen', async () => {
      const template = {
        metadata: { labels: { app: 'rolled' } },
        spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }] },
      };
      const body = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'rolled' },
        spec: { replicas: 1, selector: { matchLabels: { app: 'rolled' } }, template },
      };
      await send({ method: 'POST', path: apps(), body });
      const seen = await eventually(
        () => send({ method: 'GET', path: `${apps()}/rolled` }),
        (answer) => at(answer.body, '/status/observedGeneration') === 1 && at(answer.body, '/status/conditions') !== undefined,
      );
      expect(seen.body).toMatchObject({ metadata: { annotations: { 'deployment.kubernetes.io/revision': '1' } } });
      const sets = await send({ method: 'GET', path: `/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=app%3Drolled` });
      expect(sets.body['items']).toMatchObject([
        { metadata: { ownerReferences: [{ kind: 'Deployment', name: 'rolled', controller: true }] } },
      ]);
    });
    test('a new template is a new revision', async () => {
      const next = { spec: { template: { spec: { containers: [{ name: 'main', image: 'registry.example/app:2' }] } } } };
      await send({ method: 'PATCH', path: `${apps()}/rolled`, type: strategic, body: next });
      const seen = await eventually(
        () => send({ method: 'GET', path: `${apps()}/rolled` }),
        ({ body }) =>
          (body['metadata'] as { annotations: Record<string, string> }).annotations['deployment.kubernetes.io/revision'] === '2',
      );
      expect(at(seen.body, '/status/observedGeneration')).toBe(2);
    });
    test('a scale is no new revision', async () => {
      await send({ method: 'PATCH', path: `${apps()}/rolled`, type: merge, body: { spec: { replicas: 0 } } });
      const seen = await eventually(
        () => send({ method: 'GET', path: `${apps()}/rolled` }),
        ({ body }) => at(body, '/status/observedGeneration') === 3,
      );
      expect(seen.body).toMatchObject({ metadata: { annotations: { 'deployment.kubernetes.io/revision': '2' } } });
    });
    test('a Service gets EndpointSlices that are labelled with its name', async () => {
      const slices = await eventually(
        () =>
          send({
            method: 'GET',
            path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dwhole`,
          }),
        ({ body }) => (body['items'] as readonly unknown[]).length > 0,
      );
      expect(slices.body['items']).toMatchObject([{ addressType: 'IPv4' }]);
    });
    test('a watch that asks for bookmarks goes on from a version; one that is too old is told so', async () => {
      const { body } = await send({ method: 'GET', path: maps() });
      const version = (body['metadata'] as Meta).resourceVersion;
      const watching = target.watch(`${maps()}?watch=true&allowWatchBookmarks=true&resourceVersion=${version}`, 1);
      await send({ method: 'POST', path: maps(), body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new' } } });
      expect((await watching)[0]).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'new' } } });
    });
    test('what may be done is asked of the server', async () => {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { namespace, verb: 'patch', group: 'apps', resource: 'deployments' } },
      };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      expect(await send({ method: 'POST', path, body })).toMatchObject({ status: 201, body: { status: { allowed: true } } });
    });
  });

  describe(`kubectl, on the ${kind}`, () => {
    const kubectl = async (...args: readonly string[]) => {
      const result = await runCommand([target.kubectl, '--kubeconfig', target.kubeconfig, '-n', namespace, ...args], { timeout: 20_000 });
      if (result === null) console.warn('skipped: no kubectl on PATH; the cluster tests bring their own.');
      return result;
    };
    test.each([
      [['get', 'configmaps'], 'fixed'],
      [['get', 'deployment', 'rolled', '-o', 'jsonpath={.spec.replicas}'], '0'],
      [['get', 'httproutes'], 'stated'],
      [['annotate', 'configmap', 'fixed', 'by=kubectl'], 'annotated'],
      [['patch', 'service', 'whole', '-p', '{"spec":{"traffic":{"blue":20}}}'], 'no change'],
      [
        ['patch', 'httproute', 'stated', '--type=json', '-p', '[{"op":"add","path":"/spec/rules/0/backendRefs/0/weight","value":7}]'],
        'patched',
      ],
      [['set', 'image', 'deployment/rolled', 'main=registry.example/app:3'], 'image updated'],
      [['scale', 'deployment/rolled', '--replicas=0'], 'scaled'],
      [['rollout', 'history', 'deployment/rolled'], 'REVISION'],
      [['delete', 'configmap', 'new'], 'deleted'],
    ] as const)('%j', async (args, said) => {
      const result = await kubectl(...args);
      if (result) expect({ code: result.code, said: result.stdout }).toEqual({ code: 0, said: expect.stringContaining(said) });
    });
  });
}

/** The object with the unknown field in it. */
function unknownOf(object: Readonly<Record<string, unknown>>, unknown: object): object {
  return Object.fromEntries(
    Object.entries(unknown).map(([key, value]) => [key, typeof object[key] === 'object' ? { ...object[key], ...value } : value]),
  );
}

/** Controllers act a moment later. */
async function eventually(look: () => Promise<Answered>, isSo: (answer: Answered) => boolean): Promise<Answered> {
  for (let tries = 0; ; tries++) {
    const answer = await look();
    if (isSo(answer) || tries > 100) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
