import { afterEach, describe, expect, test } from '@jest/globals';
import { FOLLOW_UP_TYPE, followUpIdOf, workflowIdOf } from '../../workflows/messages';
import type { DeploymentReport } from '../../workflows/runbook/view';
import type { FollowUpReport } from '../../workflows/runbook/post-deployment/follow-up';
import { Stage, stageSpec, withSections } from './stage';

let stage: Stage;
afterEach(() => stage.close());

describe('after the ramp, in the sandbox', () => {
  test('a value of the infrastructure beyond its limit rolls back, by its own sentence', async () => {
    stage = await Stage.open({ spec: stageSpec() });
    await stage.work();
    await stage.sandbox.setFault({ kind: 'infrastructure', atShare: 100 });
    const deployment = await stage.deploy({ spec: withSections(stage.sandbox.spec, ['monitoring']) });
    await deployment.approve();
    expect(await deployment.result()).toMatchObject({
      outcome: 'ROLLED_BACK',
      reason: expect.stringMatching(/^monitoring\.gauges gauges: open database connections 600, must stay below 100;/),
    });
  }, 240_000);

  test('a release that gets bad once it is live is rolled back by its follow-ups, and the old colour serves again', async () => {
    stage = await Stage.open({ spec: stageSpec() });
    await stage.work();
    const { spec } = stage.sandbox;
    const [phase] = spec.followUps?.phases ?? [];
    if (!spec.followUps || !phase) throw new Error('The default spec has no follow-ups.');
    const deploymentId = `${spec.service}-${spec.environment}-v1.0.0-20261124T020000Z`;
    const deployment = await stage.deploy({
      deploymentId,
      spec: withSections(spec, ['follow-up'], {
        followUps: {
          ...spec.followUps,
          window: 1_000,
          phases: [{ ...phase, every: 5_000, until: 60_000, digest: 60_000 }],
          onFailure: { then: 'rollback', level: 'traffic' },
        },
      }),
    });
    await deployment.approve();
    expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 100, green: 0 });
    await stage.sandbox.setFault({ kind: 'errors', colour: 'blue' });
    const { client } = stage.temporal;
    const followUps = client.workflow.getHandle(followUpIdOf(deploymentId));
    expect((await followUps.describe()).type).toBe(FOLLOW_UP_TYPE);
    expect((await followUps.result()) as FollowUpReport).toMatchObject({
      outcome: 'ROLLBACK_STARTED',
      reason: expect.stringMatching(/seen twice: errors .* must stay below 5\.0 %/),
    });
    const rollback = client.workflow.getHandle(workflowIdOf(spec.service, spec.environment));
    expect((await rollback.result()) as DeploymentReport).toMatchObject({ outcome: 'SUCCEEDED', requester: 'follow-up' });
    expect((await stage.sandbox.stats()).shares).toEqual({ blue: 0, green: 100 });
  }, 240_000);
});
