import { describe, expect, test } from '@jest/globals';
import { doubled, effectsOf } from '../../sandbox/effects';
import { compareWorlds } from '../../sandbox/snapshot';
import type { SandboxOptions } from '../../sandbox/world';
import type { Spec, TrafficSpec } from '../../workflows/runbook/spec';
import { heldAtHalf, onStage, type Stage, stageSpec, step } from './stage';

const hour = 3_600_000;
type Shared = Omit<TrafficSpec, 'propagation'>;

/** Every mechanism but the default one, and which colour serves what share at the rung of 50 %. */
const mechanisms: readonly (readonly [name: string, traffic: Shared, replicas: number, atHalf: number])[] = [
  ['an Istio VirtualService', { mechanism: 'istio', route: 'analytics' }, 3, 50],
  ['canary annotations of ingress-nginx', { mechanism: 'nginx', route: 'analytics', canary: 'analytics-canary' }, 3, 50],
  ['the number of pods', { mechanism: 'replicas' }, 4, 50],
];

function withTraffic(spec: Spec, traffic: Shared): Spec {
  return { ...spec, production: { ...spec.production, traffic: { ...traffic, propagation: 200 } } };
}
/** The split that pods make is what they make: nothing is judged but what is said. */
const unjudged = (spec: Spec): Spec => ({ ...spec, signals: [] });

async function succeeds(stage: Stage, version: string, time: string): Promise<void> {
  const deployment = await stage.deploy({ version, deploymentId: `analytics-production-${version}-20261124T${time}00Z` });
  await deployment.approve();
  expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
}
const shares = async (stage: Stage) => (await stage.sandbox.stats()).shares;

/** What holds of every traffic mechanism. */
export function mechanismSuite(cluster: NonNullable<SandboxOptions['cluster']>): void {
  const where = typeof cluster === 'string' ? cluster : 'a given cluster';

  describe.each(mechanisms)(`traffic by %s, on ${where}`, (_, traffic, replicas, atHalf) => {
    test('two releases in a row succeed, there and back', async () => {
      await onStage({ cluster, replicas, spec: unjudged(withTraffic(stageSpec(), traffic)) }, async (stage) => {
        await stage.work();
        await succeeds(stage, 'v1.0.0', '0200');
        expect(await shares(stage)).toEqual({ blue: 100, green: 0 });
        await succeeds(stage, 'v1.1.0', '0300');
        expect(await shares(stage)).toEqual({ blue: 0, green: 100 });
        expect(doubled(effectsOf(await stage.sandbox.ledger()))).toEqual([]);
      });
    }, 240_000);

    test.each([false, true])(
      'an abort at 50 %% puts everything back as it was; candidate dead: %s',
      async (isDead) => {
        await onStage({ cluster, replicas, spec: unjudged(withTraffic(heldAtHalf(stageSpec()), traffic)) }, async (stage) => {
          await stage.work();
          const deployment = await stage.deploy();
          await deployment.approve();
          await step(deployment, '2.3.watch-50');
          expect((await shares(stage))['blue']).toBe(atHalf);
          if (isDead) await stage.sandbox.setFault({ kind: 'crash', colour: 'blue' });
          await deployment.send('abort', { by: 'bo' });
          expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
          expect((await shares(stage))['green']).toBe(100);
          expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
        });
      },
      120_000,
    );

    test('an abort after 100 % puts everything back as it was', async () => {
      const spec = withTraffic(stageSpec(), traffic);
      await onStage({ cluster, replicas, spec: unjudged({ ...spec, ramp: { ...spec.ramp, soak: hour } }) }, async (stage) => {
        await stage.work();
        const deployment = await stage.deploy();
        await deployment.approve();
        await step(deployment, 'soak.watch');
        expect(await shares(stage)).toEqual({ blue: 100, green: 0 });
        await deployment.send('abort', { by: 'bo' });
        expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
        expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
      });
    }, 240_000);
  });

  describe(`traffic by the Service selector, on ${where}`, () => {
    const spec = unjudged(withTraffic(stageSpec(), { mechanism: 'selector' }));

    test('the switch is all or nothing: two releases in a row succeed, there and back', async () => {
      await onStage({ cluster, spec }, async (stage) => {
        await stage.work();
        await succeeds(stage, 'v1.0.0', '0200');
        expect(await shares(stage)).toEqual({ blue: 100, green: 0 });
        await succeeds(stage, 'v1.1.0', '0300');
        expect(await shares(stage)).toEqual({ blue: 0, green: 100 });
      });
    }, 240_000);

    test('errors after the switch put everything back as it was', async () => {
      const judged = withTraffic(stageSpec(), { mechanism: 'selector' });
      await onStage({ cluster, spec: judged }, async (stage) => {
        await stage.work();
        await stage.sandbox.setFault({ kind: 'errors', atShare: 100 });
        const deployment = await stage.deploy();
        await deployment.approve();
        expect(await deployment.result()).toMatchObject({
          outcome: 'ROLLED_BACK',
          reason: expect.stringMatching(/^watch at 100 %/),
          left: [],
        });
        expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
      });
    }, 240_000);

    test('an abort after the switch puts everything back as it was, also from a dead candidate', async () => {
      await onStage(
        {
          cluster,
          spec: { ...spec, ramp: { ...spec.ramp, initial: { ...spec.ramp.initial, watch: hour } } },
        },
        async (stage) => {
          await stage.work();
          const deployment = await stage.deploy();
          await deployment.approve();
          await step(deployment, '2.2.watch');
          await stage.sandbox.setFault({ kind: 'crash', colour: 'blue' });
          await deployment.send('abort', { by: 'bo' });
          expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
          expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
        },
      );
    }, 240_000);
  });
}
