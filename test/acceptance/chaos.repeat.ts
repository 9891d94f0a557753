import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { doubled, effectsOf } from '../../sandbox/effects';
import type { Effect, FaultMatch } from '../../sandbox/kubernetes';
import { compareWorlds } from '../../sandbox/snapshot';
import { numbers, oneOf, type Random } from '../support/chance';
import { onStage, stageSpec } from './stage';

/** What the tool asks of the cluster, as often as it does. */
const requests: readonly FaultMatch[] = [
  { verb: 'patch', resource: 'httproutes' },
  { verb: 'patch', resource: 'httproutes' },
  { verb: 'patch', resource: 'deployments' },
  { verb: 'patch', resource: 'services' },
  { verb: 'create', resource: 'configmaps' },
  { verb: 'delete', resource: 'configmaps' },
  { verb: 'get', resource: 'httproutes' },
  { verb: 'get', resource: 'deployments' },
];

/** One request to the cluster that goes wrong, in one of the ways in which requests do. */
function fault(random: Random) {
  const match = oneOf(random, requests);
  const effect = oneOf<Effect>(random, [
    { kind: 'answer', status: 500, reason: 'InternalError', applied: random() < 0.5 },
    { kind: 'answer', status: 409, reason: 'Conflict' },
    { kind: 'answer', status: 403, reason: 'Forbidden' },
    { kind: 'answer', status: 429, reason: 'TooManyRequests', headers: { 'retry-after': '1' } },
    { kind: 'drop', applied: random() < 0.5 },
    { kind: 'delay', milliseconds: Math.round(random() * 2_000) },
  ]);
  return { match, effect, nth: 1 + Math.floor(random() * 4) };
}

/** `HTTPRoute shop/api` as reports name it: `shop/httproute/api`. */
const subjectOf = (object: string): string =>
  object.replace(/^(\w+) ([^/]+)\//, (_, kind: string, namespace: string) => `${namespace}/${kind.toLowerCase()}/`);

describe("whatever the cluster's API answers, and with the worker killed beside it, what was changed is put back or listed", () => {
  test.concurrent.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'chance %i',
    async (seed) => {
      const random = numbers(seed);
      await onStage({ spec: stageSpec() }, async (stage) => {
        const isKilled = random() < 0.5;
        const worker = stage.spawnWorker();
        for (let count = 2 + Math.floor(random() * 9); count > 0; count--) stage.sandbox.cluster.faults.add(fault(random));
        if (random() < 0.4) await stage.sandbox.setFault({ kind: 'errors', atShare: oneOf(random, [10, 50, 100]) });
        const deployment = await stage.deploy();
        const result = deployment.result();
        // Nobody waits for it: a deployment that ends before its gate is never approved, and its end is what counts.
        void deployment.approve().catch(() => undefined);
        if (isKilled) {
          await new Promise((resolve) => setTimeout(resolve, 500 + random() * 8_000));
          worker.kill('SIGKILL');
          await once(worker, 'exit');
          stage.spawnWorker();
        }
        const report = await result;
        expect(doubled(effectsOf(await stage.sandbox.ledger()))).toEqual([]);
        if (report.outcome.startsWith('SUCCEEDED')) {
          expect((await stage.sandbox.stats()).shares).toEqual({ blue: 100, green: 0 });
          return;
        }
        const listed = new Set(report.left.map(({ subject }) => subject));
        const unlisted = compareWorlds(stage.before, await stage.sandbox.snapshot()).filter(({ object }) => !listed.has(subjectOf(object)));
        expect({ seed, outcome: report.outcome, reason: report.reason, unlisted }).toMatchObject({ seed, unlisted: [] });
      });
    },
    240_000,
  );
});
