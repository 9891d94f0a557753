import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, connect, mergePatch, type WatchEvent } from './support/api';
import { configMap } from './support/objects';

let server: StandIn;
let api: Api;
const maps = '/api/v1/namespaces/default/configmaps';
beforeAll(async () => {
  server = await startStandIn();
  api = connect(server);
});
afterAll(async () => {
  api.close();
  await server.stop();
});

const shape = (events: readonly WatchEvent[]) => events.map(({ type, object }) => `${type} ${object.metadata.name}`);
const seen = (count: number) => (events: readonly WatchEvent[]) => events.length >= count;
const label = (name: string, tier: string) => ({ ...configMap(name), metadata: { name, labels: { tier } } });
const change = (name: string, body: object) => api.call('PATCH', `${maps}/${name}`, { type: mergePatch, body });

describe('a watch', () => {
  test('from a list on tells everything that has happened since, and goes on telling', async () => {
    const { metadata } = (await api.call('GET', maps)).body;
    await api.call('POST', maps, { body: configMap('w1') });
    await change('w1', { data: { a: '2' } });
    const events = api.watch(
      `${maps}?watch=true&resourceVersion=${metadata.resourceVersion}`,
      seen(3),
      () => void api.call('DELETE', `${maps}/w1`),
    );
    expect(shape(await events)).toEqual(['ADDED w1', 'MODIFIED w1', 'DELETED w1']);
  });

  test('without a version begins with what is there', async () => {
    await api.call('POST', maps, { body: label('w2', 'start') });
    expect(shape(await api.watch(`${maps}?watch=true&labelSelector=tier%3Dstart`, seen(1)))).toEqual(['ADDED w2']);
  });

  test('with a selector sees objects come and go as their labels change', async () => {
    const { metadata } = (await api.call('POST', maps, { body: label('w3', 'a') })).body;
    await change('w3', { metadata: { labels: { tier: 'b' } } });
    await change('w3', { metadata: { labels: { tier: 'a' } } });
    const path = `${maps}?watch=true&labelSelector=tier%3Da&resourceVersion=${metadata.resourceVersion}`;
    expect(shape(await api.watch(path, seen(2)))).toEqual(['DELETED w3', 'ADDED w3']);
  });

  test('from before what is remembered is told 410', async () => {
    const { metadata } = (await api.call('POST', maps, { body: configMap('w4') })).body;
    await api.call('POST', maps, { body: configMap('w5') });
    server.compact();
    const [event] = await api.watch(`${maps}?watch=true&resourceVersion=${metadata.resourceVersion}`, seen(1));
    expect(event).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  });

  test('ends after the time it asked for, with a bookmark where it wants them', async () => {
    const { metadata } = (await api.call('GET', maps)).body;
    const path = `${maps}?watch=true&resourceVersion=${metadata.resourceVersion}&allowWatchBookmarks=true&timeoutSeconds=0`;
    const [event] = await api.watch(path, () => false);
    expect(event).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { resourceVersion: metadata.resourceVersion } },
    });
  });

  test('can ask for the first list as events, with a mark at its end', async () => {
    const path = `${maps}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`;
    const events = await api.watch(path, (all) => all.some(({ type }) => type === 'BOOKMARK'));
    expect(events.at(-1)?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(events.length).toBeGreaterThan(1);
  });

  test('across namespaces sees all of them', async () => {
    await api.call('POST', '/api/v1/namespaces/kube-system/configmaps', { body: label('w6', 'both') });
    await api.call('POST', maps, { body: label('w7', 'both') });
    expect(shape(await api.watch('/api/v1/configmaps?watch=true&labelSelector=tier%3Dboth', seen(2)))).toEqual(['ADDED w7', 'ADDED w6']);
  });
});
