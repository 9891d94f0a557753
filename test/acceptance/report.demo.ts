import { afterEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mintDeploymentId } from '../../client/ids';
import type { ReportModel } from '../../workflows/runbook/report/model';
import type { Deployment } from '../workflows/harness';
import { Stage, stageSpec, step } from './stage';

const command = join(__dirname, '..', '..', 'bin', 'analytics-deploy.js');
const run = promisify(execFile);

let stage: Stage;
afterEach(() => stage.close());

/** The report as a person gets it, in one form. */
async function reportAs(form: 'md' | 'html' | 'json', id: string): Promise<{ readonly text: string; readonly note: string }> {
  const { stdout, stderr } = await run(process.execPath, [command, 'report', id, '--format', form], { env: stage.environment() });
  return { text: stdout, note: stderr };
}
const modelOf = async (id: string): Promise<ReportModel> => JSON.parse((await reportAs('json', id)).text) as ReportModel;

/** A deployment whose id no other test has, once Temporal's visibility knows it. */
async function deploy(): Promise<Deployment> {
  const deployment = await stage.deploy({ deploymentId: mintDeploymentId(stage.sandbox.spec, 'v1.0.0', new Date()) });
  const query = `DeployId = '${deployment.request.deploymentId}'`;
  while ((await stage.temporal.client.workflow.count(query)).count === 0) await delay(50);
  return deployment;
}

/** As retention does it: Temporal forgets the deployment. */
async function forget({ handle }: Deployment): Promise<void> {
  const { client } = stage.temporal;
  await client.workflowService.deleteWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId },
  });
  while (await handle.describe().then(Boolean, () => false)) await delay(100);
}

describe('the report of a deployment in the sandbox', () => {
  test('is told while it runs, after it has ended, and the same after Temporal has dropped the history; no form knows a secret', async () => {
    stage = await Stage.open({ spec: stageSpec() });
    await stage.work();
    const deployment = await deploy();
    const { deploymentId } = deployment.request;
    await deployment.until((view) => view.gate !== null);
    const running = await modelOf(deploymentId);
    expect(running.sentence).toMatch(/waiting for approval, as of \d{4}-\d\d-\d\d/);
    expect(running.sections.find(({ id }) => id === '1.1')).toMatchObject({ state: 'done' });

    await deployment.approve();
    await step(deployment, '2.2.watch');
    await deployment.send('abort', { by: 'eva', comment: 'the wrong one' });
    const result = await deployment.result();
    expect(result).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
    const ended = await modelOf(deploymentId);
    expect(ended).toMatchObject({ outcome: 'ROLLED_BACK', missing: [], releaseDigest: result.releaseDigest });
    expect(ended.undone.length).toBe(result.undone.length);

    await forget(deployment);
    expect(await readdir(stage.reports)).toContain(`${deploymentId}.json`);
    const { text, note } = await reportAs('json', deploymentId);
    expect(note).toContain(`From the file that was kept at its end: ${stage.reports}`);
    // The web UI has nothing to show any more.
    const links = ended.links.filter(({ title }) => !title.includes('web UI'));
    expect(JSON.parse(text)).toEqual({ ...ended, links });

    for (const form of ['md', 'html', 'json'] as const) {
      const told = (await reportAs(form, deploymentId)).text;
      expect(told).toContain('the wrong one');
      for (const secret of stage.secrets()) expect(told).not.toContain(secret);
    }
  }, 240_000);

  test('is the half that the history tells where the run was terminated and left none', async () => {
    stage = await Stage.open({ spec: stageSpec() });
    await stage.work();
    const deployment = await deploy();
    await deployment.until((view) => view.gate !== null);
    await deployment.handle.terminate('by the test');
    const model = await modelOf(deployment.request.deploymentId);
    expect(model.sentence).toContain('terminated from outside: nothing was put back');
    expect(model.missing.join(' ')).toContain('the run is terminated and left no report');
    const staging = model.sections.find(({ id }) => id === '1.1');
    expect(staging?.steps.find(({ id }) => id === '1.1.image')).toMatchObject({ state: 'done', took: expect.any(Number) });
    expect(model.decisions).toEqual([]);
  }, 240_000);
});
