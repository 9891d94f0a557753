import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asActivities } from '../../activities/activity';
import { temporalDeployments } from '../../activities/ports/deployments/adapter';
import { createReports } from '../../activities/ports/reports/adapter';
import { reportActivities } from '../../activities/report';
import { readKept, readKeptRequest } from '../../client/report/kept';
import { modelOf } from '../../workflows/runbook/report/model';
import { reportFile, requestFile } from '../../workflows/runbook/report/place';
import type { DeploymentReport } from '../../workflows/runbook/view';
import { fakePorts } from '../fakes/ports';
import { FakeWorld } from './fake-world';
import { Harness, type Deployment } from './harness';

let harness: Harness;
let root: string;
let folder: string;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kept-report-'));
  folder = join(root, 'below', 'reports');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A world whose reports are kept by the worker's own activity, through Temporal and on the disk. */
function keepingWorld(): FakeWorld {
  const world = new FakeWorld();
  const ports = fakePorts({ deployments: temporalDeployments, reports: createReports({ ANALYTICS_DEPLOY_REPORTS: folder }) });
  world.keep = asActivities(reportActivities(ports)).keepReport;
  return world;
}

/** What the client would tell of the ended deployment, with the server still there. */
async function toldBy({ handle, request }: Deployment, report: DeploymentReport) {
  const { runId } = await handle.describe();
  const run = { namespace: 'default', workflowId: handle.workflowId, runId, status: 'completed' };
  return modelOf({ request, report, run: { ...run, startedAt: report.startedAt, closedAt: report.endedAt }, asOf: report.endedAt });
}

/** Events of the history that keeping the report costs. */
const costOf = (json: string): readonly string[] => {
  const { events } = JSON.parse(json) as { readonly events: readonly { readonly eventType: string }[] };
  const types = events.map(({ eventType }) => eventType.replace('EVENT_TYPE_', ''));
  return types.slice(types.lastIndexOf('ACTIVITY_TASK_SCHEDULED'));
};

describe('the report of a deployment that has ended', () => {
  test('is in a file that says what the result says, and is readable for its owner alone', async () => {
    await harness.deploy(keepingWorld(), async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report).not.toHaveProperty('unkept');
      const kept = await readKept(folder, deployment.request.deploymentId);
      expect(kept?.model).toEqual(await toldBy(deployment, report));
      expect(kept?.model).toMatchObject({ outcome: 'SUCCEEDED', missing: [], state: 'ended' });
      const { deploymentId } = deployment.request;
      expect((await readdir(folder)).toSorted()).toEqual([reportFile(deploymentId), requestFile(deploymentId)]);
      // What a rollback needs is what it was started with, and how it ended.
      const { kept: request } = (await readKeptRequest(folder, deploymentId)) ?? {};
      expect(request).toMatchObject({ request: deployment.request, ended: { outcome: 'SUCCEEDED', version: 'v1.0.0' } });
      expect((await stat(kept?.file ?? '')).mode & 0o777).toBe(0o600);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
    });
  });

  test('is kept for a deployment that was put back as well, with who said so and why', async () => {
    await harness.deploy(keepingWorld(), async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      await deployment.send('abort', { by: 'eva', comment: 'wrong release' });
      const report = await deployment.result();
      const kept = await readKept(folder, deployment.request.deploymentId);
      expect(kept?.model).toEqual(await toldBy(deployment, report));
      expect(kept?.model.decisions).toEqual([expect.objectContaining({ what: 'abort', by: 'eva', comment: 'wrong release' })]);
      expect(kept?.model.undone.length).toBeGreaterThan(0);
    });
  });

  test('costs the history a handful of events, whose size does not depend on the report', async () => {
    await harness.deploy(keepingWorld(), async (deployment) => {
      await deployment.approve();
      await deployment.result();
      const { json } = await deployment.history();
      expect(costOf(json).filter((type) => !type.startsWith('WORKFLOW_TASK'))).toEqual(
        expect.arrayContaining([
          'ACTIVITY_TASK_SCHEDULED',
          'ACTIVITY_TASK_STARTED',
          'ACTIVITY_TASK_COMPLETED',
          'WORKFLOW_EXECUTION_COMPLETED',
        ]),
      );
      expect(costOf(json).length).toBeLessThanOrEqual(9);
    });
  });

  test('that cannot be kept is a line of the result, after bounded tries, and changes nothing of the outcome', async () => {
    const world = new FakeWorld();
    let tries = 0;
    world.keep = () => {
      tries += 1;
      throw ApplicationFailure.create({ type: 'Unavailable', message: 'The report could not be written to /reports (ENOSPC).' });
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({
        outcome: 'SUCCEEDED',
        unkept: 'The report could not be written to /reports (ENOSPC).',
        left: [],
        waivers: [],
      });
      expect(tries).toBe(3);
    });
  });
});
