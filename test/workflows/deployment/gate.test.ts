import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ResolveRequest } from '../../../workflows/runbook/contract';
import { FakeWorld } from '../fake-world';
import { Harness } from '../harness';
import { testRequest, testSpec } from '../test-request';
import { longWatch, watching } from './situations';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

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

  test('an approval that is not the last costs the history its own five events: no timer begins anew', async () => {
    await harness.deploy(new FakeWorld(), async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      const { events } = await deployment.history();
      await deployment.send('approve', { gate: 'production', digest: gate?.digest ?? '', by: 'eva' });
      expect((await deployment.history()).events - events).toBe(5);
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
