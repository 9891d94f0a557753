import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectCluster } from '../../../sandbox/cluster/client';
import { readConnection } from '../../../sandbox/cluster/connection';
import { objectPath } from '../../../sandbox/cluster/paths';
import { type Sandbox, startSandbox } from '../../../sandbox/world';
import { parcelsSpec } from '../specs';

let directory: string;
let sandbox: Sandbox;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-parcels-'));
  sandbox = await startSandbox({ spec: parcelsSpec(), dir: directory, liveVersion: '2.3.0', versions: ['2.4.0'], replicas: 1, rate: 20 });
});
afterAll(async () => {
  await sandbox.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('the world of another service', () => {
  test('takes its names, live colour and paths from the spec', async () => {
    const { objects } = await sandbox.snapshot();
    expect(Object.keys(objects).filter((name) => /^(Deployment|Service|HTTPRoute) /.test(name))).toEqual([
      'Deployment shop/parcels',
      'Deployment shop/parcels-one',
      'Deployment shop/parcels-two',
      'HTTPRoute shop/shop-front',
      'Service shop/parcels',
      'Service shop/parcels-one-svc',
      'Service shop/parcels-staging',
      'Service shop/parcels-two-svc',
    ]);
    const { shares, production } = await sandbox.stats();
    expect([shares, production.byVersion['2.3.0']]).toEqual([{ one: 0, two: 100 }, expect.any(Number)]);
    expect((await fetch(`${sandbox.urls.staging}/parcels`)).status).toBe(200);
  });

  test('has its own metrics at its own address', async () => {
    expect(sandbox.overrides.production.metricsUrl).toBe(`${sandbox.urls.production}/internal/metrics`);
    const page = await (await fetch(sandbox.overrides.production.metricsUrl)).text();
    expect(page).toMatch(/^parcels_responses_total\{track="two",outcome="ok"\} \d+$/m);
    expect(page).toMatch(/^parcels_cache_lookups_total\{track="two",pod="[^"]+"\} \d+$/m);
    expect(page).toMatch(/^queue_operations_total\{track="two",pod="[^"]+"\} \d+$/m);
  });

  test('keeps staging out of what production serves', async () => {
    expect((await sandbox.stats()).ready).toEqual({ one: 0, two: 1 });
    expect(sandbox.overrides.sinks).toEqual([{ kind: 'webhook', name: 'chat', url: sandbox.urls.sink }]);
  });

  test('loses no request while its live pods are replaced under load', async () => {
    const client = connectCluster(readConnection(await readFile(sandbox.kubeconfigPath, 'utf8')), 'test');
    const containers = [{ name: 'web', image: 'registry.example.com/shop/parcels:2.4.0' }];
    const body = { spec: { template: { spec: { containers } } } };
    await client.call(objectPath('deployments', 'parcels-two', 'shop'), { method: 'PATCH', body });
    client.close();
    const isReplaced = async (): Promise<boolean> => {
      const { lastSecond } = (await sandbox.stats()).production;
      return (lastSecond.byVersion['2.4.0'] ?? 0) > 15 && lastSecond.byVersion['2.3.0'] === undefined;
    };
    const deadline = performance.now() + 10_000;
    while (!(await isReplaced()) && performance.now() < deadline) await delay(50);
    expect(await isReplaced()).toBe(true);
    expect((await sandbox.stats()).production.errors).toBe(0);
  });
});
