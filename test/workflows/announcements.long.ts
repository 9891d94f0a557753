import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { randomUUID } from 'node:crypto';
import type { NotifyRequest } from '../../workflows/runbook/contract';
import type { Spec } from '../../workflows/runbook/spec';
import { FakeWorld } from './fake-world';
import { Harness, type Deployment } from './harness';
import { testRequest, testSpec } from './test-request';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

const sinks = ['chat', 'mail'].map((name) => ({ kind: 'webhook' as const, name, url: `https://${name}.example.com` }));
const contact = (name: string, after: number, reach?: readonly string[]) => ({
  name,
  handle: `@${name}`,
  after,
  ...(reach ? { sinks: reach } : {}),
});
const worldWith = (change: Partial<Spec> = {}): FakeWorld => new FakeWorld(testRequest({ spec: testSpec({ sinks, ...change }) }));
const keys = (world: FakeWorld): readonly string[] => world.told.map(({ key }) => key.split('/').slice(1).join('/'));
const toldOf = (world: FakeWorld, kind: NotifyRequest['kind']): NotifyRequest => {
  const found = world.told.find((notice) => notice.kind === kind);
  if (!found) throw new Error(`no ${kind} among ${keys(world).join(', ')}`);
  return found;
};
const failedCheck =
  (name: string, until: () => boolean = () => true) =>
  (called: string, _: unknown, when: string) => {
    if (called === name && when === 'before' && until()) throw ApplicationFailure.nonRetryable(`${name} says no.`, 'CheckFailed');
  };

describe('what people are told', () => {
  test('of a deployment that succeeds: announcement, status of each phase, what waits, success; each once, in order, with what was measured', async () => {
    const world = worldWith();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(keys(world)).toEqual(['announcement', 'status-2', 'gate-d1gest000000', 'success', 'status-3']);
      expect(report.notices?.map(({ kind, sinks: reached }) => [kind, ...reached.map(({ result }) => result)])).toEqual(
        ['announcement', 'status', 'gate', 'success', 'status'].map((kind) => [kind, 'delivered', 'delivered']),
      );
      const success = toldOf(world, 'success');
      expect(success.subject).toBe('analytics v1.0.0 → production: is live');
      // Four watches of a thousand events each, as the fake world's tallies say.
      expect(success.text).toContain('errors 0.1 % of 4000 (target: below 5 %)');
      expect(success.text).toContain('under 500 ms 99 % of 4000 (target: above 95 %)');
      expect(success.text).toContain('load on staging: p95 212 ms');
      const [first, second] = world.told.filter(({ kind }) => kind === 'status');
      expect(first?.text).toContain('errors: not measured (target: below 5 %)');
      expect(first?.text).toContain('Status: GREEN: all passed; production is untouched');
      expect(second?.subject).toContain('phase 2 of 2 is complete');
      expect((await deployment.history()).events).toBeLessThanOrEqual(360);
    });
  });

  test('of a failing watch: the issue first, then that everything was put back, with how long users had it', async () => {
    const world = worldWith({ contacts: { primary: contact('lead', 0) } });
    world.tally = (share) => (share === 50 ? { failure: 'errors 9.0 % of 1000, must stay below 5.0 %' } : {});
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report.outcome).toBe('ROLLED_BACK');
      expect(keys(world).slice(-3)).toEqual(['issue-2.3.watch-50', 'call-2.3.watch-50-primary-1', 'rollback']);
      const issue = toldOf(world, 'issue');
      expect(issue.text).toContain('Issue: 2.3 watch at 50 %: errors 9.0 % of 1000, must stay below 5.0 %');
      expect(issue.text).toContain('Impact: 50 % of the traffic is on the new version');
      expect(issue.text).toContain('Status: mitigating');
      const rollback = toldOf(world, 'rollback');
      expect(rollback.subject).toContain('was rolled back');
      expect(rollback.text).toMatch(/Users affected: .* until .*UTC: 10 % for .*, 50 % for .* of the traffic/);
      expect(rollback.text).toContain('State: as before: ');
    });
  });

  test('of a step that needs attention: once, however often it is tried, and again for another reason', async () => {
    const world = worldWith();
    let tries = 0;
    world.hook = (name, _, when) => {
      if (name !== 'compareStructure' || when !== 'before' || ++tries > 3) return;
      throw ApplicationFailure.nonRetryable(tries < 3 ? `${tries} fields differ.` : 'The answer is no JSON.', 'CheckFailed');
    };
    await harness.deploy(world, async (deployment) => {
      for (const time of [1, 2, 3]) {
        await deployment.until(({ attention }) => attention !== null && tries === time);
        await deployment.send('retry', { step: '1.4.consistency', by: 'eva' });
      }
      await deployment.until(({ gate }) => gate !== null);
      await deployment.send('abort', { by: 'eva' });
      await deployment.result();
      expect(keys(world)).toEqual([
        'announcement',
        'attention-1.4.consistency',
        'attention-1.4.consistency-2',
        'status-2',
        'gate-d1gest000000',
        'rollback',
      ]);
      expect(toldOf(world, 'issue').text).toContain(
        `analytics-deploy skip ${deployment.request.deploymentId} --step 1.4.consistency --comment "why"`,
      );
      expect(toldOf(world, 'rollback').text).toContain('Users affected: none: no traffic of production had been moved');
    });
  });

  test('goes by kind to the sinks of the spec, and of a kind without sinks nothing is told', async () => {
    const readers = { prefix: '[shop] ', impact: 'none', expect: ['faster pages'], reportTo: '#shop', signature: 'the shop' };
    const world = worldWith({ announcements: { ...readers, sinks: { gate: ['chat'], status: [], success: ['mail'] } } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await deployment.result();
      expect(world.told.map(({ kind, sinks: reached }) => [kind, reached.map(({ name }) => name).join()])).toEqual([
        ['announcement', 'chat,mail'],
        ['gate', 'chat'],
        ['success', 'mail'],
      ]);
      expect(toldOf(world, 'announcement').subject).toMatch(/^\[shop\] analytics v1\.0\.0 → production: is being deployed from \d{4}-/);
      expect(toldOf(world, 'announcement').text).toContain('What is new:\n- faster pages');
    });
  });

  test('answers the first message, by the name that each sink gave it', async () => {
    const world = worldWith();
    world.thread = (name) => (name === 'chat' ? '1700.1' : undefined);
    await harness.deploy(world, async (deployment) => {
      await deployment.until(({ gate }) => gate !== null);
      await deployment.send('abort', { by: 'eva' });
      await deployment.result();
      expect(world.told.map(({ threads }) => threads)).toEqual([{}, { chat: '1700.1' }, { chat: '1700.1' }, { chat: '1700.1' }]);
    });
  });

  test('never holds the deployment up: with sinks that fail for good it ends as it would, and the report lists them', async () => {
    const world = worldWith();
    world.hook = (name, _, when) => {
      if (name === 'notify' && when === 'before') throw ApplicationFailure.nonRetryable('defect', 'Unexpected');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { outcome, notices } = await deployment.result();
      expect(outcome).toBe('SUCCEEDED');
      expect(notices).toHaveLength(5);
      expect(notices?.[0]?.sinks[0]).toEqual({
        name: 'chat',
        result: 'undelivered',
        note: 'the worker that sent it gave no answer (defect): it may have arrived',
      });
    });
  });

  test('is told one after another: while one is under way the next one waits, and no step does', async () => {
    const world = worldWith();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    world.hook = (name, input, when) =>
      name === 'notify' && when === 'before' && (input as NotifyRequest).key.endsWith('/announcement') ? held : undefined;
    await harness.deploy(world, async (deployment) => {
      const { notices } = await deployment.until(({ gate }) => gate !== null);
      expect(notices?.map(({ key, sinks: [first] }) => [key, first?.result])).toEqual([
        ['announcement', 'under way'],
        ['status-2', 'under way'],
        ['gate-d1gest000000', 'under way'],
      ]);
      expect(world.told).toEqual([]);
      goOn();
      await deployment.send('abort', { by: 'eva' });
      await deployment.result();
      expect(keys(world)).toEqual(['announcement', 'status-2', 'gate-d1gest000000', 'rollback']);
    });
  });
});

describe('a sink that does not answer', () => {
  /** Holds a message until the deployment does not wait for it any more. */
  const heldWhile = async (isHeld: () => boolean): Promise<void> => {
    const context = Context.current();
    while (isHeld() && !context.cancellationSignal.aborted) {
      context.heartbeat();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    context.cancellationSignal.throwIfAborted();
  };
  const isAfterwards = () => Context.current().info.workflowExecution?.workflowId.startsWith('last-notices:') === true;

  test('holds up neither the end nor what comes next: a run of its own goes on sending, in order, and the report says so', async () => {
    const world = worldWith();
    world.hook = (name, input, when) =>
      name === 'notify' && when === 'before' && (input as NotifyRequest).key.endsWith('/success') && !isAfterwards()
        ? heldWhile(() => true)
        : undefined;
    const deploymentId = `analytics-production-v1.0.0-${randomUUID()}`;
    harness.expect(`last-notices:${deploymentId}`, world);
    await harness.deploy(
      world,
      async (deployment) => {
        await deployment.approve();
        const { outcome, notices } = await deployment.result();
        expect(outcome).toBe('SUCCEEDED');
        const note = `No answer yet when the deployment ended: last-notices:${deploymentId} goes on trying.`;
        expect(notices?.slice(-2).map(({ key, sinks: [first] }) => [key, first])).toEqual([
          ['success', { name: 'chat', result: 'undelivered', note }],
          ['status-3', { name: 'chat', result: 'undelivered', note }],
        ]);
        const told: unknown = await harness.client.workflow.getHandle(`last-notices:${deploymentId}`).result();
        expect(told).toMatchObject([{ key: 'success', sinks: [{ result: 'delivered' }, { result: 'delivered' }] }, { key: 'status-3' }]);
        expect(world.told.slice(-2).map(({ key, mayRepeat }) => [key.split('/')[1], mayRepeat])).toEqual([
          ['success', true],
          ['status-3', undefined],
        ]);
      },
      { deploymentId },
    );
  });

  test('keeps nobody from being called: a call waits for no other message', async () => {
    const world = worldWith({ contacts: { primary: contact('lead', 0) } });
    let isHeld = true;
    const failed = failedCheck('compareStructure');
    world.hook = (name, input, when) => {
      failed(name, input, when);
      return name === 'notify' && when === 'before' && (input as NotifyRequest).kind !== 'escalation' ? heldWhile(() => isHeld) : undefined;
    };
    await harness.deploy(world, async (deployment) => {
      const { notices } = await deployment.until(() => world.told.length > 0);
      expect(keys(world)).toEqual(['call-1.4.consistency-primary-1']);
      expect(notices?.find(({ kind }) => kind === 'issue')?.sinks[0]?.result).toBe('under way');
      isHeld = false;
      await deployment.send('abort', { by: 'eva' });
      await deployment.result();
    });
  });
});

describe('what people are told of the way back', () => {
  const route = 'analytics/httproute/analytics';
  const ramp = { ...testSpec().ramp, steps: [20, 50, 80, 100].map((share) => ({ share, watch: share === 50 ? 60_000 : 100 })) };
  const atHalf = (deployment: Deployment) =>
    deployment.until(({ rows }) =>
      rows.some(({ children }) => children.some(({ id, state }) => id === '2.3.watch-50' && state === 'running')),
    );

  test('handed over: what production has now, that nothing was undone, and the commands that finish it', async () => {
    const world = worldWith({ ramp });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await deployment.send('handover', { by: 'eva' });
      const { left } = await deployment.result();
      const { subject, text } = toldOf(world, 'rollback');
      expect(subject).toBe('analytics v1.0.0 → production: ROLLBACK IS INCOMPLETE');
      expect(text).toMatch(/^analytics v1\.0\.0 still has 50 % of the traffic of production\.\n/);
      expect(text).toContain(`State: nothing was undone; ${left.length} left to do by hand`);
      expect(left.map(({ byHand }) => text.includes(byHand))).toEqual(left.map(() => true));
    });
  });

  test('a step back that was taken a second time: its question is told again', async () => {
    const world = worldWith({ ramp, rollback: { minimumReady: 0.5, partial: { share: 20, watch: 100 } } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      for (const time of ['once', 'again']) {
        await atHalf(deployment);
        await deployment.send('rollback', { by: 'eva', level: 'partial' });
        await deployment.until(({ attention }) => attention !== null);
        if (time === 'once') await deployment.send('retry', { by: 'eva', step: 'rollback.partial' });
      }
      await deployment.send('abort', { by: 'eva' });
      await deployment.result();
      expect(keys(world).filter((key) => key.startsWith('attention'))).toEqual([
        'attention-rollback.partial',
        'attention-rollback.partial-2',
      ]);
    });
  });

  test('an undo that fails: at once what it is and what can be decided, and somebody is called', async () => {
    const world = worldWith({ ramp, contacts: { primary: contact('lead', 0) } });
    let isForbidden = true;
    world.hook = (name, _, when) => {
      if (name === 'restoreTraffic' && when === 'before' && isForbidden) throw ApplicationFailure.nonRetryable('no right.', 'Forbidden');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await deployment.send('abort', { by: 'eva' });
      const { alarms } = await deployment.until(({ alarms: open }) => (open?.[0]?.called.length ?? 0) > 0);
      expect(alarms?.[0]).toMatchObject({ id: `undo:${route}`, called: [{ name: 'lead' }] });
      isForbidden = false;
      await deployment.send('retry', { by: 'eva', step: `undo:${route}` });
      await deployment.result();
      expect(keys(world).slice(-3)).toEqual([`attention-undo:${route}`, `call-undo:${route}-primary-1`, 'rollback']);
      const issue = toldOf(world, 'issue');
      expect(issue.text).toContain('Impact: 50 % of the traffic is on the new version');
      expect(issue.text).toContain(`analytics-deploy retry ${deployment.request.deploymentId} --step undo:${route}`);
      expect(issue.text).toContain('or else: listed as left');
    });
  });

  test('flags of what serves, put back as their watch fails: all of the traffic had them, and the version is named', async () => {
    const flags = { values: { A: 'false' }, watch: 200, gate: { ...testSpec().gates.production, approvals: 1 } };
    const world = worldWith({ rollback: { minimumReady: 0.5, flags } });
    const { live, candidate, image, ...rest } = world.release;
    world.state[route] = { weights: { blue: 100, green: 0 } };
    world.rollback = () => ({
      ...{ ...rest, image, version: 'v1.0.0', from: 'v1.0.0', weights: { blue: 100, green: 0 }, selected: 'blue' },
      ...{ live, candidate: { ...candidate, image, replicas: 3, readyReplicas: 3 } },
      flags: { configMap: 'analytics-flags-safe000000', data: { A: 'false' } },
    });
    world.tally = () => ({ failure: 'errors 9 %' });
    const rollback = { level: 'flags', of: 'analytics-production-v1.0.0-20261124T020000Z' } as const;
    await harness.deploy(
      world,
      async (deployment) => {
        await deployment.approve('flags');
        expect((await deployment.result()).outcome).toBe('ROLLED_BACK');
        expect(toldOf(world, 'issue').text).toContain('Impact: 100 % of the traffic is on v1.0.0, whose flags are being changed');
        const { subject, text } = toldOf(world, 'rollback');
        expect(subject).toBe('rollback of analytics v1.0.0 (flags) → production: was put back itself');
        expect(text).toMatch(/^v1\.0\.0 serves production with the flags that it had\.\n/);
        expect(text).toMatch(/Users affected: .* until .*UTC: 100 % for .* of the traffic, on v1\.0\.0 while its flags were changed/);
      },
      { version: 'rollback-flags', rollback },
    );
  });
});

describe('contacts', () => {
  const contacts = { primary: contact('lead', 0, ['chat']), secondary: contact('second', 300), management: contact('boss', 600_000) };

  test('are called one after another while a step waits, and nobody else once somebody has acknowledged', async () => {
    const world = worldWith({ contacts });
    world.hook = failedCheck('compareStructure');
    await harness.deploy(world, async (deployment) => {
      const { alarms } = await deployment.until(({ alarms: open }) => open?.[0]?.called.length === 2);
      expect(alarms?.[0]).toMatchObject({
        id: '1.4.consistency',
        called: [
          { level: 'primary', name: 'lead' },
          { level: 'secondary', name: 'second' },
        ],
        acknowledged: null,
      });
      expect(await deployment.send('ack', { by: 'bo' })).toMatch(/^Acknowledged: nobody else is called for 1\.4\.consistency/);
      const { alarms: acknowledged } = await deployment.until(({ alarms: open }) => open?.[0]?.next === null);
      expect(acknowledged?.[0]?.acknowledged).toMatchObject({ by: 'bo' });
      await expect(deployment.send('ack', { by: 'cy' })).rejects.toMatchObject({
        cause: { message: expect.stringContaining('bo has acknowledged already') },
      });
      await deployment.send('rollback', { by: 'bo' });
      const { decisions } = await deployment.result();
      expect(decisions.map(({ what, by }) => [what, by])).toEqual([
        ['ack', 'bo'],
        ['rollback', 'bo'],
      ]);
      expect(keys(world).filter((key) => /^(call|ack)-/.test(key))).toEqual([
        'call-1.4.consistency-primary-1',
        'call-1.4.consistency-secondary-2',
        'ack-1.4.consistency-2',
      ]);
      const [call] = world.told.filter(({ kind }) => kind === 'escalation');
      expect(call?.sinks.map(({ name }) => name)).toEqual(['chat']);
      expect(call?.text).toContain('@lead (lead, primary): please look.');
      expect(call?.text).toContain(`analytics-deploy ack ${deployment.request.deploymentId}`);
    });
  });

  test('who were called hear where they were called that somebody is at it; who is reached by no sink is not called', async () => {
    const readers = { prefix: '', impact: 'none', expect: [], reportTo: '#x', signature: 's' };
    const world = worldWith({
      contacts: { primary: contact('lead', 0, ['mail']), secondary: contact('nobody', 0) },
      announcements: { ...readers, sinks: { escalation: [] } },
    });
    world.hook = failedCheck('compareStructure');
    await harness.deploy(world, async (deployment) => {
      const { alarms } = await deployment.until(({ alarms: open }) => open?.[0]?.next === null);
      expect(alarms?.[0]?.called).toMatchObject([{ name: 'lead' }]);
      await deployment.send('ack', { by: 'bo' });
      await deployment.send('abort', { by: 'bo' });
      await deployment.result();
      expect(
        world.told
          .filter(({ kind }) => kind === 'escalation')
          .map(({ key, sinks: reached }) => [key.split('/')[1], ...reached.map(({ name }) => name)]),
      ).toEqual([
        ['call-1.4.consistency-primary-1', 'mail'],
        ['ack-1.4.consistency-1', 'mail'],
      ]);
    });
  });

  test('are not called for what is decided in time', async () => {
    const world = worldWith({ contacts: { primary: contact('lead', 600_000) } });
    let isBroken = true;
    world.hook = failedCheck('compareStructure', () => isBroken);
    await harness.deploy(world, async (deployment) => {
      await deployment.until(({ attention }) => attention !== null);
      isBroken = false;
      await deployment.send('retry', { step: '1.4.consistency', by: 'eva' });
      const { alarms } = await deployment.until(({ gate }) => gate !== null);
      expect(alarms).toEqual([]);
      await expect(deployment.send('ack', { by: 'bo' })).rejects.toMatchObject({
        cause: { message: expect.stringContaining('nobody is being called') },
      });
      await deployment.send('abort', { by: 'eva' });
      await deployment.result();
      expect(keys(world).filter((key) => key.startsWith('call-'))).toEqual([]);
    });
  });
});
