import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import type { Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { temporalEngine } from '../../client/temporal/adapter';
import { FOLLOW_UP_TYPE, followUpIdOf, WORKFLOW_TYPE, workflowIdOf } from '../../workflows/messages';
import { tellFollowUps } from '../../worker/alerts';
import { observe } from '../../worker/observe';
import { FakeWorld } from './fake-world';
import { FollowUps, Harness } from './harness';
import { aMonth, followedWorld } from './test-follow-ups';
import { testRequest, testSpec } from './test-request';

jest.setTimeout(120_000);

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

const labels = { service: 'analytics' };
const alert = (more: object = {}) => ({ name: 'HighErrors', summary: 'errors 9 %', fingerprint: 'f1', firing: true, labels, ...more });

/** A release that fails its only look, and whose spec asks for a rollback then. */
function failingWorld(): { readonly world: FakeWorld; readonly service: string } {
  const service = `analytics-${randomUUID().slice(0, 8)}`;
  const phases = [{ id: 'hour', title: 'first day', every: 300, until: 300, digest: 300, attestations: [] }];
  const world = followedWorld({ onFailure: { then: 'rollback', level: 'traffic' }, phases, window: 1 }, { service });
  world.look = () => ({ verdict: 'fail', reasons: ['errors 9.0 %'], isSeenTwice: true });
  return { world, service };
}

describe('the follow-ups of a deployment', () => {
  test('begin at the end of a deployment that succeeds, and outlive it', async () => {
    const deploymentId = `analytics-production-v1.0.0-20261124T0${Date.now() % 100_000}Z`;
    const world = new FakeWorld(testRequest({ deploymentId, spec: testSpec({ followUps: aMonth }) }));
    harness.expect(followUpIdOf(deploymentId), world);
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report.outcome).toBe('SUCCEEDED');
      expect(report.forwardOnly.join(' ')).toContain(`follow-up ${deploymentId}`);
      const row = report.rows.find(({ id }) => id === 'follow-up');
      expect(row).toMatchObject({ state: 'done', note: '34 looks at the release: first day, first week, first month' });
    });
    const handle = harness.client.workflow.getHandle(followUpIdOf(deploymentId));
    expect(await handle.describe()).toMatchObject({ type: FOLLOW_UP_TYPE, status: { name: 'RUNNING' }, memo: { deploymentId } });
    const followUps = new FollowUps(harness.client, followUpIdOf(deploymentId), (await handle.describe()).runId);
    await followUps.until(({ planned }) => planned === 34);
    // The deployment's own history has the spec once, and not a second time for them.
    expect(await harness.inputOf(followUpIdOf(deploymentId))).not.toHaveProperty('spec');
    await handle.terminate('test over');
  });

  test('whose deployment Temporal has forgotten before a worker came end, and say so', async () => {
    const deploymentId = `analytics-production-v1.0.0-20261126T0${Date.now() % 100_000}Z`;
    const world = new FakeWorld(testRequest({ deploymentId, spec: testSpec({ followUps: aMonth }) }));
    harness.expect(followUpIdOf(deploymentId), world);
    world.hook = (name) => {
      if (name === 'readRequest') throw ApplicationFailure.nonRetryable('its request is gone', 'NotFound');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect((await deployment.result()).outcome).toBe('SUCCEEDED');
    });
    expect(await harness.client.workflow.getHandle(followUpIdOf(deploymentId)).result()).toMatchObject({
      outcome: 'STOPPED',
      reason: expect.stringContaining('does not know the deployment any more'),
    });
  });

  test('do not begin where the deployment does not succeed, or where the spec has none', async () => {
    const deploymentId = `analytics-production-v1.0.0-20261125T0${Date.now() % 100_000}Z`;
    const world = new FakeWorld(testRequest({ deploymentId, spec: testSpec({ followUps: aMonth }) }));
    world.hook = (name, _, when) => {
      if (name === 'verifyMetrics' && when === 'before') throw ApplicationFailure.nonRetryable('no series', 'CheckFailed');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect((await deployment.result()).outcome).toBe('ROLLED_BACK');
    });
    await expect(harness.client.workflow.getHandle(followUpIdOf(deploymentId)).describe()).rejects.toThrow(/not found/);
    await harness.deploy(new FakeWorld(), async (deployment) => {
      await deployment.approve();
      const { rows } = await deployment.result();
      expect(rows.find(({ id }) => id === 'follow-up')).toMatchObject({ state: 'off', note: 'the spec has no followUps' });
    });
  });

  test('end on a word, which is heard at once and changes nothing of the release', async () => {
    const world = followedWorld();
    await harness.followUp(world, async (followUps) => {
      const view = await followUps.status();
      expect(view).toMatchObject({ state: 'following up', phase: 'first day', done: 0, planned: 34, report: null });
      expect(await followUps.send('stop', { by: 'ana', comment: 'replaced by hand' })).toContain('The release stays as it is');
      expect(await followUps.result()).toMatchObject({ outcome: 'STOPPED', reason: 'Stopped by ana: replaced by hand.' });
      expect(world.calls).toEqual(['notify']);
      expect(world.told[0]?.text).toContain('no digest comes any more: Stopped by ana: replaced by hand.');
    });
  });

  test('take a waiver with a reason and an end from those who may approve a release', async () => {
    const attestations = { 'day.alerts': { owner: 'ops', within: 86_400_000, remind: [], onExpiry: 'rollback' } } as const;
    const phases = aMonth.phases.map((phase) => ({ ...phase, attestations: ['day.alerts'] }));
    await harness.followUp(followedWorld({ phases }, { attestations }), async (followUps) => {
      await followUps.until(({ attestations: asked }) => asked.length > 0);
      const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      const waive = (more: object) => followUps.send('waive', { by: 'eva', item: 'day.alerts', comment: 'none fired', until, ...more });
      await followUps.until(({ attestations: asked }) => asked.some(({ state }) => state === 'open'));
      await expect(waive({ comment: '' })).rejects.toMatchObject({ cause: { message: expect.stringContaining('needs its reason') } });
      await expect(waive({ by: 'nobody' })).rejects.toMatchObject({ cause: { message: expect.stringContaining('may not waive') } });
      expect(await waive({})).toContain('Waived: day.alerts waived by eva');
      expect((await followUps.status()).attestations).toMatchObject([{ state: 'waived', by: 'eva' }]);
    });
  });

  test('a cancel through Temporal ends them too', async () => {
    await harness.followUp(followedWorld(), async (followUps) => {
      await followUps.status();
      await followUps.handle.cancel();
      expect(await followUps.result()).toMatchObject({ outcome: 'STOPPED' });
    });
  });

  test("an alert of the release is told and calls for a look at once; one that is another service's, or known already, does not", async () => {
    const world = followedWorld({ alerts: { labels } });
    await harness.followUp(world, async (followUps) => {
      expect(await followUps.send('alert', { by: 'alertmanager', alerts: [alert({ labels: { service: 'other' } })] })).toMatch(/^0 of 1/);
      expect(await followUps.send('alert', { by: 'alertmanager', alerts: [alert()] })).toMatch(/^1 of 1/);
      const looked = await followUps.until(({ counts }) => counts.passed === 1);
      expect(looked).toMatchObject({ done: 0, alerts: [{ name: 'HighErrors', firing: true }] });
      await followUps.send('alert', { by: 'alertmanager', alerts: [alert()] });
      await followUps.send('alert', { by: 'alertmanager', alerts: [alert({ firing: false })] });
      expect(await followUps.until(({ alerts }) => alerts.every(({ firing }) => !firing))).toMatchObject({ counts: { passed: 1 } });
      expect(world.notices.map((key) => key.split('/').at(-1))).toEqual(['follow-up-alert-0-f1']);
    });
  });

  test('an alert that comes just before a stop is told all the same, marked as it may have been told already', async () => {
    const world = followedWorld({ alerts: { labels } });
    await harness.followUp(world, async (followUps) => {
      world.hook = async (name, _, when) => {
        if (name !== 'lookAfter' || when !== 'before') return;
        await followUps.send('alert', { by: 'alertmanager', alerts: [alert({ fingerprint: 'f2' })] });
        await followUps.send('stop', { by: 'ana' });
        throw ApplicationFailure.retryable('the sink gives no answer');
      };
      await followUps.send('alert', { by: 'alertmanager', alerts: [alert()] });
      expect(await followUps.result()).toMatchObject({ outcome: 'STOPPED' });
      expect(world.told.map(({ key, mayRepeat }) => [key.split('/').at(-1), mayRepeat])).toEqual([
        ['follow-up-alert-0-f1', true],
        ['follow-up-alert-0-f2', undefined],
        ['follow-up-ended', undefined],
      ]);
    });
  });

  test('what a look has carried that could not be done is sent again, marked as such', async () => {
    const world = followedWorld({ alerts: { labels } });
    world.hook = (name, _, when) => {
      if (name === 'lookAfter' && when === 'before') throw ApplicationFailure.nonRetryable('no answer in time', 'Unavailable');
    };
    await harness.followUp(world, async (followUps) => {
      for (const fingerprint of ['f0', 'f1']) {
        await followUps.send('alert', { by: 'alertmanager', alerts: [alert({ fingerprint })] });
        await followUps.until(({ counts }) => counts.inconclusive > Number(fingerprint.slice(1)));
      }
      await followUps.send('stop', { by: 'ana' });
      await followUps.result();
      expect(world.told.map(({ key, mayRepeat }) => [key.split('/').at(-1), mayRepeat])).toEqual([
        ['follow-up-alert-0-f0', true],
        ['follow-up-alert-1-f1', true],
        ['follow-up-ended', undefined],
      ]);
    });
  });

  test('an alert that a person tells is on record with who and why, and people are told who says it; the spec need not ask for alerts', async () => {
    const world = followedWorld();
    await harness.followUp(world, async (followUps) => {
      const sent = { by: 'eva', comment: 'users call', alerts: [alert({ name: 'SlowExports', summary: 'users call', labels: {} })] };
      expect(await followUps.send('alert', sent)).toBe("1 of 1 alerts are this release's. People are told, and the release is looked at.");
      expect(await followUps.send('alert', sent)).toBe("1 of 1 alerts are this release's.");
      const { alerts, decisions } = await followUps.until(({ counts }) => counts.passed === 1);
      expect(alerts).toMatchObject([{ name: 'SlowExports', firing: true, by: 'eva' }]);
      expect(decisions[0]).toMatchObject({ what: 'alert', by: 'eva', comment: 'users call', on: 'alert SlowExports' });
      expect(world.told.at(-1)?.text).toContain('Told by hand: SlowExports: users call, says eva. The release is looked at now.');
    });
  });

  test('alerts are refused where the spec does not ask for them, and whatever is pushed wedges nothing', async () => {
    await harness.followUp(followedWorld(), async (followUps) => {
      await expect(followUps.send('alert', { by: 'alertmanager', alerts: [alert()] })).rejects.toMatchObject({
        cause: { message: expect.stringContaining('the spec has no followUps.alerts') },
      });
    });
    const world = followedWorld({ alerts: { labels } });
    await harness.followUp(world, async (followUps) => {
      for (const sent of [null, 7, [], { alerts: 'all' }, { by: 'x', alerts: [null, 7, { labels: 5 }, { labels: { service: 9 } }] }]) {
        await followUps.handle.signal('alert', sent);
      }
      expect(await followUps.status()).toMatchObject({ state: 'following up', alerts: [] });
    });
  });

  test("a push is told on only where it is this release's and new: nothing else fills the history", async () => {
    const world = followedWorld({ alerts: { labels } });
    await harness.followUp(world, async (followUps) => {
      const push = (...alerts: readonly ReturnType<typeof alert>[]) =>
        tellFollowUps(harness.client, harness.queue, { by: 'alertmanager', requestId: randomUUID(), alerts });
      // Temporal lists a workflow a little after its start.
      const listed = Date.now() + 30_000;
      while ((await push(alert())) === 0 && Date.now() < listed) await new Promise((resolve) => setTimeout(resolve, 100));
      await followUps.until(({ counts }) => counts.passed === 1);
      const [before] = await followUps.histories();
      expect(await push(alert())).toBe(0);
      expect(await push(alert({ labels: { service: 'other' } }), alert({ fingerprint: 'f2', firing: false }))).toBe(0);
      const [after] = await followUps.histories();
      expect(after?.events).toBe(before?.events);
      expect(await push(alert({ firing: false }))).toBe(1);
      expect(await followUps.until(({ alerts }) => alerts.every(({ firing }) => !firing))).toMatchObject({ counts: { passed: 1 } });
    });
  });

  test('a run that is talked to more than a month needs goes on in a new one, also between two looks', async () => {
    const world = followedWorld({ alerts: { labels } });
    await harness.followUp(world, async (followUps) => {
      const other = { by: 'alertmanager', alerts: [alert({ labels: { service: 'other' } })] };
      for (let sent = 0; sent < 1_000; sent += 50) {
        await Promise.all(Array.from({ length: 50 }, () => followUps.handle.signal('alert', other)));
      }
      await followUps.until(({ state }) => state === 'following up');
      expect((await followUps.histories()).length).toBeGreaterThan(1);
      expect(world.looks).toEqual([]);
    });
  });

  test('are listed and counted by how they stand, which nobody has to ask them; a new phase does not forget it', async () => {
    const [first, second] = aMonth.phases;
    const phases = [{ ...first, until: 300, every: 300 }, { ...second }] as typeof aMonth.phases;
    const world = followedWorld({ alerts: { labels }, phases }, {}, { searchAttributes: true });
    world.look = () => (world.looks.length === 1 ? { verdict: 'fail', reasons: ['errors 9.0 %'] } : {});
    await harness.followUp(world, async (followUps) => {
      const { workflowId, taskQueue } = await followUps.handle.describe();
      const engine = temporalEngine(harness.client, harness.client.connection as Connection, '');
      const told = async () => (await engine.openFollowUps()).find((run) => run.workflowId === workflowId)?.told;
      const until = async (is: () => Promise<boolean>) => {
        while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 100));
      };
      await followUps.until(({ phase }) => phase === 'first week');
      // Visibility lags behind.
      await until(async () => (await told())?.phase === 'follow-ups: first week');
      expect(await told()).toMatchObject({ status: 'failing' });
      expect((await observe(harness.client, taskQueue, Date.now())).followUps).toMatchObject({ failing: 1 });
      await followUps.send('alert', { by: 'alertmanager', alerts: [alert()] });
      await until(async () => (await told())?.status === 'following up');
      // Beside the phase of each run one event where it changes, and none with any other look.
      const upserts = (await followUps.histories()).map(
        ({ json }) => json.split('EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES').length - 1,
      );
      expect(upserts).toEqual([2, 2]);
    });
  });

  test('start a rollback where the spec asks for it and a second look agrees: a deployment of its own in the same lane', async () => {
    const { world, service } = failingWorld();
    const lane = workflowIdOf(service, 'production');
    harness.expect(lane, new FakeWorld(world.request));
    await harness.followUp(world, async (followUps) => {
      const id = `${service}-production-rollback-traffic-20261124T020000Z`;
      expect(await followUps.result()).toMatchObject({
        outcome: 'ROLLBACK_STARTED',
        reason: `The release is not within its limits, seen twice: errors 9.0 %. The rollback is ${id}.`,
        counts: { passed: 0, failed: 1 },
      });
      expect(world.notices.map((key) => key.split('/').at(-1))).toEqual(['follow-up-failing-1', 'follow-up-ended']);
      const rollback = harness.client.workflow.getHandle(lane);
      expect(await rollback.describe()).toMatchObject({ type: WORKFLOW_TYPE, memo: { deploymentId: id, requester: 'follow-up' } });
      expect(await harness.inputOf(lane)).toMatchObject({
        rollback: { level: 'traffic', of: world.request.deploymentId, reason: 'follow-up: errors 9.0 %' },
      });
      await rollback.terminate('test over').catch(() => undefined);
    });
  });

  test('tell people the command where a rollback is wanted and another deployment runs in the lane', async () => {
    const { world, service } = failingWorld();
    const meanwhile = () =>
      harness.followUp(world, async (followUps) => {
        expect(await followUps.result()).toMatchObject({ outcome: 'COMPLETED', counts: { passed: 0, failed: 1 } });
        const told = world.told.find(({ key }) => key.endsWith('follow-up-failing-1'));
        expect(told?.text).toContain(`analytics-deploy rollback ${world.request.deploymentId} --level traffic`);
      });
    await harness.followUp(followedWorld(), meanwhile, workflowIdOf(service, 'production'));
  });
});
