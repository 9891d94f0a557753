import { describe, expect, test } from '@jest/globals';
import { status } from '../../../client/acts/status';
import { watch } from '../../../client/acts/watch';
import { contextOf, worldOf } from '../fake-engine';
import { deploymentId, ramping, reportOf, runOf } from '../fixtures';

describe('status and watch', () => {
  test('status shows the live runbook', async () => {
    const { context, stdout } = contextOf(worldOf({ runs: [runOf()], view: ramping() }), { id: deploymentId });
    expect(await status(context)).toBe(0);
    expect(stdout()).toContain('If stopped now: traffic back to green');
    expect(stdout()).toContain('By hand, in this order:\n  kubectl -n shop edit httproute analytics');
  });

  test('status without a worker shows what the server knows and says which half is missing', async () => {
    const { context, stdout } = contextOf(worldOf({ runs: [runOf()], pollers: [] }), { id: deploymentId });
    expect(await status(context)).toBe(0);
    expect(stdout()).toContain('started by ana');
    expect(stdout()).toContain('No worker is polling "analytics-deploy"');
    expect(stdout()).toContain('Missing here: steps, gates and what would be undone');
    expect(stdout()).toContain('kubectl -n shop get configmap analytics-deploy-analytics');
    expect(stdout()).toContain('"analytics-deploy repair"');
  });

  test('status of an ended deployment is its report', async () => {
    const { context, stdout } = contextOf(worldOf({ runs: [runOf({ status: 'completed' })], report: reportOf() }), { id: deploymentId });
    expect(await status(context)).toBe(0);
    expect(stdout()).toContain('succeeded');
  });

  test('under --json there is one object and nothing else', async () => {
    const { context, stdout } = contextOf(worldOf({ runs: [runOf()], view: ramping() }), { id: deploymentId, json: true });
    await status(context);
    expect(JSON.parse(stdout())).toMatchObject({ view: { share: 50 }, run: { workflowId: 'deploy:analytics:production' } });
  });

  test("watching an ended deployment answers with its outcome's code, one JSON object per line", async () => {
    const world = worldOf({ runs: [runOf({ status: 'completed', closedAt: 1 })], report: reportOf({ outcome: 'EXPIRED' }) });
    const { context, stdout } = contextOf(world, { id: deploymentId, json: true });
    expect(await watch(context)).toBe(7);
    expect(
      stdout()
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { event: string }).event),
    ).toEqual(['ended', 'report']);
  });

  test('Ctrl-C detaches with 130 and says how to come back', async () => {
    const { context, stderr } = contextOf(worldOf({ runs: [runOf()], view: ramping() }), { id: deploymentId });
    const leaving = new AbortController();
    const watching = watch({ ...context, interrupted: leaving.signal });
    leaving.abort();
    expect(await watching).toBe(130);
    expect(stderr()).toContain(`analytics-deploy watch ${deploymentId}`);
  });
});
