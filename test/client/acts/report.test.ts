import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report } from '../../../client/acts/report';
import { failure } from '../../../client/problems';
import { modelOf, type ReportModel } from '../../../workflows/runbook/report/model';
import { reportFile } from '../../../workflows/runbook/report/place';
import { testRequest } from '../../workflows/test-request';
import { contextOf, worldOf } from '../fake-engine';
import { began, deploymentId, minute, ramping, reportOf, runOf } from '../fixtures';
import { lookedAfter, rolledBack, succeeded } from '../report/material';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reports-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const request = testRequest();
const ended = () => worldOf({ runs: [runOf({ status: 'completed', closedAt: began })], report: reportOf(), request });
const names = ['deploymentId', 'service', 'environment', 'version', 'requester', 'state', 'sentence', 'asOf', 'startedAt'];
const texts = Object.fromEntries(names.map((name) => [name, name]));
const keep = async (change: Partial<ReportModel> = {}): Promise<ReportModel> => {
  const model = { ...(await modelOf(rolledBack())), ...change };
  await writeFile(join(folder, reportFile(model.deploymentId)), JSON.stringify(model));
  return model;
};

describe('report', () => {
  test('of an ended deployment is Markdown on standard output', async () => {
    const { context, stdout } = contextOf(ended(), { id: deploymentId });
    expect(await report(context)).toBe(0);
    expect(stdout()).toMatch(/^# analytics v1\.0\.0 → production: report\n\n## Outcome\n\nanalytics v1\.0\.0 in production: succeeded\./);
    expect(stdout()).toContain('workflow in the web UI');
  });

  test('goes into a file in the form that is asked for, whole or not at all', async () => {
    const output = join(folder, 'report.html');
    const { context, stdout } = contextOf(ended(), { id: deploymentId, options: { format: 'html', output } });
    expect(await report(context)).toBe(0);
    expect(await readFile(output, 'utf8')).toMatch(/^<!doctype html>/);
    expect(await readdir(folder)).toEqual(['report.html']);
    expect(stdout()).toContain(`Wrote ${output}: analytics v1.0.0 in production: succeeded.`);
    const nowhere = contextOf(ended(), { id: deploymentId, options: { output: join(folder, 'no', 'such', 'x.md') } });
    await expect(report(nowhere.context)).rejects.toMatchObject({ code: 2, message: expect.stringContaining('ENOENT') });
  });

  test('under --json is the model and nothing else', async () => {
    const { context, stdout } = contextOf(ended(), { id: deploymentId, json: true });
    await report(context);
    expect(JSON.parse(stdout())).toMatchObject({ schemaVersion: 1, outcome: 'SUCCEEDED', plan: { digest: request.planDigest } });
  });

  test('of one that runs says so, and as of when', async () => {
    const { context, stdout } = contextOf(worldOf({ runs: [runOf()], view: ramping(), request }), { id: deploymentId });
    await report(context);
    expect(stdout()).toMatch(/running, as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    expect(stdout()).toContain('## Where it stands');
  });

  test('while no worker is there tells what the history tells, and which half is missing', async () => {
    const step = { id: '1.1.tag', state: 'done', startedAt: began, endedAt: began + minute, note: '' } as const;
    const world = worldOf({ runs: [runOf()], pollers: [], request, happened: { steps: [step], decisions: [], undone: [] } });
    const { context, stdout } = contextOf(world, { id: deploymentId });
    expect(await report(context)).toBe(0);
    expect(stdout()).toContain('because no worker answers');
    expect(stdout()).toMatch(/`1\.1\.tag` \| tag the release: [^|]+ \| done/);
    expect(stdout()).toContain('No worker is polling "analytics-deploy"');
  });

  test('of one that Temporal does not know any more is the file that was kept at its end', async () => {
    const model = await keep();
    const { context, stdout, stderr } = contextOf(worldOf(), { id: model.deploymentId, json: true });
    expect(await report({ ...context, env: { ...context.env, ANALYTICS_DEPLOY_REPORTS: folder } })).toBe(0);
    expect(JSON.parse(stdout())).toEqual(model);
    expect(stderr()).toContain(`From the file that was kept at its end: ${folder}`);
  });

  test('that an older build kept has no sections for what that build did not tell', async () => {
    const { success: _, monitoring: __, followUps: ___, ...older } = await modelOf(succeeded());
    await writeFile(join(folder, reportFile(deploymentId)), JSON.stringify(older));
    const { context, stdout } = contextOf(worldOf(), { id: deploymentId, options: { from: folder } });
    expect(await report(context)).toBe(0);
    expect(stdout()).not.toMatch(/## (?:Success|Monitoring|Follow-ups)/);
  });

  test('asks the follow-ups, also where the deployment itself is only in the file that was kept', async () => {
    const followUps = runOf({ workflowId: `follow-up:${deploymentId}`, memo: {} });
    const whole = worldOf({ ...ended(), followUp: lookedAfter });
    whole.runs.push(followUps);
    const { context, stdout } = contextOf(whole, { id: deploymentId });
    await report(context);
    expect(stdout()).toContain('## Follow-ups\n\nRunning, first day: NOT as it should be.');

    const kept = await modelOf(succeeded());
    await writeFile(join(folder, reportFile(deploymentId)), JSON.stringify(kept));
    const later = contextOf(worldOf({ runs: [followUps], followUp: lookedAfter }), { id: deploymentId, json: true });
    await report({ ...later.context, env: { ...later.context.env, ANALYTICS_DEPLOY_REPORTS: folder } });
    expect(JSON.parse(later.stdout())).toMatchObject({
      outcome: 'SUCCEEDED',
      followUps: { state: 'running', planned: 34, phases: [{ title: 'first day' }, {}, {}], looks: { failed: 1 } },
    });
  });

  test('is read from the file as well where Temporal cannot be reached at all, and from a folder that is named without asking it', async () => {
    const model = await keep();
    const { context, stdout } = contextOf(worldOf(), { id: model.deploymentId });
    const away = { ...context, connect: () => Promise.reject(failure('Cannot reach Temporal.')) };
    expect(await report({ ...away, env: { ANALYTICS_DEPLOY_REPORTS: folder } })).toBe(0);
    expect(await report({ ...away, options: { from: folder } })).toBe(0);
    expect(stdout().match(/ROLLBACK INCOMPLETE: finish it by hand/g)).toHaveLength(2);
  });

  test('of a lane is its newest file, and not one of a lane whose name begins alike', async () => {
    await keep({ deploymentId: 'analytics-production-v1.0.0-20261124T020000Z', startedAt: '2026-11-24T02:00:00.000Z', version: 'v1.0.0' });
    await keep({ deploymentId: 'analytics-production-v1.1.0-20261125T020000Z', startedAt: '2026-11-25T02:00:00.000Z', version: 'v1.1.0' });
    await keep({
      deploymentId: 'analytics-production-eu-v2-20261126T020000Z',
      environment: 'production-eu',
      startedAt: '2026-11-26T02:00:00.000Z',
      version: 'v2',
    });
    const { context, stdout } = contextOf(worldOf(), { id: 'deploy:analytics:production', options: { from: folder } });
    await report(context);
    expect(stdout()).toContain('# analytics v1.1.0 → production: report');
  });

  test('that is nowhere says where it was looked for, and how to say where else', async () => {
    const { context } = contextOf(worldOf(), { id: deploymentId });
    await expect(report({ ...context, env: { ANALYTICS_DEPLOY_REPORTS: folder } })).rejects.toMatchObject({
      code: 5,
      message: expect.stringMatching(/There is no deployment[\s\S]*No report of it is kept in .*--from <folder>/),
    });
    await expect(report({ ...context, options: { from: folder } })).rejects.toMatchObject({ code: 5 });
    await expect(report({ ...context, arguments: {}, options: { from: folder } })).rejects.toMatchObject({ code: 2 });
  });

  test.each([
    ['is no JSON', 'nothing', /is no report/],
    ['is of a newer build', JSON.stringify({ schemaVersion: 99 }), /newer build/],
    ['is not whole', JSON.stringify({ schemaVersion: 1, sections: 'none' }), /no whole report/],
    ['lacks a list', JSON.stringify({ ...texts, schemaVersion: 1, success: { criteria: 'all' } }), /no whole report/],
  ])('a file that %s is said to be that', async (_, text, says) => {
    await writeFile(join(folder, reportFile(deploymentId)), text);
    const { context } = contextOf(worldOf(), { id: deploymentId, options: { from: folder } });
    await expect(report(context)).rejects.toMatchObject({ code: 1, message: expect.stringMatching(says) });
  });

  test('what somebody wrote into the file steers no terminal', async () => {
    const model = await keep({ sentence: 'done \u001b[2J\u202E' });
    const { context, stdout } = contextOf(worldOf(), { id: model.deploymentId, options: { from: folder } });
    await report(context);
    expect(stdout()).not.toMatch(/[\u001b\u202E]/);
  });
});
