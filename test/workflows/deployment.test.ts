import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { FakeWorld, type Hook } from './fake-world';
import { Harness, type Deployment } from './harness';
import type { ResolveRequest, SampleRequest } from '../../workflows/runbook/contract';
import type { DeploymentView } from '../../workflows/runbook/view';
import { asInTheRunbook, testRequest, testSpec } from './test-request';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

/** Fails one activity, as an adapter would say it. */
const failing = (
  name: string,
  type: string,
  more: { readonly times?: number; readonly wrote?: boolean; readonly when?: 'before' | 'after' } = {},
): Hook => {
  let left = more.times ?? Infinity;
  return (called, _, when) => {
    if (called !== name || when !== (more.when ?? 'before') || left <= 0) return;
    left -= 1;
    throw ApplicationFailure.create({ type, message: `${name} failed.`, nonRetryable: true, details: [{ wrote: more.wrote ?? true }] });
  };
};
const impatient = { attention: { deadline: 200, undoDeadline: 200 } };
/** A watch so long that only people end it. */
const longWatch = testSpec({ ramp: { ...testSpec().ramp, initial: { share: 10, watch: 60_000 } } });

const watching = (deployment: Deployment) =>
  deployment.until(({ rows }) =>
    rows.some(({ id, children }) => id === '2.2' && children.some((child) => child.id === '2.2.watch' && child.state === 'running')),
  );

/** Events by type. Workflow tasks are left out: how many answers share one is chance; a timer ends by firing or by being cancelled. */
function countEvents(json: string): Readonly<Record<string, number>> {
  const { events } = JSON.parse(json) as { readonly events: readonly { readonly eventType: string }[] };
  const types = events
    .map(({ eventType }) => eventType.replace(/TIMER_(FIRED|CANCELED)$/, 'TIMER_ENDED'))
    .filter((type) => !type.includes('WORKFLOW_TASK'));
  return Object.fromEntries([...new Set(types)].sort().map((type) => [type, types.filter((other) => other === type).length]));
}

describe('a deployment', () => {
  test('runs the whole runbook and ends with the candidate serving everything', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(asInTheRunbook) }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED', undone: [], left: [], waivers: [] });
      // What the spec does not ask for is no part of it.
      expect(new Set(report.rows.map(({ state }) => state))).toEqual(new Set(['done', 'off']));
      expect(world.state).toMatchObject({
        'analytics/httproute/analytics': { weights: { blue: 100, green: 0 } },
        'analytics/service/analytics': { colour: 'blue' },
      });
      const { events, bytes } = await deployment.history();
      expect(events).toBeLessThanOrEqual(325);
      expect(bytes).toBeLessThanOrEqual(100_000);
    });
  });

  test('has as many events with a watch ten times as long', async () => {
    const withWatch = async (watch: number): Promise<Readonly<Record<string, number>>> => {
      const ramp = { ...testSpec().ramp, initial: { share: 10, watch } };
      return harness.deploy(new FakeWorld(testRequest({ spec: testSpec({ ramp }) })), async (deployment) => {
        await deployment.approve();
        await deployment.result();
        return countEvents((await deployment.history()).json);
      });
    };
    const [short, long] = await Promise.all([withWatch(200), withWatch(2_000)]);
    expect(long).toEqual(short);
  });

  test('leaves out a step that is switched off, and says why', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ off: { '1.3': 'no load generator reaches staging' } }) }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { rows } = await deployment.result();
      expect(rows.find(({ id }) => id === '1.3')).toMatchObject({ state: 'off', note: 'no load generator reaches staging' });
      expect(world.calls).not.toContain('runLoadTest');
    });
  });
});

describe('the gate', () => {
  test('refuses the requester, people without the role, a stale digest and a second vote, each with its reason', async () => {
    await harness.deploy(new FakeWorld(), async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      const digest = gate?.digest ?? '';
      const approve = (by: string, over: { digest?: string; gate?: string } = {}) =>
        deployment.send('approve', { gate: 'production', digest, by, ...over });
      const refused = (message: RegExp) =>
        expect.objectContaining({ cause: expect.objectContaining({ type: 'Refused', message: expect.stringMatching(message) }) });
      await expect(approve('ana')).rejects.toEqual(
        refused(/you started this deployment \(ana\).*needs 2 of: lead, ops.*Ask eva \(lead\) or bo \(ops\)/),
      );
      await expect(approve('mallory')).rejects.toEqual(refused(/"mallory" is in none of the roles lead, ops/));
      await expect(approve('eva', { digest: 'ffffffffff' })).rejects.toEqual(refused(/the release is now d1gest/));
      await expect(approve('eva', { gate: 'staging' })).rejects.toEqual(refused(/gate "staging" is not open/));
      await expect(approve('eva')).resolves.toMatch(/1 of 2/);
      await expect(approve('eva')).rejects.toEqual(refused(/you have approved already/));
    });
  });

  test('takes the same message twice as one', async () => {
    await harness.deploy(new FakeWorld(), async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      const message = { gate: 'production', digest: gate?.digest ?? '', by: 'eva', requestId: 'once' };
      await deployment.send('approve', message);
      await deployment.handle.signal('approve', message);
      const view = await deployment.status();
      expect(view.gate?.approved.map(({ by }) => by)).toEqual(['eva']);
      expect(view.refusals).toEqual([]);
    });
  });

  test('a signal passes the same checks as the update, and its refusal shows in the status', async () => {
    await harness.deploy(new FakeWorld(), async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      await deployment.handle.signal('approve', { gate: 'production', digest: gate?.digest ?? '', by: 'ana', requestId: 'a' });
      const view = await deployment.until(({ refusals }) => refusals.length > 0);
      expect(view.refusals[0]).toMatch(/approve: Not approved: you started/);
      await deployment.handle.signal('approve', null as never);
      expect((await deployment.until(({ refusals }) => refusals.length > 1)).refusals[1]).toMatch(/does not say who sends it/);
    });
  });

  test('opens again with the difference where the world has changed since the approval', async () => {
    const world = new FakeWorld();
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      world.release = { ...world.release, live: { ...world.release.live, image: 'app@sha256:hotfix' }, digest: '0ther00000' };
      await deployment.approve();
      const { gate } = await deployment.until((view) => view.gate?.digest === '0ther00000');
      expect(gate?.approved).toEqual([]);
      expect(gate?.changed).toEqual(['live image: app@sha256:old → app@sha256:hotfix']);
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
    });
  });

  test('names at a gate that opened again only who approved what is deployed', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      world.release = { ...world.release, live: { ...world.release.live, image: 'app@sha256:hotfix' }, digest: '0ther00000' };
      await deployment.approve();
      await deployment.until((view) => view.gate?.digest === '0ther00000');
      for (const by of ['cy', 'eva']) await deployment.send('approve', { gate: 'production', digest: '0ther00000', by });
      const { rows } = await watching(deployment);
      expect(rows.find(({ id }) => id === 'gate')).toMatchObject({ state: 'done', note: 'cy, eva' });
    });
  });

  test('what people do is seen at once wherever one looks, not with the next step', async () => {
    await harness.deploy(new FakeWorld(testRequest({ spec: longWatch })), async (deployment) => {
      const told = async () => (await deployment.handle.describe()).memo?.['status'];
      await deployment.approve();
      await watching(deployment);
      expect(await told()).toBe('running');
      await deployment.send('pause', { by: 'bo' });
      expect(await told()).toBe('paused');
      await deployment.send('resume', { by: 'bo' });
      expect(await told()).toBe('running');
    });
  });

  test('a flood of messages is heard, counted, and keeps neither the abort nor the end from coming', async () => {
    await harness.deploy(new FakeWorld(testRequest({ spec: longWatch })), async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      const comment = 'x'.repeat(1_000);
      for (let turn = 0; turn < 200; turn++) {
        const which = turn % 2 === 0 ? 'pause' : 'resume';
        await deployment.handle.signal(which, { by: 'bo', comment, requestId: `${turn}` });
      }
      await deployment.send('abort', { by: 'eva' });
      const { decisions, unlisted, outcome } = await deployment.result();
      expect(outcome).toBe('ROLLED_BACK');
      expect(decisions.length).toBe(100);
      // Two approvals, 200 pauses and resumes, and the abort.
      expect(unlisted).toBe(103);
      expect(decisions[0]).toMatchObject({ what: 'approve' });
      expect(decisions.at(-1)).toMatchObject({ what: 'abort', by: 'eva' });
    });
  });

  test('what people write cannot steer the terminal of whoever reads it', async () => {
    await harness.deploy(new FakeWorld(testRequest({ spec: longWatch })), async (deployment) => {
      await deployment.send('pause', { by: 'bo', comment: 'red \u001b[31malert\r\n\u0007' });
      expect((await deployment.status()).decisions[0]?.comment).toBe('red  [31malert ');
    });
  });

  test('what is deployed stays what was approved, whatever the branch and the image tag name by then', async () => {
    const world = new FakeWorld();
    const asked: Partial<ResolveRequest>[] = [];
    world.hook = (name, input, when) => {
      if (name === 'resolveRelease' && when === 'before') asked.push(input as ResolveRequest);
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(() => asked.length === 2);
      expect(asked.map(({ commit, image }) => [commit, image?.digest])).toEqual([
        [undefined, undefined],
        [world.release.commit, 'sha256:new'],
      ]);
    });
  });

  test('a rejection and an expiry put staging back and end with nothing changed', async () => {
    const world = new FakeWorld();
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      await deployment.send('reject', { gate: 'production', digest: gate?.digest ?? '', by: 'bo', comment: 'not today' });
      expect(await deployment.result()).toMatchObject({
        outcome: 'FAILED',
        reason: 'Gate "go to production" was rejected by bo: not today.',
        left: [],
      });
      expect(world.state).toEqual(before);
    });
    const gates = { production: { ...testSpec().gates.production, expires: 3_000 } };
    const expiring = new FakeWorld(
      testRequest({ spec: testSpec({ gates, sinks: [{ kind: 'webhook', name: 'ops', url: 'http://sink' }] }) }),
    );
    await harness.deploy(expiring, async (deployment) => {
      expect(await deployment.result()).toMatchObject({ outcome: 'EXPIRED', reason: 'Gate "go to production" expired: 0 of 2 approved.' });
      expect(expiring.state).toEqual(new FakeWorld().state);
      expect(expiring.notices.map((key) => key.split('/')[1])).toEqual([
        'announcement',
        'status-2',
        'gate-d1gest000000',
        'gate-d1gest000000-0.5',
        'gate-d1gest000000-0.8',
        'rollback',
      ]);
    });
  });
});

describe('an abort', () => {
  const moments: readonly (readonly [string, (deployment: Deployment, world: FakeWorld) => Promise<unknown>])[] = [
    ['while the first step runs', (deployment) => deployment.until(({ rows }) => rows.length > 0)],
    ['while an activity runs', (deployment, world) => hold(world, 'runCommand', deployment)],
    ['while an activity backs off', (deployment, world) => holdBackingOff(world, 'probe', deployment)],
    ['at the gate', (deployment) => deployment.until((view) => view.gate !== null)],
    [
      'while a write is under way',
      async (deployment, world) => Promise.all([hold(world, 'setWorkload', deployment, 2), deployment.approve()]),
    ],
    ['during a watch', async (deployment) => deployment.approve().then(() => watching(deployment))],
    [
      'during a pause inside a watch',
      async (deployment) => {
        await deployment.approve();
        await watching(deployment);
        await deployment.send('pause', { by: 'bo' });
      },
    ],
    [
      'when a step needs attention',
      async (deployment, world) => (
        (world.hook = failing('runLoadTest', 'CheckFailed')),
        deployment.until((view) => view.attention !== null)
      ),
    ],
  ];
  test.each(moments)('%s puts everything back', async (_, reach) => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await reach(deployment, world);
      await deployment.send('abort', { by: 'cy', comment: 'looks wrong' });
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'ROLLED_BACK', reason: 'Aborted by cy: looks wrong.', left: [] });
      expect(world.state).toEqual(before);
      expect(report.undone.length).toBe(new Set(world.ledger.map(({ subject }) => subject)).size);
    });
  });

  test('while an object is being made waits for the answer: nothing is made behind its back', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    const before = world.snapshot();
    let aborted: () => void = () => undefined;
    const abort = new Promise<void>((resolve) => (aborted = resolve));
    let making = false;
    world.hook = async (name, _, when) => {
      if (name !== 'createFlags' || when !== 'before') return;
      making = true;
      await abort;
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(() => making);
      await deployment.send('abort', { by: 'cy' });
      aborted();
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(world.calls).toContain('removeFlags');
      expect(world.state).toEqual(before);
    });
  });

  test('once more, or a cancel through Temporal, changes nothing about the way back', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      await deployment.handle.cancel();
      await deployment.until(({ state }) => state === 'unwinding' || state === 'ended');
      await deployment.send('abort', { by: 'cy' }).catch(() => undefined);
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: 'Cancelled through Temporal.' });
      expect(world.state).toEqual(before);
    });
  });
});

describe('a watch', () => {
  test('that fails rolls back at once, with its evidence', async () => {
    const world = new FakeWorld();
    const before = world.snapshot();
    world.tally = (share) => (share === 50 ? { failure: 'errors 40.0 % of 200, must stay below 5.0 %' } : {});
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({
        outcome: 'ROLLED_BACK',
        reason: 'watch at 50 %: errors 40.0 % of 200, must stay below 5.0 %.',
      });
      expect(world.state).toEqual(before);
    });
  });

  test('keeps its rest over a pause, guards meanwhile, and can be extended', async () => {
    const ramp = { ...testSpec().ramp, initial: { share: 10, watch: 1_500 } };
    const world = new FakeWorld(testRequest({ spec: testSpec({ ramp }) }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      await deployment.send('pause', { by: 'bo' });
      const samplers = () => world.calls.filter((name) => name === 'sampleSignals').length;
      while (samplers() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await deployment.send('resume', { by: 'bo' })).toBe('Resumed.');
      await watching(deployment);
      expect(await deployment.send('extend', { by: 'bo', more: 500 })).toMatch(/longer/);
      const report = await deployment.result();
      const watch = report.rows.find(({ id }) => id === '2.2')?.children.find(({ id }) => id === '2.2.watch');
      expect(watch).toMatchObject({ state: 'done', planned: 1_500 });
      // The pause is no part of the rest that was kept.
      expect(watch?.window).toBeGreaterThan(2_000);
      expect((watch?.endedAt ?? 0) - (watch?.startedAt ?? 0)).toBeGreaterThanOrEqual(2_000);
    });
  });

  test('without enough evidence is extended up to the cap and then asks; nobody answering rolls back', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
    world.tally = () => ({ split: { part: 0, among: 0 } });
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({
        outcome: 'ROLLED_BACK',
        reason: expect.stringMatching(/inconclusive: split: no request was counted/),
      });
      expect(world.calls.filter((name) => name === 'sampleSignals').length).toBeGreaterThan(2);
      expect(world.state).toEqual(before);
    });
  });
});

describe('while the deployment stands still with traffic on the candidate', () => {
  const worsens = async (world: FakeWorld, deployment: Deployment) => {
    const before = new FakeWorld(world.request).snapshot();
    world.proof = 'errors 40.0 % of 200, must stay below 5.0 %';
    expect(await deployment.result()).toMatchObject({
      outcome: 'ROLLED_BACK',
      reason: 'watch at 10 %: errors 40.0 % of 200, must stay below 5.0 %.',
      left: [],
    });
    expect(world.state).toEqual(before);
  };

  test('because a watch has no evidence and asks, a proof of failure rolls back without an answer', async () => {
    const world = new FakeWorld();
    world.tally = () => ({ split: { part: 0, among: 0 } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ attention }) => attention?.step === '2.2.watch');
      await worsens(world, deployment);
    });
  });

  test('because it was paused between two steps, likewise', async () => {
    const world = new FakeWorld();
    await harness.deploy(world, async (deployment) => {
      let reached: () => void = () => undefined;
      const shifting = new Promise<void>((resolve) => (reached = resolve));
      let paused: () => void = () => undefined;
      const pause = new Promise<void>((resolve) => (paused = resolve));
      world.hook = async (name, _, when) => {
        if (name !== 'shiftTraffic' || when !== 'before' || world.calls.filter((called) => called === name).length !== 2) return;
        world.hook = () => undefined;
        reached();
        await pause;
        throw ApplicationFailure.nonRetryable('somebody else wrote there.', 'Foreign', { wrote: false });
      };
      await deployment.approve();
      await shifting;
      await deployment.send('pause', { by: 'bo' });
      paused();
      await deployment.until(({ attention }) => attention?.step === '2.3.traffic-50');
      await deployment.send('retry', { step: '2.3.traffic-50', by: 'bo' });
      await deployment.until(({ attention, state }) => attention === null && state === 'paused');
      await worsens(world, deployment);
    });
  });
});

describe('a step that has used up its retries', () => {
  test('parks, is tried again on a word, skipped with a reason, and both are on record', async () => {
    const world = new FakeWorld();
    world.hook = failing('runLoadTest', 'CheckFailed', { times: 1 });
    await harness.deploy(world, async (deployment) => {
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention).toMatchObject({ step: '1.3.load', choices: ['retry', 'skip', 'rollback'] });
      await deployment.send('retry', { step: '1.3.load', by: 'bo' });
      world.hook = failing('compareStructure', 'CheckFailed');
      await deployment.until((view) => view.attention?.step === '1.4.consistency');
      await expect(deployment.send('skip', { step: '1.4.consistency', by: 'bo' })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/needs its reason/) },
      });
      await deployment.send('skip', { step: '1.4.consistency', by: 'bo', comment: 'known difference' });
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED_WITH_WAIVERS', waivers: ['1.4.consistency skipped by bo: known difference'] });
    });
  });

  test('undoes a write whose answer was lost, and does not touch what was refused before any write', async () => {
    for (const wrote of [true, false]) {
      const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
      const before = world.snapshot();
      world.hook = failing('setWorkload', 'Unavailable', { wrote, when: wrote ? 'after' : 'before' });
      await harness.deploy(world, async (deployment) => {
        const report = await deployment.result();
        expect(report).toMatchObject({ outcome: wrote ? 'ROLLED_BACK' : 'FAILED' });
        expect(world.calls.includes('restoreWorkload')).toBe(wrote);
        expect(world.state).toEqual(before);
      });
    }
  });

  test('a destination that is not healthy gets no traffic and rolls back', async () => {
    const world = new FakeWorld();
    const before = world.snapshot();
    world.hook = failing('shiftTraffic', 'NotHealthy', { wrote: false });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: expect.stringMatching(/^2.2.traffic-10/) });
      expect(world.calls).not.toContain('restoreTraffic');
      expect(world.state).toEqual(before);
    });
  });
});

describe('the lock of the target', () => {
  test('is taken before the first production write and given up at the end, whatever the end is', async () => {
    for (const fails of [false, true]) {
      const world = new FakeWorld();
      if (fails) world.hook = failing('moveSelector', 'NotHealthy', { wrote: false });
      await harness.deploy(world, async (deployment) => {
        await deployment.approve();
        expect(await deployment.result()).toMatchObject({ outcome: fails ? 'ROLLED_BACK' : 'SUCCEEDED' });
        expect(world.calls.indexOf('takeTarget')).toBeLessThan(world.calls.indexOf('createFlags'));
        expect(world.calls.slice(-2)).toEqual(['releaseTarget', 'keepReport']);
      });
    }
  });

  test('that another deployment holds asks a person, and touches nothing of production', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
    world.hook = failing('takeTarget', 'Locked');
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: expect.stringMatching(/^2.0.lock/) });
      expect(world.calls).not.toContain('createFlags');
    });
  });

  test('that cannot be given up holds no end up, and is told', async () => {
    const world = new FakeWorld();
    world.hook = failing('releaseTarget', 'Forbidden');
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED', left: [] });
      expect(report.forwardOnly).toContainEqual(expect.stringMatching(/^lock .* could not be given up/));
    });
  });

  test('that a repair has taken over ends the deployment: nobody is asked, nothing more is written, and what was taken over is listed as it stands', async () => {
    const world = new FakeWorld();
    world.hook = (name, _, when) => {
      if (when !== 'before' || !world.calls.includes('moveSelector')) return;
      if (name === 'moveSelector' || name.startsWith('restore') || name.startsWith('remove')) {
        throw ApplicationFailure.create({ type: 'TakenOver', message: 'epoch 2.', nonRetryable: true, details: [{}] });
      }
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'ROLLBACK_INCOMPLETE', reason: expect.stringMatching(/^2.3.selector .*epoch 2/) });
      const traffic = report.left.find(({ subject }) => subject === 'analytics/httproute/analytics');
      expect(traffic?.reason).toBe('taken over, as it stands: epoch 2.');
      expect(world.ledger.filter(({ activity }) => activity.startsWith('restore'))).toEqual([]);
    });
  });
});

describe('a value that somebody else has set', () => {
  test('is written over only after a person has adopted it, and the way back restores what was there at first', async () => {
    const world = new FakeWorld();
    world.hook = failing('shiftTraffic', 'Foreign', { times: 1, wrote: false });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention).toMatchObject({ step: '2.2.traffic-10', choices: ['retry', 'adopt', 'rollback'] });
      await deployment.send('adopt', { by: 'bo', step: '2.2.traffic-10' });
      expect(await deployment.result()).toMatchObject({
        outcome: 'SUCCEEDED',
        decisions: expect.arrayContaining([expect.objectContaining({ what: 'adopt', by: 'bo' })]),
      });
      expect(world.calls.filter((name) => name === 'readTraffic')).toHaveLength(2);
    });
  });

  test('in a watch is gone on from once a person has adopted it, and what is changed after our next write is told again', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(asInTheRunbook) }));
    const subject = 'analytics/httproute/analytics';
    const adopted: (readonly string[])[] = [];
    let told = 0;
    world.hook = (name, input, when) => {
      if (name !== 'sampleSignals' || when !== 'before') return;
      const { window, adopted: known = [] } = input as SampleRequest;
      // What guards a question compares nothing.
      if (window !== undefined) adopted.push(known);
    };
    world.tally = (share) =>
      (share === 20 && told === 0) || (share === 50 && told === 1) ? (told++, { drift: { subject, words: 'weights 35' } }) : {};
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      for (const at of ['2.3.watch-20', '2.3.watch-50']) {
        await deployment.until(({ attention }) => attention?.step === at);
        await deployment.send('adopt', { by: 'bo', step: at });
      }
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
      // Read when it was captured, and at each adoption: the next write expects what was found.
      expect(world.calls.filter((name) => name === 'readTraffic')).toHaveLength(3);
      expect(adopted).toEqual([[], [], [subject], [], [subject], [], [], [], []]);
    });
  });

  test('cannot be adopted where nobody has set one', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ attention: { deadline: 5_000, undoDeadline: 200 } }) }));
    world.hook = failing('awaitRollout', 'RolloutFailed');
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      await expect(deployment.send('adopt', { by: 'bo', step: '1.1.rollout' })).rejects.toThrow();
      await deployment.send('abort', { by: 'bo' });
      await deployment.result();
    });
  });
});

describe('the commit point', () => {
  test('a scale-down that fails puts no release back: it is left, on record', async () => {
    const world = new FakeWorld();
    let workloads = 0;
    world.hook = (name, _, when) => {
      if (name === 'setWorkload' && when === 'before' && ++workloads === 3) {
        throw ApplicationFailure.create({
          type: 'CheckFailed',
          message: 'a budget keeps them.',
          nonRetryable: true,
          details: [{ wrote: false }],
        });
      }
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({
        outcome: 'SUCCEEDED_WITH_WAIVERS',
        waivers: [expect.stringMatching(/^scale-down.old .* was left: a budget keeps them/)],
      });
    });
  });
});

describe('putting back', () => {
  test('lists what cannot be undone with its command, and still undoes the rest', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
    world.tally = () => ({ failure: 'errors' });
    world.hook = failing('removeFlags', 'Forbidden');
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({
        outcome: 'ROLLBACK_INCOMPLETE',
        left: [
          {
            subject: 'analytics/configmap/analytics-flags-0123456789',
            byHand: 'kubectl -n analytics delete configmap analytics-flags-0123456789',
          },
        ],
      });
      expect(report.undone.length).toBe(3);
    });
  });

  test('takes nothing from under traffic that cannot be moved', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
    world.tally = () => ({ failure: 'errors' });
    world.hook = failing('restoreTraffic', 'Forbidden');
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report.undone.map(({ subject }) => subject)).toEqual(['analytics-staging/deployment/analytics']);
      expect(report.left.map(({ subject }) => subject)).toEqual([
        'analytics/httproute/analytics',
        'analytics/deployment/analytics-blue',
        'analytics/configmap/analytics-flags-0123456789',
      ]);
    });
  });

  test('takes no flags away that a candidate may still name', async () => {
    const world = new FakeWorld(testRequest({ spec: testSpec(impatient) }));
    world.tally = () => ({ failure: 'errors' });
    world.hook = (name, input, when) => {
      const { namespace } = (input as { change?: { namespace?: string } }).change ?? {};
      if (name === 'restoreWorkload' && namespace === 'analytics' && when === 'before')
        throw ApplicationFailure.nonRetryable('403', 'Forbidden');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect((await deployment.result()).left).toMatchObject([
        { subject: 'analytics/deployment/analytics-blue' },
        { subject: 'analytics/configmap/analytics-flags-0123456789', reason: 'the candidate may still name it' },
      ]);
    });
  });

  test('moves the route while the Service cannot be written, and the other way round', async () => {
    for (const stuck of ['restoreSelector', 'restoreTraffic'] as const) {
      const other = stuck === 'restoreSelector' ? 'restoreTraffic' : 'restoreSelector';
      const world = new FakeWorld();
      const before = world.snapshot();
      const isSelectorWatch = () => world.state['analytics/service/analytics'] !== undefined && world.calls.includes('moveSelector');
      world.tally = () => (isSelectorWatch() ? { failure: 'errors' } : {});
      world.hook = (name, _, when) => {
        if (name === stuck && when === 'before' && !world.calls.includes(other)) throw ApplicationFailure.retryable('503', 'Unavailable');
      };
      await harness.deploy(world, async (deployment) => {
        await deployment.approve();
        expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
        expect(world.state).toEqual(before);
      });
    }
  });

  const failedUndo = 'undo:analytics/httproute/analytics';
  test.each<readonly [string, number, (deployment: Deployment) => Promise<unknown>]>([
    ['by itself', 8_000, async () => undefined],
    ['on an abort', 600_000, (deployment) => deployment.send('abort', { by: 'bo' })],
    ["on a person's word", 60_000, (deployment) => deployment.send('retry', { step: failedUndo, by: 'bo' })],
  ])('what failed for good is tried again %s, and then completes', async (_, undoDeadline, say) => {
    const world = new FakeWorld(testRequest({ spec: testSpec({ attention: { deadline: 60_000, undoDeadline } }) }));
    const before = world.snapshot();
    world.tally = () => ({ failure: 'errors' });
    world.hook = failing('restoreTraffic', 'Forbidden', { times: 1 });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until((view) => view.attention?.step === failedUndo);
      await say(deployment);
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(world.state).toEqual(before);
    });
  });

  test('an undo that comes free late is asked about and tried again like any other', async () => {
    const world = new FakeWorld();
    const before = world.snapshot();
    world.tally = () => ({ failure: 'errors' });
    let refusals = 2;
    world.hook = (name, input, when) => {
      const { namespace } = (input as { change?: { namespace?: string } }).change ?? {};
      if (when !== 'before' || namespace !== 'analytics') return;
      if ((name === 'restoreTraffic' && refusals === 2) || (name === 'restoreWorkload' && refusals === 1)) {
        refusals -= 1;
        throw ApplicationFailure.nonRetryable('403', 'Forbidden');
      }
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      for (const step of [failedUndo, 'undo:analytics/deployment/analytics-blue']) {
        await deployment.until(({ attention }) => attention?.step === step);
        await deployment.send('retry', { step, by: 'bo' });
      }
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(world.state).toEqual(before);
    });
  });

  test('a question that nobody answers holds up only what depends on it', async () => {
    const world = new FakeWorld();
    world.tally = () => ({ failure: 'errors' });
    let isTrafficRefused = true;
    world.hook = (name, input, when) => {
      const { namespace } = (input as { change?: { namespace?: string } }).change ?? {};
      const isRefused =
        (name === 'restoreTraffic' && isTrafficRefused) || (name === 'restoreWorkload' && namespace === 'analytics-staging');
      if (when === 'before' && isRefused) throw ApplicationFailure.nonRetryable('403', 'Forbidden');
    };
    await harness.deploy(world, async (deployment) => {
      const state = (subject: string) => (view: DeploymentView) => view.undos.find((undo) => undo.subject.endsWith(subject))?.state;
      await deployment.approve();
      await deployment.until(({ attention }) => attention?.step === failedUndo);
      isTrafficRefused = false;
      await deployment.until((view) => state('analytics-staging/deployment/analytics')(view) === 'left');
      await deployment.send('retry', { step: failedUndo, by: 'bo' });
      await deployment.until((view) => state('configmap/analytics-flags-0123456789')(view) === 'done');
      const step = 'undo:analytics-staging/deployment/analytics';
      const { attention, share } = await deployment.status();
      expect(attention?.step).toBe(step);
      expect(share).toBe(0);
      await deployment.send('skip', { step, by: 'bo', comment: 'by hand' });
      expect((await deployment.result()).left.map(({ subject }) => `undo:${subject}`)).toEqual([step]);
    });
  });

  test('lets traffic drain from the candidate for as long as the gateway may take, and waits for nothing where no traffic was moved', async () => {
    const spec = testSpec();
    const production = { ...spec.production, traffic: { ...spec.production.traffic, propagation: 1_500 } };
    const world = new FakeWorld(testRequest({ spec: { ...spec, production } }));
    const at: Record<string, number> = {};
    world.tally = () => ({ failure: 'errors' });
    world.hook = (name, input, when) => {
      const { namespace } = (input as { change?: { namespace?: string } }).change ?? {};
      if (name.startsWith('restore') && namespace === 'analytics') at[`${name} ${when}`] = Date.now();
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect((at['restoreWorkload before'] ?? 0) - (at['restoreTraffic after'] ?? 0)).toBeGreaterThanOrEqual(1_400);
    });
    const untouched = new FakeWorld(world.request);
    untouched.hook = failing('shiftTraffic', 'NotHealthy', { wrote: false });
    await harness.deploy(untouched, async (deployment) => {
      await deployment.approve();
      await deployment.result();
      expect((await deployment.history()).json).not.toContain('traffic drains');
      expect(untouched.calls).toContain('restoreWorkload');
    });
  });

  test('a hand-over stops every write at once and lists what is left', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      const written = world.ledger.length;
      await deployment.send('handover', { by: 'bo' });
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'ROLLBACK_INCOMPLETE', undone: [] });
      expect(report.left.length).toBe(4);
      expect(world.ledger.length).toBe(written);
      // The lock is given up, so that people are not kept from the target.
      expect(world.calls.slice(-2)).toEqual(['releaseTarget', 'keepReport']);
    });
  });

  test('a person who aborts meanwhile makes it less demanding', async () => {
    const world = new FakeWorld();
    world.tally = () => ({ failure: 'errors' });
    const urgencies: boolean[] = [];
    world.hook = async (name, input, when) => {
      if (name !== 'restoreTraffic' || when !== 'before') return;
      const { urgent } = input as { readonly urgent: boolean };
      urgencies.push(urgent);
      if (!urgent) await new Promise((_, reject) => Context.current().cancellationSignal.addEventListener('abort', reject));
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.until(() => urgencies.length === 1);
      expect(await deployment.send('abort', { by: 'bo' })).toMatch(/^Already ending/);
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(urgencies).toEqual([false, true]);
    });
  });

  test('one undo can be given up, and the others go on', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      world.hook = (name, _, when) => {
        if (name === 'removeFlags' && when === 'before') throw ApplicationFailure.retryable('no answer', 'Unavailable');
      };
      await deployment.send('abort', { by: 'bo' });
      await deployment.until(({ undos }) => undos.some(({ subject, state }) => subject.includes('configmap') && state === 'running'));
      await deployment.send('skip', { step: 'undo:analytics/configmap/analytics-flags-0123456789', by: 'bo', comment: 'by hand' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLBACK_INCOMPLETE', left: [{ reason: 'given up by bo' }] });
    });
  });
});

describe('a defect of ours', () => {
  test('waits for a corrected worker and rolls nothing back', async () => {
    const world = new FakeWorld();
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      world.release = { ...world.release, live: undefined as never };
      await deployment.approve();
      for (;;) {
        const { raw } = await deployment.handle.describe();
        if ((raw.pendingWorkflowTask?.attempt ?? 0) > 1) break;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      expect(world.calls.filter((name) => name.startsWith('restore'))).toEqual([]);
      expect((await deployment.handle.describe()).status.name).toBe('RUNNING');
    });
  });
});

describe('a defect of ours beside a step that runs', () => {
  test('is told at once, while the other one still runs', async () => {
    const world = new FakeWorld();
    world.hook = async (name, _, when) => {
      if (name === 'runCommand' && when === 'before')
        await new Promise((_resolve, reject) => Context.current().cancellationSignal.addEventListener('abort', reject));
    };
    const answers = world.activities;
    Object.defineProperty(world, 'activities', { value: { ...answers, compareStructure: async () => null as never } });
    await harness.deploy(world, async (deployment) => {
      for (;;) {
        const { raw } = await deployment.handle.describe();
        if ((raw.pendingWorkflowTask?.attempt ?? 0) > 1) break;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      const { raw } = await deployment.handle.describe();
      expect(raw.pendingActivities?.map(({ activityId }) => activityId)).toContain('1.4.tests');
    });
  });
});

describe('superseding', () => {
  test('ends a deployment before production and is refused after it', async () => {
    const world = new FakeWorld(testRequest({ spec: longWatch }));
    const before = world.snapshot();
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      await deployment.send('supersede', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'FAILED', reason: 'Superseded by eva.' });
      expect(world.state).toEqual(before);
    });
    await harness.deploy(new FakeWorld(testRequest({ spec: longWatch })), async (deployment) => {
      await deployment.approve();
      await watching(deployment);
      await expect(deployment.send('supersede', { by: 'eva' })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/has touched production/) },
      });
    });
  });
});

/** Lets the n-th call of an activity hang until it is cancelled or the worker stops, and waits until it is there. */
async function hold(world: FakeWorld, name: string, deployment: Deployment, nth = 1): Promise<void> {
  let reached: () => void = () => undefined;
  const there = new Promise<void>((resolve) => (reached = resolve));
  let calls = 0;
  world.hook = async (called, _, when) => {
    if (called !== name || when !== 'after' || ++calls !== nth) return;
    reached();
    await new Promise((_, reject) => Context.current().cancellationSignal.addEventListener('abort', reject));
  };
  void deployment;
  await there;
}

/** Lets an activity fail retryably and waits until it backs off. */
async function holdBackingOff(world: FakeWorld, name: string, deployment: Deployment): Promise<void> {
  world.hook = (called, _, when) => {
    if (called === name && when === 'before')
      throw ApplicationFailure.create({ type: 'Unavailable', message: 'no answer', nextRetryDelay: '60s' });
  };
  for (;;) {
    const { raw } = await deployment.handle.describe();
    if (raw.pendingActivities?.some(({ attempt, lastFailure }) => (attempt ?? 0) > 1 && lastFailure)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
