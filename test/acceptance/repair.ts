import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { doubled, effectsOf } from '../../sandbox/effects';
import { compareWorlds } from '../../sandbox/snapshot';
import type { SandboxOptions } from '../../sandbox/world';
import { heldAtHalf, onStage, type Stage, stageSpec, step } from './stage';

const root = join(__dirname, '..', '..');

interface Answer {
  readonly code: number | null;
  readonly said: string;
  readonly told: {
    readonly done: boolean;
    readonly subjects: readonly { readonly isBack: boolean }[];
    readonly restored: readonly unknown[];
    readonly left: readonly unknown[];
  };
}

/** `analytics-deploy repair` as a person runs it, by the cluster alone or with Temporal beside it. */
export const repair = (stage: Stage, ...options: readonly string[]): Promise<Answer> =>
  repairAs(stage, stage.sandbox.kubeconfigPath, ...options);

/** The same with the rights of a kubeconfig. */
export async function repairAs(stage: Stage, kubeconfig: string, ...options: readonly string[]): Promise<Answer> {
  const { production, service } = stage.sandbox.spec;
  const place = ['--namespace', production.namespace, '--service', service, '--cluster', production.cluster];
  const child = spawn(process.execPath, [join(root, 'bin', 'analytics-deploy.js'), 'repair', ...place, '--json', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: stage.environment(kubeconfig),
  });
  let [stdout, said] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said, told: JSON.parse(stdout || 'null') as Answer['told'] };
}

/** The world as it was before, and not one write more than there was. */
async function expectAsBefore(stage: Stage): Promise<void> {
  expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
  expect(doubled(effectsOf(await stage.sandbox.ledger()))).toEqual([]);
}

async function atHalf(stage: Stage) {
  const deployment = await stage.deploy();
  await deployment.approve();
  await step(deployment, '2.3.watch-50');
  return deployment;
}

/** What happens to a deployment in the middle of the ramp, so that it cannot put anything back itself. */
export function repairSuite(cluster: NonNullable<SandboxOptions['cluster']>): void {
  const options = { cluster, spec: { ...heldAtHalf(stageSpec()), signals: [] } };

  describe(`a repair, on ${typeof cluster === 'string' ? cluster : 'a given cluster'}`, () => {
    test('puts back what a deployment left that was terminated in the ramp; run again it has nothing to do', async () => {
      await onStage(options, async (stage) => {
        await stage.work();
        const deployment = await atHalf(stage);
        await deployment.handle.terminate('an accident');
        const looked = await repair(stage, '--dry-run');
        expect(looked).toMatchObject({ code: 0, told: { done: false } });
        expect(looked.told.subjects.length).toBeGreaterThanOrEqual(4);
        const done = await repair(stage, '--yes');
        expect(done).toMatchObject({ code: 0, told: { done: true, left: [] } });
        await expectAsBefore(stage);
        const writes = (await stage.ownWrites()).length;
        expect(await repair(stage, '--yes')).toMatchObject({ code: 0, told: { done: false, restored: [] } });
        expect(await stage.ownWrites()).toHaveLength(writes);
        // The next deployment finds the target free.
        const next = await stage.deploy({ version: 'v1.1.0' });
        await next.approve();
        await step(next, '2.3.watch-50');
      });
    }, 240_000);

    test('is refused while a worker is at work on the deployment', async () => {
      await onStage(options, async (stage) => {
        await stage.work();
        await atHalf(stage);
        const answer = await repair(stage, '--yes');
        expect(answer.code).toBe(5);
        expect(answer.said).toContain('its worker is at work');
      });
    }, 240_000);

    test('that only clears lock and record leaves the world, and the deployment that held them lists what stands as it is', async () => {
      await onStage(options, async (stage) => {
        // A worker that hears of it while it is under way may still put something back before it is fenced off: here none does.
        const worker = stage.spawnWorker();
        const deployment = await atHalf(stage);
        worker.kill('SIGKILL');
        await once(worker, 'exit');
        expect(await repair(stage, '--release', '--take-over', '--yes')).toMatchObject({ code: 0, told: { left: [] } });
        const writes = (await stage.ownWrites()).length;
        await stage.work();
        const { outcome, left } = await deployment.result();
        expect(outcome).toBe('ROLLBACK_INCOMPLETE');
        expect(left.find(({ subject }) => subject.includes('httproute'))?.reason).toContain('taken over, as it stands');
        expect((await stage.sandbox.stats()).shares['blue']).toBeGreaterThan(0);
        // Nothing but staging, which has no lock, was put back.
        const since = (await stage.ownWrites()).slice(writes);
        expect(since.filter(({ namespace }) => namespace === stage.sandbox.spec.production.namespace)).toEqual([]);
      });
    }, 240_000);

    test('works while no worker is there; the worker that comes back writes nothing any more', async () => {
      await onStage(options, async (stage) => {
        const worker = stage.spawnWorker();
        const deployment = await atHalf(stage);
        worker.kill('SIGKILL');
        await once(worker, 'exit');
        expect(await repair(stage, '--yes', '--take-over')).toMatchObject({ code: 0, told: { left: [] } });
        await expectAsBefore(stage);
        const writes = (await stage.ownWrites()).length;
        await stage.work();
        await deployment.send('abort', { by: 'bo' });
        expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
        expect(await stage.ownWrites()).toHaveLength(writes);
        await expectAsBefore(stage);
      });
    }, 240_000);

    test('works while the workflow task of the deployment fails for ever; the corrected worker writes nothing any more', async () => {
      await onStage(options, async (stage) => {
        const worker = stage.spawnWorker();
        const deployment = await atHalf(stage);
        worker.kill('SIGKILL');
        await once(worker, 'exit');
        const stopBroken = await stage.workBroken(join(__dirname, 'broken-workflows.ts'));
        await deployment.handle.signal('abort', { by: 'bo', requestId: 'abort-1' });
        await stage.untilTaskFails(deployment);
        expect(await repair(stage, '--yes')).toMatchObject({ code: 0, told: { left: [] } });
        await expectAsBefore(stage);
        const writes = (await stage.ownWrites()).length;
        await stopBroken();
        await stage.work();
        expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
        expect(await stage.ownWrites()).toHaveLength(writes);
        await expectAsBefore(stage);
      });
    }, 240_000);
  });
}
