import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LedgerEntry, type StandIn, startStandIn } from '../../../sandbox/kubernetes';
import { type Api, connect, mergePatch } from './support/api';
import { configMap, deployment } from './support/objects';

let server: StandIn;
let api: Api;
const maps = '/api/v1/namespaces/default/configmaps';
beforeAll(async () => {
  server = await startStandIn();
  api = connect(server, 'someone/1.0');
});
afterAll(async () => {
  api.close();
  await server.stop();
});

const entriesOf = (name: string): readonly LedgerEntry[] => server.ledger.filter((entry) => entry.name === name);

describe('the ledger', () => {
  test('names the writer by field manager, else by program', async () => {
    await api.call('POST', `${maps}?fieldManager=analytics-deploy`, { body: configMap('who') });
    await api.call('PATCH', `${maps}/who`, { type: mergePatch, body: { data: { a: '2' } } });
    expect(entriesOf('who').map(({ manager, verb, code, changed }) => ({ manager, verb, code, changed }))).toEqual([
      { manager: 'analytics-deploy', verb: 'create', code: 201, changed: true },
      { manager: 'someone', verb: 'patch', code: 200, changed: true },
    ]);
  });

  test('counts what changed per key, so that a write that is repeated shows as one change', async () => {
    const body = { metadata: { annotations: { 'analytics-deploy/key': 'd/2.1/forward' } }, data: { a: '2' } };
    await api.call('POST', maps, { body: configMap('keyed') });
    for (let attempt = 0; attempt < 3; attempt += 1) await api.call('PATCH', `${maps}/keyed`, { type: mergePatch, body });
    const written = server.ledger.filter(({ key }) => key === 'd/2.1/forward');
    expect(written.map(({ changed }) => changed)).toEqual([true, false, false]);
    expect(new Set(written.map(({ resourceVersion }) => resourceVersion)).size).toBe(1);
  });

  test('keeps refused writes, but no reads', async () => {
    await api.call('GET', `${maps}/refused`);
    await api.call('PATCH', `${maps}/refused`, { type: mergePatch, body: {} });
    expect(entriesOf('refused')).toMatchObject([{ verb: 'patch', code: 404, changed: false, resourceVersion: '' }]);
  });

  test('marks what the controllers of the server itself write', async () => {
    const body = { ...deployment('made'), metadata: { name: 'made', annotations: { 'analytics-deploy/key': 'd/1.1/forward' } } };
    const made = api.watch('/api/v1/namespaces/default/pods?watch=true&labelSelector=app%3Dmade', (events) => events.length >= 3);
    await api.call('POST', '/apis/apps/v1/namespaces/default/deployments', { body });
    await made;
    const pods = server.ledger.filter(({ kind, verb }) => kind === 'Pod' && verb === 'create');
    expect(pods.map(({ manager }) => manager)).toEqual(['controller', 'controller', 'controller']);
    expect(server.ledger.filter(({ key }) => key === 'd/1.1/forward')).toHaveLength(1);
  });

  test('can be read over HTTP', async () => {
    const { code, body } = await api.call('GET', '/_sandbox/ledger');
    expect([code, body]).toEqual([200, JSON.parse(JSON.stringify(server.ledger))]);
  });
});
