import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Open } from '../../../activities/ports/deployments';
import { temporalDeployments } from '../../../activities/ports/deployments/adapter';
import { WORKFLOW_TYPE } from '../../../workflows/messages';
import { quietRuntime } from '../../support/runtime';
import { testEnvironment, type TestTemporal } from '../../support/temporal';

let temporal: TestTemporal;
beforeAll(async () => {
  quietRuntime();
  temporal = await testEnvironment();
}, 60_000);
afterAll(() => temporal.close());

/** Nobody works on its queue: it stays open until the test ends it. */
async function open(name: string, type = WORKFLOW_TYPE, cluster = 'prod') {
  const workflowId = temporal.unique(name);
  const memo = { deploymentId: `${workflowId}-v1`, service: name, version: 'v1', cluster, phase: 'window' };
  return temporal.client.workflow.start(type, { taskQueue: temporal.unique('nobody'), workflowId, memo });
}

test('a real server lists the other open deployments with what they were started with, and nothing else', async () => {
  const handles = [await open('own'), await open('first'), await open('second'), await open('no-deployment', 'somethingElse')];
  // Newer ones on other clusters take nobody's place.
  for (const name of ['a', 'b', 'c']) handles.push(await open(name, WORKFLOW_TYPE, 'elsewhere'));
  const [own = '', ...others] = handles.map(({ workflowId }) => workflowId);
  const ask = (): Promise<readonly Open[]> =>
    new MockActivityEnvironment({ workflowExecution: { workflowId: own, runId: '' } }, { client: temporal.client }).run<
      [],
      readonly Open[],
      () => Promise<readonly Open[]>
    >(() => temporalDeployments.open(2, ({ cluster }) => cluster === 'prod'));
  try {
    const end = Date.now() + 20_000;
    let ours: readonly Open[] = [];
    while (ours.length < 2 && Date.now() < end) ours = (await ask()).filter(({ workflowId }) => [own, ...others].includes(workflowId));
    expect(ours.map(({ workflowId }) => workflowId)).toEqual(others.slice(0, 2));
    expect(ours[0]?.told).toMatchObject({ service: 'first', version: 'v1', cluster: 'prod', phase: 'window' });
  } finally {
    await Promise.all(handles.map((handle) => handle.terminate('test over')));
  }
});
