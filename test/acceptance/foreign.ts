import { describe, expect, test } from '@jest/globals';
import { hasStatus } from '../../sandbox/cluster/client';
import type { SandboxOptions } from '../../sandbox/world';
import type { DeploymentView } from '../../workflows/runbook/view';
import type { Deployment } from '../workflows/harness';
import { onStage, type Stage, stageSpec, step } from './stage';

/** Somebody else's hand on an object: as `kubectl edit` of one field. */
interface Edit {
  readonly what: 'weights' | 'image' | 'selector';
  readonly found: string;
  readonly make: (stage: Stage) => Promise<void>;
}

const path = (stage: Stage, group: string, plural: string, name: string) =>
  `${group}/namespaces/${stage.sandbox.spec.production.namespace}/${plural}/${name}`;

interface Route {
  readonly spec: { readonly rules: readonly { readonly backendRefs: readonly { readonly name: string; readonly weight?: number }[] }[] };
}

/** Sets the weights of both colours and keeps everything else. */
async function setWeights(stage: Stage, blue: number, green: number): Promise<void> {
  const { production } = stage.sandbox.spec;
  const cluster = stage.cluster();
  const route = path(stage, '/apis/gateway.networking.k8s.io/v1', 'httproutes', production.traffic.route ?? '');
  const { spec } = await cluster.call<Route>(route);
  const weights: Readonly<Record<string, number>> = {
    [production.colours['blue']?.service ?? '']: blue,
    [production.colours['green']?.service ?? '']: green,
  };
  const rules = spec.rules.map((rule) => ({
    ...rule,
    backendRefs: rule.backendRefs.map((ref) => ({ ...ref, weight: weights[ref.name] ?? ref.weight ?? 1 })),
  }));
  await cluster.call(route, { method: 'PATCH', body: { spec: { rules } } });
}

async function setImage(stage: Stage, colour: string): Promise<void> {
  const { production, image } = stage.sandbox.spec;
  const deployment = path(stage, '/apis/apps/v1', 'deployments', production.colours[colour]?.deployment ?? '');
  const cluster = stage.cluster();
  const { spec } = await cluster.call<{ spec: { template: { spec: { containers: { name: string; image: string }[] } } } }>(deployment);
  const containers = spec.template.spec.containers.map((one) =>
    one.name === image.container ? { ...one, image: 'somebody/else:1' } : one,
  );
  await cluster.call(deployment, { method: 'PATCH', body: { spec: { template: { spec: { containers } } } } });
}

async function setSelector(stage: Stage, colour: string): Promise<void> {
  const { production } = stage.sandbox.spec;
  await stage
    .cluster()
    .call(path(stage, '/api/v1', 'services', production.service), {
      method: 'PATCH',
      body: { spec: { selector: { [production.selectorKey]: colour } } },
    })
    .catch((error: unknown) => {
      if (!hasStatus(error, 409)) throw error;
    });
}

const weights: Edit = { what: 'weights', found: 'blue 35, green 65', make: (stage) => setWeights(stage, 35, 65) };
const image: Edit = { what: 'image', found: 'somebody/else:1', make: (stage) => setImage(stage, 'blue') };
const selector: Edit = { what: 'selector', found: 'red', make: (stage) => setSelector(stage, 'red') };

const hour = 3_600_000;
/** The deployment is held in the watch of that id; what comes before it is short. */
function heldAt(id: string) {
  const spec = stageSpec({ attention: { deadline: hour, undoDeadline: 2_000 } });
  const watchOf = (share: number, watch: number): number => (id === `2.3.watch-${share}` ? hour : watch);
  return {
    ...spec,
    signals: [],
    ramp: {
      ...spec.ramp,
      initial: { ...spec.ramp.initial, watch: id === '2.2.watch' ? hour : 400 },
      steps: spec.ramp.steps.map(({ share }) => ({ share, watch: watchOf(share, 400) })),
      selectorWatch: id === '2.3.watch-selector' ? hour : 400,
    },
  };
}

/** When somebody writes, what they write, and what the person then decides. */
const moments: readonly (readonly [at: string, edit: Edit, decides: 'adopt' | 'rollback' | 'put back and retry'])[] = [
  ['2.2.watch', weights, 'rollback'],
  ['2.2.watch', image, 'rollback'],
  ['2.3.watch-20', weights, 'adopt'],
  ['2.3.watch-50', weights, 'put back and retry'],
  ['2.3.watch-50', image, 'rollback'],
  ['2.3.watch-80', weights, 'adopt'],
  ['2.3.watch-100', weights, 'rollback'],
  ['2.3.watch-selector', selector, 'rollback'],
  ['2.3.watch-selector', weights, 'adopt'],
  ['2.3.watch-selector', image, 'adopt'],
];

const needsAttention = (view: DeploymentView): boolean => view.attention !== null;

async function decide(
  stage: Stage,
  deployment: Deployment,
  decides: (typeof moments)[number][2],
  watch: string,
  share: number,
): Promise<void> {
  if (decides === 'rollback') {
    await deployment.send('rollback', { by: 'bo' });
    return;
  }
  if (decides === 'put back and retry') await setWeights(stage, share, 100 - share);
  await deployment.send(decides === 'adopt' ? 'adopt' : 'retry', { by: 'bo', step: watch });
  await step(deployment, watch);
  await deployment.send('abort', { by: 'bo' });
}

/** What other people write while a deployment runs is named within one sample, never overwritten without a word, and holds no way back up. */
export function foreignSuite(cluster: NonNullable<SandboxOptions['cluster']>): void {
  describe(`somebody else's write, on ${typeof cluster === 'string' ? cluster : 'a given cluster'}`, () => {
    test.each(moments)(
      'in %s is noticed, named and left alone until a person decides: %j, %s',
      async (at, edit, decides) => {
        await onStage({ cluster, spec: heldAt(at) }, async (stage) => {
          await stage.work();
          const deployment = await stage.deploy();
          await deployment.approve();
          await step(deployment, at);
          const writes = (await stage.ownWrites()).length;
          await edit.make(stage);
          const { attention, share } = await deployment.until(needsAttention, 20_000);
          expect(attention).toMatchObject({ step: at, choices: expect.arrayContaining(['retry', 'adopt', 'rollback']) });
          expect(attention?.reason).toContain(edit.found);
          expect(attention?.reason).toContain('somebody-else');
          expect(await stage.ownWrites()).toHaveLength(writes);
          await decide(stage, deployment, decides, at, share);
          const report = await deployment.result();
          // Whatever it is, traffic is where it was: the colour that served before serves all of it.
          expect((await stage.sandbox.stats()).shares['green']).toBe(100);
          const left = report.left.map(({ subject }) => subject);
          expect(left).toEqual(edit.what === 'image' ? ['analytics/deployment/analytics-blue', ...flagsOf(left)] : []);
        });
      },
      120_000,
    );

    test('while everything is put back holds nothing up: the traffic is back at once, and whom it overrode is told', async () => {
      await onStage({ cluster, spec: heldAt('2.3.watch-50') }, async (stage) => {
        await stage.work();
        const deployment = await stage.deploy();
        await deployment.approve();
        await step(deployment, '2.3.watch-50');
        await weights.make(stage);
        const said = Date.now();
        await deployment.send('abort', { by: 'bo' });
        while ((await stage.sandbox.stats()).shares['green'] !== 100) {
          expect(Date.now() - said).toBeLessThan(10_000);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        const report = await deployment.result();
        expect(report).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
        expect(report.undone.map(({ note }) => note).join('; ')).toContain('overrode weights blue 35, green 65 by somebody-else');
      });
    }, 120_000);
  });
}

/** Flags that a Deployment may still name are left with it. */
const flagsOf = (left: readonly string[]): readonly string[] => left.filter((subject) => subject.includes('/configmap/'));
