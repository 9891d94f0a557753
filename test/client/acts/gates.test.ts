import { describe, expect, test } from '@jest/globals';
import { approve, reject } from '../../../client/acts/gates';
import { contextOf, worldOf } from '../fake-engine';
import { deploymentId, digest, openGate, ramping, runOf } from '../fixtures';

const waiting = () => worldOf({ runs: [runOf()], view: ramping({ gate: openGate(), state: 'waiting for approval' }) });

describe('deciding at a gate', () => {
  test('an approval carries gate, digest, person and a request id', async () => {
    const world = waiting();
    const { context, stdout } = contextOf(world, {
      id: deploymentId,
      options: { gate: 'production', digest: '3f9a1c0', as: 'eva', comment: 'go' },
    });
    expect(await approve(context)).toBe(0);
    expect(world.told[0]).toMatchObject({
      by: 'update',
      name: 'approve',
      what: { gate: 'production', digest: '3f9a1c0', by: 'eva', comment: 'go', requestId: expect.stringMatching(/^approve-/) },
    });
    expect(stdout()).toContain('approve taken');
  });

  test('nobody approves unseen: without a digest the command to paste is given and nothing is sent', async () => {
    const world = waiting();
    const { context } = contextOf(world, { id: deploymentId });
    await expect(approve(context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining(`analytics-deploy approve ${deploymentId} --gate production --digest ${digest.slice(0, 12)}`),
    });
    expect(world.told).toEqual([]);
  });

  test('a rejection without a digest is asked for in its own words', async () => {
    const { context } = contextOf(waiting(), { id: deploymentId });
    await expect(reject(context)).rejects.toMatchObject({ message: expect.stringContaining('analytics-deploy reject') });
  });

  test('without a worker it says what is missing', async () => {
    const { context } = contextOf(worldOf({ runs: [runOf()], pollers: [] }), { id: deploymentId });
    await expect(approve(context)).rejects.toMatchObject({ code: 5, message: expect.stringContaining('--gate and --digest') });
  });

  test('without an open gate it is refused', async () => {
    const { context } = contextOf(worldOf({ runs: [runOf()], view: ramping() }), { id: deploymentId });
    await expect(approve(context)).rejects.toMatchObject({ code: 5, message: expect.stringContaining('no gate is open') });
  });
});
