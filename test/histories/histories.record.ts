import { describe, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crashAt } from '../acceptance/crash';
import { Stage, stageSpec, step } from '../acceptance/stage';
import type { Deployment } from '../workflows/harness';
import { anonymous } from './anonymous';

const keep = (name: string, json: string): Promise<void> => writeFile(join(__dirname, `${name}.json`), anonymous(json));

/** Runs one deployment in the sandbox and keeps its history. */
async function record(name: string, perform: (deployment: Deployment, stage: Stage) => Promise<unknown>): Promise<void> {
  const stage = await Stage.open({ spec: stageSpec() });
  try {
    await stage.work();
    const deployment = await stage.deploy();
    await perform(deployment, stage);
    await deployment.result();
    await keep(name, (await deployment.history()).json);
  } finally {
    await stage.close();
  }
}

describe('recording histories', () => {
  test('happy', () => record('happy', (deployment) => deployment.approve()), 120_000);
  test('failed', () =>
    record('failed', async (deployment, stage) => {
      await stage.sandbox.setFault({ kind: 'errors', atShare: 50 });
      await deployment.approve();
    }), 120_000);
  test('aborted in a watch, after a pause', () =>
    record('aborted', async (deployment) => {
      await deployment.approve();
      await step(deployment, '2.2.watch');
      await deployment.send('pause', { by: 'bo' });
      await deployment.send('resume', { by: 'bo' });
      await step(deployment, '2.3.watch-20');
      await deployment.send('abort', { by: 'bo', comment: 'looks wrong' });
    }), 120_000);
  test('rejected at the gate', () =>
    record('rejected', async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      await deployment.send('reject', { gate: 'production', digest: gate?.digest ?? '', by: 'bo' });
    }), 120_000);
  test('cancelled through Temporal', () =>
    record('cancelled', async (deployment) => {
      await deployment.approve();
      await step(deployment, '2.2.watch');
      await deployment.handle.cancel();
    }), 120_000);
  test('crashed in a watch', async () => keep('crashed', await crashAt('in step 2.3')), 120_000);
  test('crashed while everything was put back', async () => keep('crashed-unwinding', await crashAt('while everything is put back')), 120_000);
});
