import { afterEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mintDeploymentId } from '../../client/ids';
import { followUpIdOf, followUpStatus } from '../../workflows/messages';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { ReportModel } from '../../workflows/runbook/report/model';
import type { Deployment } from '../workflows/harness';
import { Stage, stageSpec, step, withSections } from './stage';

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
async function deploy(change: Partial<DeploymentRequest> = {}): Promise<Deployment> {
  const deployment = await stage.deploy({ ...change, deploymentId: mintDeploymentId(stage.sandbox.spec, 'v1.0.0', new Date()) });
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

    expect(ended.success).toEqual({ leftOut: 'a short run is judged by its watches alone', criteria: [] });
    expect(ended.followUps).toMatchObject({ state: 'left out' });
    for (const form of ['md', 'html', 'json'] as const) {
      const told = (await reportAs(form, deploymentId)).text;
      expect(told).toContain('the wrong one');
      expect(told).toContain('a short run is judged by its watches alone');
      expect(told).toContain('Left out: a short run is not looked after for a month.');
      for (const secret of stage.secrets()) expect(told).not.toContain(secret);
    }
  }, 240_000);

  test('has what made it a success, what was monitored and how the release is looked after, each by its own heading', async () => {
    stage = await Stage.open({ spec: stageSpec() });
    await stage.work();
    const { spec } = stage.sandbox;
    const { success, followUps } = spec;
    const [phase] = followUps?.phases ?? [];
    if (!success || !followUps || !phase) throw new Error('The default spec has no success criteria or no follow-ups.');
    const judged = ['success.smoke', 'success.errors', 'success.security'];
    const deployment = await deploy({
      spec: withSections(spec, ['monitoring', 'success', 'follow-up'], {
        success: { criteria: success.criteria.filter(({ id }) => judged.includes(id)) },
        followUps: {
          ...followUps,
          window: 1_000,
          phases: [{ ...phase, every: 4_000, until: 3_600_000, digest: 3_600_000, attestations: [] }],
        },
      }),
    });
    const { deploymentId } = deployment.request;
    await deployment.approve();
    const people = { 'monitoring.cdn': 'cy', 'business.accuracy': 'eva', 'success.security': 'bo' } as const;
    const isOpen = (id: string) => (one: { readonly id: string; readonly state: string }) => one.id === id && one.state === 'open';
    for (const [item, by] of Object.entries(people)) {
      await deployment.until(({ attestations = [] }) => attestations.some(isOpen(item)), 180_000);
      await deployment.send('attest', { by, item, comment: `${item} looked at` });
    }
    expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
    const { client } = stage.temporal;
    const followed = client.workflow.getHandle(followUpIdOf(deploymentId));
    while ((await followed.query(followUpStatus)).recent.length === 0) await delay(200);

    const check = ({ success: told, monitoring, followUps: after }: ReportModel): void => {
      expect(told?.criteria).toMatchObject([
        { id: 'success.smoke', verdict: 'met', evidence: expect.stringMatching(/^1\.2: \d of \d/) },
        { id: 'success.errors', verdict: 'met', evidence: expect.stringMatching(/within its limit in \d watches/) },
        { id: 'success.security', verdict: 'met', by: 'bo', evidence: 'success.security looked at' },
      ]);
      // How fast answers are is not measured on a stage.
      const signals = (monitoring?.signals ?? []).filter(({ id }) => id !== 'application.latency');
      const measured = signals.filter(({ source }) => source.startsWith('/metrics') || source.startsWith('every watch'));
      expect(measured.length).toBeGreaterThan(8);
      expect(measured.filter(({ verdict, limit }) => verdict !== 'met' || limit === '')).toEqual([]);
      expect(measured.filter((signal) => !/^[\d.e-]+/.test(signal.measured))).toEqual([]);
      expect(monitoring?.signals.find(({ id }) => id === 'infrastructure.cdn')).toMatchObject({ verdict: 'met', by: 'cy' });
      expect(after).toMatchObject({
        state: 'running',
        workflowId: followUpIdOf(deploymentId),
        last: { verdict: 'pass' },
        phases: [{ title: phase.title }],
      });
    };
    check(await modelOf(deploymentId));
    await forget(deployment);
    // The file that was kept has what was measured; the follow-ups are asked all the same.
    check(await modelOf(deploymentId));

    expect((await reportAs('md', deploymentId)).text).toMatch(
      /## Success criteria[^]*## Monitoring[^]*## Follow-ups\n\nRunning, first day/,
    );
    const page = (await reportAs('html', deploymentId)).text;
    for (const id of ['success', 'monitoring', 'follow-ups']) expect(page).toContain(`<section id="${id}"`);
    await followed.terminate('test over');
  }, 300_000);

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
