import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { FakeWorld } from './fake-world';
import { Harness } from './harness';
import type { Spec } from '../../workflows/runbook/spec';
import { testRequest, testSpec } from './test-request';

const hour = 3_600_000;
const sinks = [{ kind: 'webhook', name: 'ops', url: 'https://ops.example.com' }] as const;

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.openTimeSkipping();
}, 60_000);
afterAll(() => harness.close());

test('a gate that nobody answers for its whole day reminds people twice, and expires by its declared outcome', async () => {
  const gates = { production: { approvals: 2, roles: ['lead', 'ops'], expires: 24 * hour, onExpiry: 'rollback' } } as const;
  const world = new FakeWorld(testRequest({ spec: testSpec({ gates, sinks }) }));
  const before = world.snapshot();
  await harness.deploy(world, async (deployment) => {
    const { outcome, startedAt, endedAt } = await deployment.result();
    expect(outcome).toBe('EXPIRED');
    expect(endedAt - startedAt).toBeGreaterThanOrEqual(24 * hour);
    expect(world.state).toEqual(before);
    const reminders = world.notices.filter((key) => /gate-[^-/]+-0\.\d$/.test(key));
    expect(reminders.map((key) => key.slice(-3))).toEqual(['0.5', '0.8']);
    expect((await deployment.history()).events).toBeLessThan(170);
  });
});

test('an undo that fails for days is tried again ever more rarely, tells people, and is listed as left at its deadline', async () => {
  const attention = { deadline: hour, undoDeadline: 72 * hour };
  const world = new FakeWorld(testRequest({ spec: testSpec({ attention, sinks }) }));
  world.hook = (name, _, when) => {
    if (when !== 'before') return;
    if (name === 'awaitRollout') throw ApplicationFailure.nonRetryable('the rollout stands still', 'RolloutFailed');
    if (name === 'restoreWorkload') throw ApplicationFailure.nonRetryable('403', 'Forbidden');
  };
  await harness.deploy(world, async (deployment) => {
    const report = await deployment.result();
    expect(report).toMatchObject({
      outcome: 'ROLLBACK_INCOMPLETE',
      left: [{ subject: 'analytics-staging/deployment/analytics', reason: '403' }],
    });
    expect(report.endedAt - report.startedAt).toBeGreaterThanOrEqual(73 * hour);
    const tries = world.calls.filter((name) => name === 'restoreWorkload').length;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(20);
    expect(world.notices.map((key) => key.split('/').at(-1))).toEqual(
      expect.arrayContaining(['attention-1.1.rollout', 'call-rollback-all-1', 'call-rollback-all-2', 'call-rollback-all-3', 'rollback']),
    );
    expect((await deployment.history()).events).toBeLessThan(300);
  });
});

test('attestations that nobody gives for their whole day tell their owners, remind them twice, and end the deployment', async () => {
  const asked = { owner: 'ops', within: 24 * hour, remind: [0.5, 0.8], onExpiry: 'rollback' } as const;
  const attestations = { 'team.channels': asked, 'team.operations': asked };
  const world = new FakeWorld(testRequest({ spec: testSpec({ attestations, sinks }) }));
  const before = world.snapshot();
  const told: string[] = [];
  world.hook = (activity, input, when) => {
    if (activity === 'notify' && when === 'before') told.push((input as { readonly text: string }).text);
  };
  await harness.deploy(world, async (deployment) => {
    const { outcome, startedAt, endedAt, attestations: closed } = await deployment.result();
    expect(outcome).toBe('EXPIRED');
    expect(endedAt - startedAt).toBeGreaterThanOrEqual(24 * hour);
    expect(closed).toMatchObject([{ state: 'expired' }, { state: 'expired' }]);
    expect(world.state).toEqual(before);
    const asking = told.filter((text) => /to be attested: /i.test(text));
    expect(asking.map((text) => text.split(':')[0])).toEqual(['To be attested', 'Still to be attested', 'Still to be attested']);
    expect(asking[0]).toMatch(/team\.operations \(.*\) by ops: bo, cy, until .* UTC, then rollback/);
  });
});

test('while putting back is stuck contacts are called one after another, until somebody acknowledges', async () => {
  const attention = { deadline: hour, undoDeadline: 2 * hour };
  const called = (name: string, after: number) => ({ name, handle: `@${name}`, after });
  const contacts = { primary: called('lead', 0), secondary: called('second', 600_000), management: called('boss', 70 * 60_000) };
  const world = new FakeWorld(testRequest({ spec: testSpec({ attention, sinks, contacts }) }));
  world.hook = (name, _, when) => {
    if (when === 'before' && name === 'awaitRollout') throw ApplicationFailure.nonRetryable('the rollout stands still', 'RolloutFailed');
    if (when === 'before' && name === 'restoreWorkload') throw ApplicationFailure.nonRetryable('403', 'Forbidden');
  };
  await harness.deploy(world, async (deployment) => {
    const report = await deployment.result();
    expect(report.outcome).toBe('ROLLBACK_INCOMPLETE');
    const calls = world.notices.map((key) => key.split('/').slice(1).join('/')).filter((key) => key.startsWith('call-'));
    // An hour of waiting for a decision, before the third level's time, then two of putting back.
    expect(calls.map((key) => key.replace(/-\d+$/, ''))).toEqual([
      'call-1.1.rollout-primary',
      'call-1.1.rollout-secondary',
      'call-undo:analytics-staging/deployment/analytics-primary',
      'call-undo:analytics-staging/deployment/analytics-secondary',
      'call-undo:analytics-staging/deployment/analytics-management',
    ]);
    expect(report.notices?.at(-1)).toMatchObject({ kind: 'rollback', sinks: [{ name: 'ops', result: 'delivered' }] });
  });
});

describe('a watch failed, and traffic cannot be put back', () => {
  const minute = 60_000;
  const contacts = {
    primary: { name: 'lead', handle: '@lead', after: 0 },
    secondary: { name: 'second', handle: '@second', after: 5 * minute },
  };
  const stuck = (undoDeadline: number, called: Spec['contacts'] = contacts): FakeWorld => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ sinks, contacts: called, attention: { deadline: hour, undoDeadline } }) }));
    world.tally = (share) => (share === 50 ? { failure: 'errors 9 %' } : {});
    world.hook = (name, _, when) => {
      if (name === 'restoreTraffic' && when === 'before') throw ApplicationFailure.nonRetryable('no right.', 'Forbidden');
    };
    return world;
  };
  const calls = (world: FakeWorld) => world.told.filter(({ kind }) => kind === 'escalation');
  const keys = (world: FakeWorld) => calls(world).map(({ key }) => key.split('/')[1]);

  test('nobody is called again for what somebody has acknowledged when it stopped the deployment', async () => {
    const world = stuck(10 * minute);
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ attention }) => attention !== null);
      await deployment.send('ack', { by: 'bo' });
      expect((await deployment.result()).outcome).toBe('ROLLBACK_INCOMPLETE');
      expect(keys(world)).toEqual(['call-2.3.watch-50-primary-1', 'ack-2.3.watch-50-1']);
    });
  });

  test('the next contact is called when its time is over since the watch failed, and hears what is open', async () => {
    const world = stuck(10 * minute);
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.result();
      expect(keys(world)).toEqual(['call-2.3.watch-50-primary-1', 'call-2.3.watch-50-secondary-2']);
      expect(calls(world)[1]?.text).toContain('for 5 min. Impact: 50 % of the traffic');
      expect(calls(world)[1]?.text).toContain('putting everything back takes more than 1 min. Open: ');
    });
  });

  test('where everybody was called for the watch already and nobody is at it, they are called for an undo that fails', async () => {
    const world = stuck(10 * minute, { primary: contacts.primary });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.result();
      expect(keys(world)).toEqual(['call-2.3.watch-50-primary-1', expect.stringMatching(/^call-undo:/)]);
    });
  });

  test('where everybody was called for the watch already and nobody is at it, they are called for putting back that takes long', async () => {
    const world = stuck(10 * minute, { primary: contacts.primary });
    let tries = 0;
    world.hook = (name, _, when) => {
      if (name === 'restoreTraffic' && when === 'before' && ++tries < 20)
        throw ApplicationFailure.create({ message: 'no answer.', nextRetryDelay: '30s' });
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect((await deployment.result()).outcome).toBe('ROLLED_BACK');
      expect(keys(world)).toEqual(['call-2.3.watch-50-primary-1', 'call-rollback-primary-2']);
      expect(calls(world)[1]?.text).toContain('takes more than 1 min. Open: ');
    });
  });
});
