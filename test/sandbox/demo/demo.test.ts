import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { comparison, ledgerLine, measuredSplits } from '../../../sandbox/demo/comparison';
import { takeFolder } from '../../../sandbox/demo/folder';
import { isKillMoment, reaction } from '../../../sandbox/demo/moments';
import { writeDemoOverrides } from '../../../sandbox/demo/overrides';
import { readBreak, readKill, shareProblem } from '../../../sandbox/demo/wishes';
import { effectsOf } from '../../../sandbox/effects';
import type { LedgerEntry } from '../../../sandbox/kubernetes';
import type { Snapshot } from '../../../sandbox/snapshot';
import type { Stats } from '../../../sandbox/world/client';
import { loadSpec } from '../../../spec';
import { defaultTaskQueues } from '../../../workflows/messages';
import { planOf, planTotals } from '../../../workflows/runbook/plan';
import { ramping, row } from '../../client/fixtures';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what the demo is asked for', () => {
  test('a fault and a share, nothing else', () => {
    expect(readBreak('errors@50')).toEqual({ kind: 'errors', atShare: 50 });
    expect(['errors', 'errors@', 'errors@0', 'errors@101', 'fire@50', 'errors@50@1', '@50'].map(readBreak)).toEqual(Array(7).fill(null));
  });

  test('a fault at a share that the ramp never has is refused, naming the ones that it has', () => {
    expect(shareProblem({ kind: 'errors', atShare: 50 }, [10, 50])).toBeNull();
    expect(shareProblem({ kind: 'errors', atShare: 33 }, [10, 50])).toContain('Its shares: errors@10, errors@50.');
  });

  test('a kill of the worker at a known place, nothing else', () => {
    expect(['worker@2.2', 'worker@2.3', 'worker@rollback'].map(readKill)).toEqual(['2.2', '2.3', 'rollback']);
    expect(['worker', 'worker@1.1', 'server@2.2', 'worker@2.2@2'].map(readKill)).toEqual(Array(4).fill(null));
  });
});

describe("the demo's spec", () => {
  test('is the default one with addresses and waits laid over it, and its waits are over within 90 seconds', async () => {
    const addresses = join(folder, 'addresses.yaml');
    writeFileSync(addresses, 'production: { cluster: sandbox }\n');
    const overrides = writeDemoOverrides(resolve('spec/analytics.yaml'), addresses, join(folder, 'overrides.yaml'));
    const read = loadSpec(resolve('spec/analytics.yaml'), [overrides]);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(read.spec.production).toMatchObject({ cluster: 'sandbox', settle: 1_000, namespace: 'analytics' });
    expect(read.spec.ramp.steps.map(({ share }) => share)).toEqual([20, 50, 80, 100]);
    expect(read.spec.signals.map(({ id }) => id)).toEqual(['errors', 'latency', 'cache']);
    const request = {
      deploymentId: 'analytics-production-v1.0.0-20261124T020000Z',
      version: 'v1.0.0',
      requester: 'ana',
      planDigest: 'x',
      spec: read.spec,
      searchAttributes: false,
      taskQueues: defaultTaskQueues,
    };
    expect(planTotals(await planOf(request)).waits).toBeLessThan(90_000);
  });
});

describe('the folder of a demo', () => {
  test('what an earlier demo left is removed', () => {
    const path = join(folder, 'again');
    takeFolder(path).free();
    writeFileSync(join(path, 'old.log'), '');
    takeFolder(path).free();
    expect(() => readFileSync(join(path, 'old.log'))).toThrow();
  });

  test('what no demo made is left alone', () => {
    expect(() => takeFolder(resolve('spec'))).toThrow('no demo made');
    expect(loadSpec(resolve('spec/analytics.yaml')).ok).toBe(true);
  });

  test('two demos do not share one', () => {
    const path = join(folder, 'shared');
    takeFolder(path);
    writeFileSync(join(path, 'demo.pid'), String(process.ppid));
    expect(() => takeFolder(path)).toThrow('Another demo runs');
  });
});

describe('the ledger of the cluster', () => {
  const write = (key: string, changed: boolean) =>
    ({ manager: 'analytics-deploy', verb: 'patch', kind: 'Deployment', namespace: 'shop', name: 'api', key, changed }) as LedgerEntry;
  test('counts what changed something, and names what did so twice under one key', () => {
    const ledger = [
      write('d/1/forward', true),
      write('d/1/forward', false),
      write('d/1/undo', true),
      { ...write('x', true), manager: 'controller' },
    ];
    expect(ledgerLine(effectsOf(ledger))).toBe("By the cluster's ledger 2 writes changed something, none of them twice.");
    expect(ledgerLine(effectsOf([...ledger, write('d/1/undo', true)]))).toContain(
      '1 of 3 writes happened twice: patch Deployment shop/api d/1/undo.',
    );
  });
});

describe('moments of a demo', () => {
  test('a kill comes in the middle of the section, while its watch runs', () => {
    expect(isKillMoment('2.3', ramping())).toBe(true);
    expect(isKillMoment('2.2', ramping())).toBe(false);
    const between = ramping({
      rows: [row('2.3', 'gradual rollout', { state: 'running', children: [row('2.3.traffic-20', 'traffic', { state: 'running' })] })],
    });
    expect(isKillMoment('2.3', between)).toBe(false);
  });

  test('a kill in the rollback waits until it is put back', () => {
    expect(isKillMoment('rollback', ramping())).toBe(false);
    expect(isKillMoment('rollback', ramping({ state: 'unwinding' }))).toBe(true);
  });

  test('the reaction is measured from the first spoiled answer to a share of nothing', () => {
    const fault = { fault: { kind: 'errors', atShare: 50 }, on: true, colour: 'blue', onAt: 900, firstBadAt: 1_000 };
    const stats = (blue: number) => ({ faults: [fault], shares: { blue, green: 100 - blue } }) as unknown as Stats;
    expect(reaction(stats(50), 3_000)).toBeNull();
    expect(reaction(stats(0), 3_000)).toBe(2_000);
  });
});

describe("the demo's end", () => {
  test('the split comes from the watches of the report', () => {
    const watch = row('2.3.watch-50', 'watch at 50 %', { window: 7_000, note: '49.8 % of 279 requests served · errors 0.0 %' });
    expect(
      measuredSplits({ rows: [row('2.3', 'gradual rollout', { children: [watch, row('2.3.selector', 'Service selector')] })] }),
    ).toEqual(['watch at 50 %: 49.8 % of 279 requests served · errors 0.0 %']);
  });

  test('a world that is as before is said to be, with what was left out', () => {
    const world = {
      takenAt: '',
      objects: { 'Service a/b': { apiVersion: 'v1', kind: 'Service', metadata: { name: 'b' }, spec: { selector: { color: 'green' } } } },
    } as unknown as Snapshot;
    const changed = structuredClone(world) as unknown as { objects: Record<string, { spec: { selector: { color: string } } }> };
    changed.objects['Service a/b'] = { ...changed.objects['Service a/b'], spec: { selector: { color: 'blue' } } };
    expect(comparison(world, world)[0]).toContain('The world is as before: 1 objects are equal');
    expect(comparison(world, changed as unknown as Snapshot)).toContain('  Service a/b: spec.selector.color green → blue');
    expect(comparison(world, world).join(' ')).toContain('Left out: ReplicaSet');
  });
});
