import { expect } from '@jest/globals';
import { once } from 'node:events';
import { doubled, effectsOf } from '../../sandbox/effects';
import { compareWorlds } from '../../sandbox/snapshot';
import type { Deployment } from '../workflows/harness';
import { heldAtHalf, onStage, type Stage, stageSpec, step } from './stage';

/** Where the worker is killed: by SIGKILL, in the middle of what runs then. */
export const moments: Readonly<
  Record<string, { readonly fails: boolean; readonly reach: (deployment: Deployment, stage: Stage) => Promise<unknown> }>
> = {
  'in step 2.2': { fails: false, reach: (deployment) => step(deployment, '2.2.watch') },
  'in step 2.3': { fails: false, reach: (deployment) => step(deployment, '2.3.watch-50') },
  'while everything is put back': { fails: true, reach: firstUndo },
};

/** The watch at 50 % fails, and the first undo's write has been sent but not carried out: it will be, long after the worker is dead. */
async function firstUndo(deployment: Deployment, { sandbox }: Stage): Promise<void> {
  await step(deployment, '2.3.watch-50');
  const held = sandbox.cluster.faults.add({
    match: { verb: 'patch', resource: 'httproutes' },
    effect: { kind: 'delay', milliseconds: 3_000 },
    times: 1,
  });
  const { candidate } = await deployment.status();
  await sandbox.setFault({ kind: 'errors', colour: candidate?.colour ?? '' });
  await deployment.until(() => held.hits() > 0);
  expect((await deployment.status()).state).toBe('unwinding');
}

/** Kills the worker at a moment, starts another one, and proves the same end as without the kill, with no write done twice. */
export async function crashAt(moment: string): Promise<string> {
  const where = moments[moment];
  if (!where) throw new Error(`There is no moment "${moment}".`);
  return onStage({ spec: where.fails ? heldAtHalf(stageSpec()) : stageSpec() }, async (stage) => {
    const worker = stage.spawnWorker();
    const deployment = await stage.deploy();
    await deployment.approve();
    await where.reach(deployment, stage);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    stage.spawnWorker();
    const report = await deployment.result();
    expect(report).toMatchObject({ outcome: where.fails ? 'ROLLED_BACK' : 'SUCCEEDED', left: [] });
    if (where.fails) expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
    else expect((await stage.sandbox.stats()).shares).toEqual({ blue: 100, green: 0 });
    const effects = effectsOf(await stage.sandbox.ledger());
    expect(effects.length).toBeGreaterThan(5);
    expect(doubled(effects)).toEqual([]);
    return (await deployment.history()).json;
  });
}
