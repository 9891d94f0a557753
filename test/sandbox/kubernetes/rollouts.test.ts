import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, type Body, connect, mergePatch } from './support/api';
import { eventually } from './support/eventually';
import { runKubelet } from './support/fake-kubelet';
import { deployment } from './support/objects';

let server: StandIn;
let api: Api;
let kubelet: { readonly stop: () => void };
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const replicaSets = '/apis/apps/v1/namespaces/default/replicasets';
const pods = '/api/v1/namespaces/default/pods';

beforeAll(async () => {
  server = await startStandIn();
  api = connect(server);
  kubelet = runKubelet(server, (image) => (image.includes('broken') ? 'unready' : 'ready'));
});
afterAll(async () => {
  kubelet.stop();
  api.close();
  await server.stop();
});

const read = async (name: string): Promise<Body> => (await api.call('GET', `${deployments}/${name}`)).body;
const owned = async (list: string, name: string): Promise<readonly Body[]> =>
  (await api.call('GET', `${list}?labelSelector=app%3D${name}`)).body.items;
const setImage = (name: string, image: string) =>
  api.call('PATCH', `${deployments}/${name}`, {
    type: mergePatch,
    body: { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } },
  });
const change = (name: string, spec: object) => api.call('PATCH', `${deployments}/${name}`, { type: mergePatch, body: { spec } });
const condition = ({ status }: Body, type: string) => status.conditions?.find((entry) => entry.type === type);
const revision = ({ metadata }: Body) => metadata.annotations?.['deployment.kubernetes.io/revision'];

/** The rules by which kubectl calls a rollout done. */
function isRolledOut({ metadata, spec, status }: Body): boolean {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status as Readonly<Record<string, number>>;
  return (
    (metadata.generation ?? 0) <= (status.observedGeneration ?? 0) &&
    updatedReplicas === spec.replicas &&
    replicas === updatedReplicas &&
    availableReplicas === updatedReplicas
  );
}
const rolledOut = (name: string) => eventually(() => read(name), isRolledOut);

async function deploy(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<Body> {
  await api.call('POST', deployments, { body: deployment(name, more) });
  return rolledOut(name);
}

describe('a Deployment', () => {
  test('gets its pods through a ReplicaSet, and says when they are available', async () => {
    const done = await deploy('first');
    const [set] = await owned(replicaSets, 'first');
    const made = await owned(pods, 'first');
    expect(revision(done)).toBe('1');
    expect(condition(done, 'Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' });
    expect(condition(done, 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
    expect(set?.metadata.ownerReferences).toMatchObject([{ name: 'first', uid: done.metadata.uid, controller: true }]);
    expect(made.map(({ metadata }) => metadata.ownerReferences?.[0]?.uid)).toEqual(Array(3).fill(set?.metadata.uid));
    expect(new Set(made.map(({ metadata }) => metadata.labels?.['pod-template-hash']))).toEqual(
      new Set([set?.metadata.labels?.['pod-template-hash']]),
    );
  });

  test('replaces its pods within surge and unavailability', async () => {
    await deploy('rolling', { replicas: 4, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } });
    const counts: { readonly all: number; readonly available: number }[] = [];
    const { metadata } = (await api.call('GET', deployments)).body;
    const watching = api.watch(
      `${deployments}?watch=true&fieldSelector=metadata.name%3Drolling&resourceVersion=${metadata.resourceVersion}`,
      (events) => {
        const last = events.at(-1)?.object;
        const { replicas = 0, availableReplicas = 0 } = (last?.status ?? {}) as Readonly<Record<string, number>>;
        counts.push({ all: replicas, available: availableReplicas });
        return last !== undefined && isRolledOut(last);
      },
    );
    await setImage('rolling', 'registry/analytics:2');
    const events = await watching;
    expect(revision(events.at(-1)?.object ?? (await read('rolling')))).toBe('2');
    expect(Math.max(...counts.map(({ all }) => all))).toBeLessThanOrEqual(5);
    expect(Math.min(...counts.map(({ available }) => available))).toBeGreaterThanOrEqual(3);
  });

  test('looks unfinished from the moment of the change: its observed generation is behind', async () => {
    await deploy('lagging');
    server.controllers.pause();
    await setImage('lagging', 'registry/analytics:2');
    const stale = await read('lagging');
    server.controllers.resume();
    expect(stale.status.observedGeneration).toBeLessThan(stale.metadata.generation ?? 0);
    await rolledOut('lagging');
  });

  test('going back to an old template takes its old ReplicaSet under a new revision', async () => {
    await deploy('undone');
    const [first] = await owned(replicaSets, 'undone');
    await setImage('undone', 'registry/analytics:2');
    await rolledOut('undone');
    await setImage('undone', 'registry/analytics:1');
    const back = await eventually(
      () => read('undone'),
      (body) => isRolledOut(body) && revision(body) === '3',
    );
    const sets = await owned(replicaSets, 'undone');
    expect(revision(back)).toBe('3');
    expect(sets).toHaveLength(2);
    expect(sets.find(({ metadata }) => metadata.uid === first?.metadata.uid)?.spec.replicas).toBe(3);
  });

  test('with a broken image keeps the old pods and reports the deadline', async () => {
    await deploy('stuck', { progressDeadlineSeconds: 1 });
    await setImage('stuck', 'registry/broken:1');
    const given = await eventually(
      () => read('stuck'),
      (body) => condition(body, 'Progressing')?.reason === 'ProgressDeadlineExceeded' && body.status.updatedReplicas === 1,
    );
    expect(condition(given, 'Progressing')?.status).toBe('False');
    expect(given.status).toMatchObject({ availableReplicas: 3 });
    await setImage('stuck', 'registry/analytics:1');
    const healed = await rolledOut('stuck');
    expect(condition(healed, 'Progressing')?.reason).toBe('NewReplicaSetAvailable');
  });

  test('that is paused takes a new template but does not roll it out', async () => {
    await deploy('paused');
    await change('paused', { paused: true });
    await setImage('paused', 'registry/analytics:2');
    const held = await eventually(
      () => read('paused'),
      (body) =>
        condition(body, 'Progressing')?.reason === 'DeploymentPaused' && body.status.observedGeneration === body.metadata.generation,
    );
    expect(held.status.updatedReplicas).toBeUndefined();
    expect(await owned(replicaSets, 'paused')).toHaveLength(1);
    await change('paused', { paused: null });
    expect(revision(await rolledOut('paused'))).toBe('2');
  });

  test('is scaled up and down without a new revision', async () => {
    await deploy('scaled', { replicas: 2 });
    await change('scaled', { replicas: 5 });
    await rolledOut('scaled');
    await change('scaled', { replicas: 1 });
    const small = await rolledOut('scaled');
    expect(revision(small)).toBe('1');
    await eventually(
      () => owned(pods, 'scaled'),
      (list) => list.length === 1,
    );
  });

  test('scaled during a rollout shares the replicas out', async () => {
    await deploy('shared', { replicas: 4, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 2 } } });
    await setImage('shared', 'registry/broken:1');
    await eventually(
      () => read('shared'),
      (body) => body.status.updatedReplicas === 2 && body.status.availableReplicas === 2,
    );
    await change('shared', { replicas: 8 });
    const sizes = await eventually(
      async () => (await owned(replicaSets, 'shared')).map(({ spec }) => spec.replicas),
      (list) => list.reduce<number>((sum, size) => sum + (size ?? 0), 0) === 8,
    );
    expect([...sizes].sort()).toEqual([4, 4]);
  });

  test('keeps only as many old ReplicaSets as its history allows', async () => {
    await deploy('short', { revisionHistoryLimit: 1 });
    for (const tag of [2, 3, 4]) {
      await setImage('short', `registry/analytics:${tag}`);
      await rolledOut('short');
    }
    await eventually(
      () => owned(replicaSets, 'short'),
      (list) => list.length === 2,
    );
  });

  test('of type Recreate is empty before the new pods come', async () => {
    await deploy('recreated', { strategy: { type: 'Recreate' } });
    let together = false;
    const { metadata } = (await api.call('GET', pods)).body;
    const living = new Map<string, string>();
    const watching = api.watch(`${pods}?watch=true&labelSelector=app%3Drecreated&resourceVersion=${metadata.resourceVersion}`, (events) => {
      const last = events.at(-1);
      if (!last) return false;
      if (last.type === 'DELETED') living.delete(last.object.metadata.name);
      else living.set(last.object.metadata.name, last.object.metadata.labels?.['pod-template-hash'] ?? '');
      together ||= last.type === 'ADDED' && new Set(living.values()).size > 1;
      return events.filter(({ type }) => type === 'ADDED').length === 3;
    });
    await setImage('recreated', 'registry/analytics:2');
    await watching;
    await rolledOut('recreated');
    expect(together).toBe(false);
  });

  test('waits with "available" for as long as minReadySeconds says', async () => {
    await api.call('POST', deployments, { body: deployment('slow', { replicas: 1, minReadySeconds: 1 }) });
    const early = await eventually(
      () => read('slow'),
      (body) => body.status.readyReplicas === 1,
    );
    expect(early.status.availableReplicas).toBeUndefined();
    await rolledOut('slow');
  });

  test('whose pods are refused says so', async () => {
    const fault = server.faults.add({
      match: { verb: 'create', resource: 'pods', manager: 'controller' },
      effect: { kind: 'answer', status: 403, reason: 'Forbidden', message: 'exceeded quota' },
    });
    await api.call('POST', deployments, { body: deployment('poor') });
    const refused = await eventually(
      () => read('poor'),
      (body) => condition(body, 'ReplicaFailure') !== undefined,
    );
    expect(condition(refused, 'ReplicaFailure')).toMatchObject({ status: 'True', reason: 'FailedCreate', message: 'exceeded quota' });
    fault.remove();
    const healed = await rolledOut('poor');
    await eventually(
      () => read('poor'),
      (body) => condition(body, 'ReplicaFailure') === undefined,
    );
    expect(healed.status.availableReplicas).toBe(3);
  });

  test('replaces a pod that somebody deletes', async () => {
    await deploy('replaced', { replicas: 1 });
    const [before] = await owned(pods, 'replaced');
    await api.call('DELETE', `${pods}/${before?.metadata.name ?? ''}`);
    await eventually(
      () => owned(pods, 'replaced'),
      (list) => list.length === 1 && list[0]?.metadata.uid !== before?.metadata.uid,
    );
    await rolledOut('replaced');
  });
});

describe('a deleted Deployment', () => {
  test('takes its ReplicaSets and pods with it', async () => {
    await deploy('gone');
    await api.call('DELETE', `${deployments}/gone`);
    await eventually(
      async () => [...(await owned(replicaSets, 'gone')), ...(await owned(pods, 'gone'))],
      (left) => left.length === 0,
    );
  });

  test('leaves them behind where the caller says so', async () => {
    await deploy('orphaned');
    await api.call('DELETE', `${deployments}/orphaned?propagationPolicy=Orphan`);
    const [set] = await owned(replicaSets, 'orphaned');
    expect(set?.metadata.ownerReferences).toBeUndefined();
    expect(await owned(pods, 'orphaned')).toHaveLength(3);
  });
});
