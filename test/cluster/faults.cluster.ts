import { afterEach, describe, expect, test } from '@jest/globals';
import { doubled, effectsOf } from '../../sandbox/effects';
import type { Fault } from '../../sandbox/kubernetes';
import { Stage, stageSpec } from '../acceptance/stage';
import { testCluster } from './test-cluster';

let stage: Stage;
afterEach(() => stage.close());

const ours = { manager: 'analytics-deploy' } as const;
const route = { ...ours, verb: 'patch', resource: 'httproutes' } as const;
const workload = { ...ours, verb: 'patch', resource: 'deployments' } as const;
const flags = { ...ours, verb: 'create', resource: 'configmaps' } as const;

/** What goes wrong between the tool and the API server, and with which request. */
const faults: readonly (readonly [string, Fault])[] = [
  ['a traffic write is applied and its answer cut off', { match: route, effect: { kind: 'drop', applied: true }, times: 2 }],
  ['a traffic write is cut off before it is applied', { match: route, effect: { kind: 'drop', applied: false }, times: 2 }],
  ['a workload write is applied and its answer cut off', { match: workload, effect: { kind: 'drop', applied: true }, times: 2 }],
  ['the creation of the flags is applied and its answer cut off', { match: flags, effect: { kind: 'drop', applied: true }, times: 2 }],
  ['a traffic write meets a conflict', { match: route, effect: { kind: 'answer', status: 409, reason: 'Conflict' }, times: 3 }],
  [
    'a traffic write is told to come again later',
    { match: route, effect: { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, reason: 'TooManyRequests' }, times: 2 },
  ],
  ['a workload write fails with 500 before it is applied', { match: workload, effect: { kind: 'answer', status: 500 }, times: 2 }],
  [
    'a workload write fails with 500 after it is applied',
    { match: workload, effect: { kind: 'answer', status: 500, applied: true }, times: 2 },
  ],
  [
    'a traffic write fails with 500 after it is applied',
    { match: route, effect: { kind: 'answer', status: 500, applied: true }, times: 2 },
  ],
  [
    'a traffic write is answered with 503',
    { match: route, effect: { kind: 'answer', status: 503, headers: { 'retry-after': '1' } }, times: 2 },
  ],
  [
    'the credentials are refused once',
    { match: { resource: 'httproutes', verb: 'get' }, effect: { kind: 'answer', status: 401 }, times: 1 },
  ],
  [
    'a watch is too old',
    { match: { verb: 'watch', resource: 'deployments' }, effect: { kind: 'answer', status: 410, reason: 'Expired' }, times: 2 },
  ],
];

describe('whatever becomes of an answer, there is one effect', () => {
  test.each(faults)(
    '%s',
    async (_, fault) => {
      stage = await Stage.open({ spec: { ...stageSpec(), signals: [] }, cluster: testCluster });
      await stage.work();
      const handle = stage.sandbox.cluster.faults.add(fault);
      const deployment = await stage.deploy();
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
      expect(handle.hits()).toBeGreaterThan(0);
      expect(doubled(effectsOf(await stage.sandbox.ledger()))).toEqual([]);
      // By the server's own count: five rungs are five generations of the route, set-up is one of the candidate's template.
      const { production } = stage.sandbox.spec;
      const { metadata } = await stage
        .cluster()
        .call<{ readonly metadata: { readonly generation: number } }>(
          `/apis/gateway.networking.k8s.io/v1/namespaces/${production.namespace}/httproutes/${production.traffic.route}`,
        );
      expect(metadata.generation).toBe(1 + 5);
      const candidate = await stage
        .cluster()
        .call<{ readonly metadata: { readonly generation: number } }>(
          `/apis/apps/v1/namespaces/${production.namespace}/deployments/${production.colours['blue']?.deployment}`,
        );
      expect(candidate.metadata.generation).toBe(1 + 1);
    },
    120_000,
  );
});
