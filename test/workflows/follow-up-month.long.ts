import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FollowUpPhaseSpec, FollowUpsSpec, Spec } from '../../workflows/runbook/spec';
import { newsOf } from '../../workflows/runbook/post-deployment/alerts';
import { workflowIdOf } from '../../workflows/messages';
import type { FakeWorld } from './fake-world';
import { Harness, type FollowUps } from './harness';
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
    expect(world.digests.at(-1)).toContain('This was the last look: the follow-ups have ended, and no digest comes any more.');
    expect(world.digests.at(-2)).not.toContain('the last look');
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
    expect(told(world)).toEqual(['follow-up-ended']);
    expect(world.told[0]?.text).toContain("The follow-ups have ended, no digest comes any more: Service analytics is green's now.");
    expect(world.told[0]?.text).toContain('29 of 29 looks passed.');
  });
});

const told = ({ notices }: FakeWorld) => notices.map((key) => key.split('/').at(-1));
const fails = { verdict: 'fail', reasons: ['errors 9.0 %'] } as const;
const unknown = { verdict: 'inconclusive', reasons: ['metrics answered 503'] } as const;

test('a stretch is told to be over also where nothing was known in between, and a look that fails in it is not told anew', async () => {
  const world = followedWorld();
  const first = [fails, unknown, fails, {}] as const;
  world.look = () => first[world.looks.length - 1] ?? {};
  await harness.followUp(world, async (followUps) => {
    await followUps.result();
    expect(told(world)).toEqual(['follow-up-failing-1', 'follow-up-over-4']);
  });
});

test('a stretch in which nothing was known is told once more where it gets worse', async () => {
  const world = followedWorld();
  const first = [unknown, unknown, unknown, fails, {}] as const;
  world.look = () => first[world.looks.length - 1] ?? {};
  await harness.followUp(world, async (followUps) => {
    await followUps.result();
    expect(told(world)).toEqual(['follow-up-failing-3', 'follow-up-failing-4', 'follow-up-over-5']);
  });
});

test('where the spec asks for a rollback and a second look does not agree, people are told, with the command', async () => {
  const world = followedWorld({ onFailure: { then: 'rollback', level: 'traffic' } });
  world.look = () =>
    world.looks.length === 3 ? { verdict: 'fail', reasons: ['errors 9.0 %', 'a second look at once: within its limits'] } : {};
  await harness.followUp(world, async (followUps) => {
    expect(await followUps.result()).toMatchObject({ outcome: 'COMPLETED', counts: { passed: 33, failed: 1 } });
    expect(world.looks.every(({ again }) => again)).toBe(true);
    expect(told(world)).toEqual(['follow-up-failing-3', 'follow-up-over-4']);
    expect(world.told[0]?.text).toContain('errors 9.0 %; a second look at once: within its limits\nNo rollback was started.');
    expect(world.told[0]?.text).toContain(`analytics-deploy rollback ${world.request.deploymentId} --level traffic`);
  });
});

describe('thirty days have at most 450 events', () => {
  const labels = { service: 'analytics' };
  const attestations: Spec['attestations'] = { 'day.alerts': { owner: 'ops', within: day, remind: [], onExpiry: 'waive' } };
  const asking = aMonth.phases.map((phase) => ({ ...phase, attestations: ['day.alerts'] }) as const);
  const eventsOf = async (followUps: FollowUps) => (await followUps.histories()).reduce((sum, { events }) => sum + events, 0);
  /** Each look brings an alert that nobody knows yet, told on as a worker does. */
  const alertsAllTheTime = (world: FakeWorld, followUps: FollowUps) => {
    world.hook = async (name, _, when) => {
      if (name !== 'lookAfter' || when !== 'before') return;
      const fingerprint = `f${world.looks.length}`;
      const pushed = [
        { name: 'HighErrors', summary: '', fingerprint, firing: true, labels },
        { name: 'HighErrors', summary: '', fingerprint: `f${world.looks.length - 1}`, firing: false, labels },
      ];
      for (const alert of pushed) {
        const alerts = newsOf(await followUps.status(), [alert]);
        if (alerts.length > 0)
          await followUps.handle.signal('alert', { by: 'alertmanager', requestId: `${fingerprint}${alert.firing}`, alerts });
      }
    };
  };

  test('also where every other look fails: each stretch is told all the same', async () => {
    const world = followedWorld({ phases: asking }, { attestations });
    world.look = () => (world.looks.length % 2 === 1 ? fails : {});
    await harness.followUp(world, async (followUps) => {
      expect(await followUps.result()).toMatchObject({ outcome: 'COMPLETED', counts: { passed: 17, failed: 17 } });
      expect(told(world).filter((key) => key?.startsWith('follow-up-'))).toHaveLength(34);
      expect(await eventsOf(followUps)).toBeLessThanOrEqual(450);
    });
  });

  test('also where alerts come all the time: while there is room each is told and looked after at once, and then no more are taken', async () => {
    const world = followedWorld({ phases: asking, alerts: { labels } }, { attestations });
    await harness.followUp(world, async (followUps) => {
      alertsAllTheTime(world, followUps);
      const report = await followUps.result();
      expect(report).toMatchObject({ outcome: 'COMPLETED' });
      expect(report.alerts.length).toBeGreaterThanOrEqual(2);
      expect(world.told.filter(({ subject }) => subject.includes('alert HighErrors')).length).toBeGreaterThanOrEqual(2);
      expect(report.counts.passed).toBeGreaterThanOrEqual(36);
      expect(world.digests.at(-1)).toContain('No further alert is taken here: Alertmanager alone tells of them');
      expect(await eventsOf(followUps)).toBeLessThanOrEqual(450);
    });
  });

  test.each([
    ['tries twice', {}, 0],
    ['takes an alert too, and tries once more when there is room again', { alerts: { labels } }, 1],
  ])('also where a rollback is wanted again and again while another deployment runs: it %s', async (_, listening, alerts) => {
    const service = `analytics-${randomUUID().slice(0, 8)}`;
    const world = followedWorld(
      { phases: asking, ...listening, onFailure: { then: 'rollback', level: 'traffic' } },
      { attestations, service },
    );
    world.look = ({ again }) => (world.looks.length % 2 === 1 ? { ...fails, ...(again ? { isSeenTwice: true } : {}) } : {});
    const meanwhile = () =>
      harness.followUp(world, async (followUps) => {
        alertsAllTheTime(world, followUps);
        expect(await followUps.result()).toMatchObject({ outcome: 'COMPLETED' });
        const busy = world.told.filter(({ text }) => text.includes('another deployment runs in its lane'));
        expect(busy).toHaveLength(2);
        expect(world.told.filter(({ subject }) => subject.includes('alert HighErrors')).length).toBeGreaterThanOrEqual(alerts);
        expect(world.looks.at(-1)?.again).toBe(false);
        expect(await eventsOf(followUps)).toBeLessThanOrEqual(450);
      });
    await harness.followUp(followedWorld(), meanwhile, workflowIdOf(service, 'production'));
  });
});

describe('at the end of a phase', () => {
  const labels = { service: 'analytics' };
  const alert = { name: 'HighErrors', summary: 'errors 9 %', fingerprint: 'f1', firing: true, labels };
  const push = { by: 'alertmanager', requestId: 'r1', alerts: [alert] };

  test.each([
    [24, 35, 'is told and calls for a look in the next phase', 'The release is looked at now.'],
    [34, 34, 'is told, though no look comes any more', 'The follow-ups have ended.'],
  ])('an alert that comes during look %d of %d %s', async (look, looks, _, words) => {
    const world = followedWorld({ alerts: { labels } });
    await harness.followUp(world, async (followUps) => {
      world.hook = async (name, _input, when) => {
        if (name === 'lookAfter' && when === 'after' && world.looks.length === look) await followUps.handle.signal('alert', push);
      };
      expect(await followUps.result()).toMatchObject({ outcome: 'COMPLETED', alerts: [{ fingerprint: 'f1' }] });
      expect(told(world)).toEqual([`follow-up-alert-${look}-f1`]);
      expect(world.told[0]?.text).toContain(words);
      expect(world.looks).toHaveLength(looks);
    });
  });

  /** The last three looks of the first day cannot be done: people are told so by a message that is sent by itself, after the phase's last look. */
  const undone = (world: FakeWorld, whileSent: () => Promise<unknown>) => {
    let looks = 0;
    let sending = 0;
    world.hook = async (name, _, when) => {
      if (name === 'notify' && when === 'before' && looks >= 24 && sending++ === 0) await whileSent();
      if (name === 'lookAfter' && when === 'before' && ++looks > 21 && looks <= 24) {
        throw ApplicationFailure.nonRetryable('the token cannot be read', 'Misconfigured');
      }
    };
  };

  test('a stop that is taken while the last message is sent ends them', async () => {
    const world = followedWorld();
    await harness.followUp(world, async (followUps) => {
      undone(world, () => followUps.send('stop', { by: 'ana', comment: 'enough' }));
      expect(await followUps.result()).toMatchObject({ outcome: 'STOPPED', reason: 'Stopped by ana: enough.' });
      expect(told(world)).toEqual(['follow-up-failing-24', 'follow-up-ended']);
      expect(world.told[0]?.text).toContain('For 3 looks in a row nothing is known: the look could not be done: the token cannot be read');
      expect(world.told.map(({ mayRepeat }) => mayRepeat)).toEqual([true, undefined]);
      expect(world.told[1]?.text).toMatch(/no digest comes any more: Stopped by ana: enough\.\n.*\nNot known since/);
    });
  });

  test('what people attest and waive while the last message is sent is kept in the next one', async () => {
    const asked = { owner: 'ops', within: 3 * day, remind: [], onExpiry: 'rollback' } as const;
    const [first, ...later] = aMonth.phases as readonly [FollowUpPhaseSpec, ...FollowUpPhaseSpec[]];
    const phases = [{ ...first, attestations: ['day.alerts', 'day.feedback'] }, ...later];
    const world = followedWorld({ phases }, { attestations: { 'day.alerts': asked, 'day.feedback': asked } });
    await harness.followUp(world, async (followUps) => {
      undone(world, async () => {
        const until = new Date((await followUps.status()).startedAt + 60 * day).toISOString();
        await followUps.send('attest', { by: 'bo', item: 'day.alerts' });
        await followUps.send('waive', { by: 'bo', item: 'day.feedback', comment: 'nobody uses it yet', until });
      });
      expect(await followUps.result()).toMatchObject({
        outcome: 'COMPLETED',
        attestations: [
          { id: 'day.alerts', state: 'attested', by: 'bo' },
          { id: 'day.feedback', state: 'waived', by: 'bo' },
        ],
        decisions: [{ what: 'attest' }, { what: 'waive' }],
      });
    });
  });

  test('a cancel through Temporal while the last message is sent ends them too', async () => {
    const world = followedWorld();
    await harness.followUp(world, async (followUps) => {
      undone(world, () => followUps.handle.cancel());
      expect(await followUps.result()).toMatchObject({ outcome: 'STOPPED', reason: 'Cancelled through Temporal.' });
      expect(told(world)).toEqual(['follow-up-failing-24', 'follow-up-ended']);
    });
  });
});

test('answers are compared from the first look on that could read them, each by itself', async () => {
  const world = followedWorld();
  const structures = [{}, { stats: { '': 'object' } }, { trends: { '': 'array' } }];
  world.look = () => ({ structure: structures[world.looks.length - 1] ?? {} });
  await harness.followUp(world, async (followUps) => {
    await followUps.result();
    expect(world.looks.slice(0, 3).map(({ structure }) => structure)).toEqual([{}, {}, { stats: { '': 'object' } }]);
    expect(world.looks.at(-1)?.structure).toEqual({ stats: { '': 'object' }, trends: { '': 'array' } });
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

  test('and was waived for a time is asked for again after it, with the digests: an ended waiver counts as none', async () => {
    const world = followedWorld({ phases }, { attestations });
    await harness.followUp(world, async (followUps) => {
      const until = new Date((await harness.now()) + 2 * hour).toISOString();
      await followUps.until(({ attestations: asked }) => asked.length > 0);
      await followUps.send('waive', { by: 'eva', item: 'day.alerts', comment: 'bo is away this morning', until });
      const { attestations: asked } = await followUps.result();
      expect(world.digests[0]).toMatch(/To be attested: day\.alerts/);
      expect(asked[0]).toMatchObject({ id: 'day.alerts', state: 'expired', by: null, until: null });
      expect(world.digests.at(-1)).toContain('Nobody attested in time: day.alerts');
    });
  });

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
