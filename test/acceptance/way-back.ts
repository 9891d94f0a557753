import { expect } from '@jest/globals';
import { hasStatus } from '../../sandbox/cluster/client';
import { compareWorlds } from '../../sandbox/snapshot';
import type { SandboxOptions } from '../../sandbox/world';
import { heldAtHalf, onStage, type Stage, stageSpec, step } from './stage';

type Pods = { readonly items: readonly { readonly metadata: { readonly name: string } }[] };

/** Takes the readiness of the first pods of a colour away, as a node that fails does. Gives the function that gives it back. */
async function unready(stage: Stage, colour: string, count: number): Promise<() => Promise<void>> {
  const cluster = stage.cluster();
  const { namespace, selectorKey } = stage.sandbox.spec.production;
  const { items } = await cluster.call<Pods>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selectorKey}%3D${colour}`);
  expect(items.length).toBeGreaterThanOrEqual(count);
  const report = async (status: 'True' | 'False', reason: string): Promise<void> => {
    for (const { metadata } of items.slice(0, count)) {
      const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status, reason }));
      await cluster
        .call(`/api/v1/namespaces/${namespace}/pods/${metadata.name}/status`, { method: 'PATCH', body: { status: { conditions } } })
        .catch((error: unknown) => {
          // The candidate's pods are gone by then.
          if (!hasStatus(error, 404)) throw error;
        });
    }
  };
  await report('False', 'NodeFailed');
  return () => report('True', 'NodeIsBack');
}

type Situation = (stage: Stage) => Promise<() => Promise<void>>;

/** Aborts at 50 % in the given situation, and proves that the traffic went back at once and everything else after it. */
async function abortAtHalf(stage: Stage, situation: Situation, run: number): Promise<void> {
  const stamp = `20261124T02${String(run).padStart(2, '0')}00Z`;
  const deployment = await stage.deploy({ deploymentId: `analytics-production-v1.0.0-${stamp}` });
  await deployment.approve();
  await step(deployment, '2.3.watch-50');
  const mend = await situation(stage);
  const { live, candidate, gate } = await deployment.status();
  await deployment.send('abort', { by: 'bo' });
  const said = Date.now();
  const shares = async () => (await stage.sandbox.stats()).shares;
  while ((await shares())[candidate?.colour ?? ''] !== 0) {
    expect(Date.now() - said).toBeLessThan(10_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect((await shares())[live?.colour ?? '']).toBe(100);
  expect((await stage.sandbox.stats()).ready[live?.colour ?? '']).toBeGreaterThan(0);
  expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
  expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
  // What was aborted stays so: nobody makes it live by a word that comes too late.
  const late = { by: 'eva', gate: 'production', digest: gate?.digest ?? 'd2cbbd263de0' };
  for (const word of ['resume', 'approve'] as const) await expect(deployment.send(word, late)).rejects.toThrow();
  await mend();
}

/** How long nothing may be written after a deployment has ended, in milliseconds. */
const stillness = 30_000;

/** Where the best known controllers leave the traffic on the dead version, or hold it back. */
export const situations: readonly (readonly [string, number, Situation])[] = [
  [
    "with the candidate's pods all dead",
    3,
    async ({ sandbox }) => {
      await sandbox.setFault({ kind: 'crash', colour: 'blue' });
      return () => sandbox.clearFaults();
    },
  ],
  ['with one of three pods of the candidate ready', 3, (stage) => unready(stage, 'blue', 2)],
  ['with one of five old pods unready', 5, (stage) => unready(stage, 'green', 1)],
];

/** Aborts in one situation, one deployment after the other on the same stage; at the end nothing is written any more. */
export async function bringsBack(
  replicas: number,
  situation: Situation,
  {
    cluster = 'stand-in',
    times = 1,
    isStill = false,
  }: { readonly cluster?: SandboxOptions['cluster']; readonly times?: number; readonly isStill?: boolean } = {},
): Promise<void> {
  // No signal ends it: only the person's word does.
  await onStage({ spec: { ...heldAtHalf(stageSpec()), signals: [] }, replicas, cluster }, async (stage) => {
    await stage.work();
    for (let run = 0; run < times; run++) await abortAtHalf(stage, situation, run);
    if (!isStill) return;
    const writes = (await stage.ownWrites()).length;
    await new Promise((resolve) => setTimeout(resolve, stillness));
    expect(await stage.ownWrites()).toHaveLength(writes);
  });
}
