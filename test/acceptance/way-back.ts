import { expect } from '@jest/globals';
import { compareWorlds } from '../../sandbox/snapshot';
import { heldAtHalf, Stage, stageSpec, step } from './stage';

type Pods = { readonly items: readonly { readonly metadata: { readonly name: string } }[] };

/** Takes the readiness of the first pods of a colour away, as a node that fails does. */
async function unready(stage: Stage, colour: string, count: number): Promise<void> {
  const cluster = stage.cluster();
  const { namespace, selectorKey } = stage.sandbox.spec.production;
  const { items } = await cluster.call<Pods>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selectorKey}%3D${colour}`);
  expect(items.length).toBeGreaterThanOrEqual(count);
  for (const { metadata } of items.slice(0, count)) {
    await cluster.call(`/api/v1/namespaces/${namespace}/pods/${metadata.name}/status`, {
      method: 'PATCH',
      body: {
        status: {
          conditions: [
            { type: 'Ready', status: 'False', reason: 'NodeFailed' },
            { type: 'ContainersReady', status: 'False' },
          ],
        },
      },
    });
  }
}

/** Aborts at 50 % in the given situation, and proves that the traffic went back at once and everything else after it. */
async function abortAtHalf(stage: Stage, situation: (stage: Stage) => Promise<void>): Promise<void> {
  const deployment = await stage.deploy();
  await deployment.approve();
  await step(deployment, '2.3.watch-50');
  await situation(stage);
  const { live, candidate } = await deployment.status();
  await deployment.send('abort', { by: 'bo' });
  const said = Date.now();
  const shares = async () => (await stage.sandbox.stats()).shares;
  while ((await shares())[candidate?.colour ?? ''] !== 0) {
    expect(Date.now() - said).toBeLessThan(10_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect((await shares())[live?.colour ?? '']).toBe(100);
  expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
  expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
}

/** Where the best known controllers leave the traffic on the dead version, or hold it back. */
export const situations: readonly (readonly [string, number, (stage: Stage) => Promise<void>])[] = [
  ["with the candidate's pods all dead", 3, (stage) => stage.sandbox.setFault({ kind: 'crash', colour: 'blue' })],
  ['with one of three pods of the candidate ready', 3, (stage) => unready(stage, 'blue', 2)],
  ['with one of five old pods unready', 5, (stage) => unready(stage, 'green', 1)],
];

/** One abort in one situation, on a stage of its own. */
export async function bringsBack(replicas: number, situation: (stage: Stage) => Promise<void>): Promise<void> {
  // No signal ends it: only the person's word does.
  const stage = await Stage.open({ spec: { ...heldAtHalf(stageSpec()), signals: [] }, replicas });
  try {
    await stage.work();
    await abortAtHalf(stage, situation);
  } finally {
    await stage.close();
  }
}
