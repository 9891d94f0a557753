import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { join } from 'node:path';
import type { FollowUpsSpec, Spec } from '../../workflows/runbook/spec';
import { Harness } from './harness';
import { aMonth, day, followedWorld, hour } from './test-follow-ups';

/** A month is seconds, and more of them on a machine that has much else to do. */
jest.setTimeout(180_000);

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.openTimeSkipping();
}, 60_000);
afterAll(() => harness.close());

test('a release is looked after for thirty days in at most 450 events: every hour, every day, every week, each phase a run of its own', async () => {
  const world = followedWorld();
  await harness.followUp(world, async (followUps) => {
    const report = await followUps.result();
    expect(report).toMatchObject({ outcome: 'COMPLETED', counts: { passed: 34, failed: 0, inconclusive: 0 } });
    expect(report.endedAt - report.startedAt).toBeGreaterThanOrEqual(30 * day);
    expect(report.endedAt - report.startedAt).toBeLessThan(30 * day + hour);
    expect(world.looks).toHaveLength(34);
    // The first week has a digest a day, then one a week and one at the end; nothing else was sent.
    expect(world.digests).toHaveLength(11);
    expect(world.notices).toEqual([]);
    const histories = await followUps.histories();
    expect(histories).toHaveLength(3);
    const events = histories.reduce((sum, history) => sum + history.events, 0);
    expect(events).toBeLessThanOrEqual(450);
    for (const { json } of histories) {
      const workflowBundle = { codePath: join(__dirname, '../../dist/workflow-bundle.js') };
      await Worker.runReplayHistory({ workflowBundle }, historyFromJSON(JSON.parse(json)));
    }
  });
});

test('a digest says how many looks passed and how each signal went', async () => {
  const world = followedWorld();
  await harness.followUp(world, async (followUps) => {
    await followUps.result();
    expect(world.digests[0]).toContain('first day, look 24 of 24: 24 of 24 looks passed; now everything is within its limits.');
    expect(world.digests[2]).toContain('first week, look 2 of 6: 1 of 1 look passed');
    expect(world.digests[2]).toContain('errors: 0.1 % → 0.1 % → 0.1 %');
  });
});

test('a stretch beyond the limits is told once, and once more when it is over', async () => {
  const world = followedWorld();
  world.look = () => {
    const look = world.looks.length;
    return look >= 5 && look < 9 ? { verdict: 'fail', reasons: ['errors 9.0 % of 900, must stay below 5.0 %'] } : {};
  };
  await harness.followUp(world, async (followUps) => {
    const report = await followUps.result();
    expect(report).toMatchObject({ outcome: 'COMPLETED', counts: { passed: 30, failed: 4 } });
    expect(world.notices.map((key) => key.split('/').at(-1))).toEqual(['follow-up-failing-5', 'follow-up-over-9']);
  });
});

test('looks that say nothing are never a pass: after three in a row people are told', async () => {
  const world = followedWorld();
  world.look = () => (world.looks.length <= 3 ? { verdict: 'inconclusive', reasons: ['metrics answered 503'] } : {});
  await harness.followUp(world, async (followUps) => {
    expect(await followUps.result()).toMatchObject({ counts: { passed: 31, inconclusive: 3 } });
    expect(world.notices.map((key) => key.split('/').at(-1))).toEqual(['follow-up-failing-3', 'follow-up-over-4']);
    expect(world.digests[0]).toContain('21 of 24 looks passed, 3 inconclusive');
  });
});

test('a release that another one has replaced is not looked after any more', async () => {
  const world = followedWorld();
  world.look = () => (world.looks.length === 30 ? { verdict: 'superseded', reasons: ["Service analytics is green's now."] } : {});
  await harness.followUp(world, async (followUps) => {
    expect(await followUps.result()).toMatchObject({ outcome: 'SUPERSEDED', reason: "Service analytics is green's now." });
    expect(world.looks).toHaveLength(30);
  });
});

test('where the spec asks for a rollback, it is looked at a second time: one look may be wrong', async () => {
  const world = followedWorld({ onFailure: { then: 'rollback', level: 'traffic' } });
  world.look = () => (world.looks.length === 3 ? { verdict: 'fail', reasons: ['errors 9.0 %'] } : {});
  await harness.followUp(world, async (followUps) => {
    expect(await followUps.result()).toMatchObject({ outcome: 'COMPLETED', counts: { passed: 34, failed: 1 } });
    expect(world.notices).toEqual([]);
  });
});

test('a look that cannot be done is inconclusive, and the follow-ups go on', async () => {
  const world = followedWorld();
  world.hook = (name, _, when) => {
    if (name === 'lookAfter' && when === 'before' && world.calls.length === 1) {
      throw ApplicationFailure.nonRetryable('the token cannot be read', 'Misconfigured');
    }
  };
  await harness.followUp(world, async (followUps) => {
    expect(await followUps.result()).toMatchObject({ outcome: 'COMPLETED', counts: { passed: 33, inconclusive: 1 } });
  });
});

describe('what the follow-ups ask of people', () => {
  const attestations: Spec['attestations'] = {
    'day.alerts': { owner: 'ops', within: day, remind: [], onExpiry: 'rollback' },
    'day.feedback': { owner: 'lead', within: day, remind: [], onExpiry: 'waive' },
    'week.fixes': { owner: 'lead', within: 6 * day, remind: [], onExpiry: 'rollback' },
    'week.training': { owner: 'lead', within: 6 * day, remind: [], onExpiry: 'rollback' },
  };
  const [first, second, third] = aMonth.phases;
  const phases = [
    { ...first, attestations: ['day.alerts', 'day.feedback'] },
    { ...second, attestations: ['week.fixes', 'week.training', 'week.stakeholders'] },
    { ...third },
  ] as FollowUpsSpec['phases'];

  test('is told at the beginning of each phase and with each digest; what nobody attests is never an attestation', async () => {
    const world = followedWorld({ phases }, { attestations });
    await harness.followUp(world, async (followUps) => {
      expect((await followUps.status()).attestations).toMatchObject([
        { id: 'day.alerts', state: 'open', people: ['bo', 'cy'] },
        { id: 'day.feedback', state: 'open' },
      ]);
      await expect(followUps.send('attest', { by: 'ana', item: 'day.alerts' })).rejects.toMatchObject({
        cause: { message: expect.stringContaining('does not hold the role ops') },
      });
      expect(await followUps.send('attest', { by: 'bo', item: 'day.alerts', comment: 'two, both within 5 min' })).toContain('Attested');
      const report = await followUps.result();
      expect(report).toMatchObject({ outcome: 'COMPLETED', counts: { passed: 34 } });
      expect(report.attestations).toMatchObject([
        { id: 'day.alerts', state: 'attested', by: 'bo', note: 'two, both within 5 min' },
        { id: 'day.feedback', state: 'waived', by: null, note: 'nobody attested it in time' },
        { id: 'week.fixes', state: 'expired' },
        { id: 'week.training', state: 'expired' },
      ]);
      expect(report.decisions).toMatchObject([{ what: 'attest', by: 'bo', on: 'day.alerts' }]);
      expect(world.notices.map((key) => key.split('/').at(-1))).toEqual(['attest-hour', 'attest-day']);
      expect(world.digests[1]).toMatch(/To be attested: week\.fixes .* attest follow-up:\S+ --item week\.fixes/);
      expect(world.digests.at(-1)).toContain('Nobody attested in time: week.fixes, week.training');
      const events = (await followUps.histories()).reduce((sum, history) => sum + history.events, 0);
      expect(events).toBeLessThanOrEqual(450);
    });
  });
});
