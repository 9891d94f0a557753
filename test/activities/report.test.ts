import { describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import type { Deployments } from '../../activities/ports/deployments';
import type { DeploymentReport } from '../../workflows/runbook/view';
import { reportOf } from '../client/fixtures';
import { fakePorts } from '../fakes/ports';
import { testRequest } from '../workflows/test-request';
import { failing, run } from './run';

const request = testRequest();

function worldOf(report: DeploymentReport | null) {
  const kept = new Map<string, string>();
  const deployments: Deployments = {
    own: () => ({ namespace: 'default', workflowId: 'deploy:analytics:production', runId: 'run-1' }),
    requestOf: async () => request,
    ownReport: async () => report,
    open: async () => [],
    stateOf: async () => 'unknown',
  };
  const reports = { keep: async (name: string, text: string) => (kept.set(name, text), `/reports/${name}`) };
  return { kept, keepReport: createActivities(fakePorts({ deployments, reports })).keepReport };
}

describe('keeping the report', () => {
  test('writes what the deployment itself says, under its id', async () => {
    const { kept, keepReport } = worldOf(reportOf({ deploymentId: request.deploymentId }));
    const file = `${request.deploymentId}.json`;
    expect(await run(keepReport, { deploymentId: request.deploymentId })).toEqual({ file: `/reports/${file}` });
    expect(JSON.parse(kept.get(file) ?? '')).toMatchObject({
      schemaVersion: 1,
      outcome: 'SUCCEEDED',
      run: { namespace: 'default', workflowId: 'deploy:analytics:production', runId: 'run-1' },
    });
  });

  test('writes beside it what a rollback needs once the history is gone', async () => {
    const report = reportOf({ deploymentId: request.deploymentId, migrations: ['0002_sessions'] });
    const { kept, keepReport } = worldOf(report);
    await run(keepReport, { deploymentId: request.deploymentId });
    expect(JSON.parse(kept.get(`${request.deploymentId}.request`) ?? '')).toEqual({
      schemaVersion: 1,
      request,
      ended: {
        outcome: 'SUCCEEDED',
        startedAt: report.startedAt,
        version: report.version,
        ...(report.release ? { release: report.release } : {}),
        migrations: report.migrations,
      },
    });
  });

  test.each([
    ['has not ended', null],
    ['is another one', reportOf({ deploymentId: 'another' })],
  ])('writes nothing where the deployment that answers %s', async (_, report) => {
    const { kept, keepReport } = worldOf(report);
    expect(await failing(run(keepReport, { deploymentId: request.deploymentId }))).toMatchObject({ type: 'Unavailable' });
    expect(kept.size).toBe(0);
  });
});
