import { describe, expect, test } from '@jest/globals';
import { findDeployment, findOnlyDeployment } from '../../client/find-deployment';
import { fakeEngine, worldOf } from './fake-engine';
import { deploymentId, runOf } from './fixtures';

const newer = runOf({ runId: 'run-2', memo: { deploymentId: 'analytics-production-v1.1.0-20261125T020000Z' } });
const older = runOf({ runId: 'run-1', status: 'completed' });

describe('finding a deployment', () => {
  test('a workflow id finds the newest run', async () => {
    const engine = fakeEngine(worldOf({ runs: [newer, older] }));
    expect((await findDeployment(engine, 'deploy:analytics:production')).runId).toBe('run-2');
  });

  test('a deployment id finds its own run, also after a newer one has begun', async () => {
    const engine = fakeEngine(worldOf({ runs: [newer, older] }));
    expect((await findDeployment(engine, deploymentId)).runId).toBe('run-1');
  });

  test('a deployment that has just started is found while visibility lags', async () => {
    const engine = fakeEngine(worldOf({ runs: [runOf()], visibilityLags: true }));
    expect((await findDeployment(engine, deploymentId)).memo.deploymentId).toBe(deploymentId);
  });

  test('an unknown deployment is refused with where it was looked for', async () => {
    const engine = fakeEngine(worldOf());
    await expect(findDeployment(engine, deploymentId)).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining('analytics-deploy list'),
    });
  });

  test('what is no id at all is wrong usage', async () => {
    await expect(findDeployment(fakeEngine(worldOf()), 'foo')).rejects.toMatchObject({ code: 2 });
  });

  test('without an id the only one that runs is meant', async () => {
    expect((await findOnlyDeployment(fakeEngine(worldOf({ runs: [runOf(), older] })))).runId).toBe('run-1');
  });

  test('without an id and with two that run, both are named', async () => {
    const other = runOf({ workflowId: 'deploy:search:production' });
    await expect(findOnlyDeployment(fakeEngine(worldOf({ runs: [runOf(), other] })))).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining('deploy:search:production'),
    });
  });
});
