import { describe, expect, test } from '@jest/globals';
import { attest, waive } from '../../../client/acts/items';
import type { AttestationView, AttentionView } from '../../../workflows/runbook/view';
import { contextOf, worldOf } from '../fake-engine';
import { asked, deploymentId, failedLines, ramping, runOf } from '../fixtures';

const sent = (name: 'attest' | 'waive', what: object) => ({
  by: 'update',
  name,
  what: expect.objectContaining({ by: 'ana', requestId: expect.any(String), ...what }),
});
const world = (attestations: readonly AttestationView[], attention: AttentionView | null = null) =>
  worldOf({ runs: [runOf()], view: ramping({ attestations, attention }) });

describe('attest', () => {
  test('sends one message for each item that is named', async () => {
    const deployment = world([asked('team.operations'), asked('team.channels')]);
    const { context, stdout } = contextOf(deployment, {
      id: deploymentId,
      options: { item: ['team.operations', 'team.channels'], comment: 'ready' },
    });
    expect(await attest(context)).toBe(0);
    expect(deployment.told).toEqual(['team.operations', 'team.channels'].map((item) => sent('attest', { item, comment: 'ready' })));
    expect(stdout()).toContain('attest taken');
  });

  test('takes the only one that is open where none is named', async () => {
    const deployment = world([asked('team.operations', { state: 'attested', by: 'bo' }), asked('team.channels')]);
    expect(await attest(contextOf(deployment, { id: deploymentId }).context)).toBe(0);
    expect(deployment.told).toEqual([sent('attest', { item: 'team.channels' })]);
  });

  test.each([
    [
      [asked('team.operations'), asked('team.channels')],
      /Several are open: team\.operations, team\.channels\. Name one, or more, with --item\./,
    ],
    [[], /Nothing is open now/],
  ] as const)('is wrong usage where it is not clear what is meant', async (attestations, words) => {
    const deployment = world(attestations);
    await expect(attest(contextOf(deployment, { id: deploymentId }).context)).rejects.toMatchObject({
      code: 2,
      message: expect.stringMatching(words),
    });
    expect(deployment.told).toEqual([]);
  });

  test('tells a refusal in its own words, with the code for refusals', async () => {
    const deployment = world([asked('team.channels')]);
    deployment.delivery = () => ({ kind: 'refused', reason: 'Not attested: "ana" does not hold the role ops.' });
    await expect(attest(contextOf(deployment, { id: deploymentId }).context)).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining('does not hold the role ops'),
    });
  });
});

describe('waive', () => {
  test('sends reason and end with the item', async () => {
    const deployment = world([], failedLines('checklist.coverage', 'checklist.lint'));
    const options = { item: ['checklist.coverage'], comment: 'ticket 7', until: '2026-12-31' };
    expect(await waive(contextOf(deployment, { id: deploymentId, options }).context)).toBe(0);
    expect(deployment.told).toEqual([sent('waive', { item: 'checklist.coverage', comment: 'ticket 7', until: '2026-12-31' })]);
  });

  test('takes the only line that failed, or the only attestation that is open', async () => {
    const options = { comment: 'ticket 7', until: '2026-12-31' };
    for (const [deployment, item] of [
      [world([], failedLines('checklist.lint')), 'checklist.lint'],
      [world([asked('team.channels')]), 'team.channels'],
    ] as const) {
      expect(await waive(contextOf(deployment, { id: deploymentId, options }).context)).toBe(0);
      expect(deployment.told).toEqual([sent('waive', { item })]);
    }
  });

  test('without its reason is wrong usage, before anything is sent', async () => {
    const deployment = world([asked('team.channels')]);
    await expect(waive(contextOf(deployment, { id: deploymentId, options: { until: '2026-12-31' } }).context)).rejects.toMatchObject({
      code: 2,
    });
    expect(deployment.told).toEqual([]);
  });
});
