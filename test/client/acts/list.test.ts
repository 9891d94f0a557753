import { describe, expect, test } from '@jest/globals';
import { list } from '../../../client/acts/list';
import { contextOf, worldOf } from '../fake-engine';
import { deploymentId, runOf } from '../fixtures';

const followed = runOf({ workflowId: `follow-up:${deploymentId}`, told: { phase: 'follow-ups: first day', status: 'failing' } });
const quiet = runOf({
  workflowId: 'follow-up:older',
  memo: { deploymentId: 'older', service: 'analytics', version: 'v0.9.0', environment: 'eu' },
});

describe('list', () => {
  test('shows what is deployed and what is looked after, and where the last look did not pass', async () => {
    const { context, stdout } = contextOf(worldOf({ runs: [runOf(), followed, quiet] }));
    expect(await list(context)).toBe(0);
    const [deployment, ...rest] = stdout().split('\n');
    expect(deployment).toMatch(/^analytics-production-\S+ {3}analytics v1\.0\.0 → production, by ana, .* gone$/);
    expect(rest.join('\n')).toContain(
      `Looked after (analytics-deploy follow-up ID)\n${deploymentId}   analytics v1.0.0 → production, follow-ups: first day, the last look did not pass\nolder   analytics v0.9.0 → eu, follow-ups\n`,
    );
  });

  test('of releases that are looked after alone says that no deployment runs', async () => {
    const { context, stdout } = contextOf(worldOf({ runs: [quiet] }));
    await list(context);
    expect(stdout()).toMatch(/^No deployment is running\.\n\nLooked after/);
    const { context: nothing, stdout: said } = contextOf(worldOf());
    await list(nothing);
    expect(said()).toBe('No deployment is running.\n');
  });

  test('under --json says of each what it is', async () => {
    const { context, stdout } = contextOf(worldOf({ runs: [runOf(), followed] }), { json: true });
    await list(context);
    expect(JSON.parse(stdout())).toMatchObject([
      { kind: 'deployment', deploymentId, workflowId: 'deploy:analytics:production', startedAt: expect.any(Number) },
      { kind: 'follow-ups', deploymentId, workflowId: `follow-up:${deploymentId}`, phase: 'follow-ups: first day', status: 'failing' },
    ]);
  });
});
