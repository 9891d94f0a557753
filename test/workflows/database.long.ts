import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { DatabaseSpec, MigrationsSpec, Spec } from '../../workflows/runbook/spec';
import { followUpIdOf, workflowIdOf } from '../../workflows/messages';
import { planOf } from '../../workflows/runbook/plan';
import { FakeWorld } from './fake-world';
import { Harness } from './harness';
import { testRequest, testSpec } from './test-request';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

const subject = 'database/analytics-production';
const gate = { approvals: 1, roles: ['ops'], expires: 60_000, onExpiry: 'rollback' } as const;
function specWith(migrations: Partial<MigrationsSpec> = {}, change: Partial<Spec> = {}): Spec {
  const database: DatabaseSpec = {
    url: 'env:ANALYTICS_DATABASE_URL',
    backup: { folder: '/backups', keep: 3, deadline: 60_000 },
    migrations: {
      list: ['migrate', 'list'],
      up: ['migrate', 'up'],
      down: ['migrate', 'down', '{steps}'],
      directory: '.',
      environment: {},
      timeout: 30_000,
      variable: 'DATABASE_URL',
      table: 'schema_migrations',
      kind: 'expand',
      reversible: true,
      ...migrations,
    },
    restore: { deadline: 60_000 },
  };
  return testSpec({ database, ...change });
}
const worldWith = (migrations: Partial<MigrationsSpec> = {}, change: Partial<Spec> = {}) =>
  new FakeWorld(testRequest({ spec: specWith(migrations, change) }));

describe('the checklist', () => {
  test('backs the database up and tries its migrations, with receipts that name the figures', async () => {
    const world = worldWith();
    await harness.deploy(world, async (deployment) => {
      const { rows } = await deployment.until((view) => view.gate !== null);
      const notes = rows.find(({ id }) => id === 'checklist')?.children.map(({ id, note }) => [id, note]);
      expect(notes).toEqual([
        ['checklist.migrations', '2 pending (0002_sessions, 0003_exports): up, down and up again'],
        [
          'checklist.backup',
          'analytics-production-v1.0.0-20261124T020000Z.dump: 1.2 MB · 3 tables, 1234 rows restored alike · sha256 ffffffffffff',
        ],
      ]);
    });
  });

  test('tells of a backup that differs and of migrations that fail at once', async () => {
    const world = worldWith();
    const sentences = { backUpDatabase: 'The backup was restored and differs.', tryMigrations: '"down" is not the way back.' };
    world.hook = (name, _, when) => {
      const message = sentences[name as keyof typeof sentences] as string | undefined;
      if (when === 'before' && message !== undefined)
        throw ApplicationFailure.create({ type: 'CheckFailed', message, nonRetryable: true, details: [{}] });
    };
    await harness.deploy(world, async (deployment) => {
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention?.lines?.map(({ reason }) => reason)).toEqual([sentences.tryMigrations, sentences.backUpDatabase]);
    });
  });
});

describe('migrations of the release', () => {
  test('are applied after the lock and before everything else in production, on record first', async () => {
    const world = worldWith();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const applied = { migrations: ['0002_sessions', '0003_exports'] };
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED', undone: [], ...applied });
    });
    expect(world.state[subject]).toEqual({ applied: 3 });
    const order = ['backUpDatabase', 'takeTarget', 'readMigrations', 'recordChange', 'migrate', 'createFlags'];
    expect(world.calls.filter((name) => order.includes(name))).toEqual(order);
  });

  test('are taken back when a watch fails, after traffic and the candidate', async () => {
    const world = worldWith();
    world.tally = (share) => (share === 50 ? { failure: 'errors 9 % ≥ 5 %' } : {});
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { outcome, undone } = await deployment.result();
      expect(outcome).toBe('ROLLED_BACK');
      expect(undone.map((one) => one.subject).at(-1)).toBe(subject);
      expect(undone.at(-1)).toMatchObject({ title: "the release's migrations taken back" });
    });
    expect(world.state[subject]).toEqual({ applied: 1 });
  });

  test('stay while the candidate could not be put back: it may still need them', async () => {
    const world = worldWith({}, { attention: { deadline: 200, undoDeadline: 200 } });
    world.tally = (share) => (share === 50 ? { failure: 'errors 9 % ≥ 5 %' } : {});
    world.hook = (name, input, when) => {
      const { change } = input as { readonly change?: { readonly deployment?: string } };
      if (name === 'restoreWorkload' && when === 'before' && change?.deployment === 'analytics-blue')
        throw ApplicationFailure.create({ type: 'Forbidden', message: 'not allowed.', nonRetryable: true });
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { outcome, left } = await deployment.result();
      expect(outcome).toBe('ROLLBACK_INCOMPLETE');
      expect(left.find((one) => one.subject === subject)).toEqual({
        subject,
        reason: 'the candidate may still need it',
        byHand: 'in a checkout of c0ffee0000: migrate down 2',
      });
    });
    expect(world.state[subject]).toEqual({ applied: 3 });
  });

  test('that fail ask a person, and are taken back as far as they came', async () => {
    const world = worldWith();
    world.hook = (name, _, when) => {
      if (name === 'migrate' && when === 'after')
        throw ApplicationFailure.create({ type: 'CommandFailed', message: 'up ended with code 1.', nonRetryable: true });
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention).toMatchObject({ step: '2.0m.migrate', choices: ['retry', 'rollback'] });
      await deployment.send('rollback', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK' });
    });
    expect(world.state[subject]).toEqual({ applied: 1 });
  });

  test('that contract have a gate of their own, which shows what is pending', async () => {
    const world = worldWith({ kind: 'contract' }, { gates: { ...testSpec().gates, contract: gate } });
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { gate: open } = await deployment.until((view) => view.gate?.id === 'contract');
      expect(open?.shows).toEqual([
        '2 pending: 0002_sessions, 0003_exports',
        'contract: the code of before does not work with them; they are taken back by their own way down',
      ]);
      await deployment.send('approve', { gate: 'contract', digest: open?.digest ?? '', by: 'bo' });
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
    });
  });

  test('are named to the rollback that the follow-ups start', async () => {
    const service = `analytics-${randomUUID().slice(0, 8)}`;
    const phases = [{ id: 'hour', title: 'first day', every: 300, until: 300, digest: 300, attestations: [] }];
    const followUps = { phases, window: 1, onFailure: { then: 'rollback', level: 'traffic' } } as const;
    const { database } = specWith();
    const spec = testSpec({ service, followUps, ...(database ? { database } : {}) });
    const world = new FakeWorld(testRequest({ spec, deploymentId: `${service}-production-v1.0.0-20261124T020000Z` }));
    world.look = () => ({ verdict: 'fail', reasons: ['errors 9.0 %'], isSeenTwice: true });
    const wished: unknown[] = [];
    const lane = new FakeWorld(world.request);
    lane.hook = (name, input, when) => void (name === 'resolveRollback' && when === 'before' && wished.push(input));
    harness.expect(workflowIdOf(service, 'production'), lane);
    harness.expect(followUpIdOf(world.request.deploymentId), world);
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { outcome, release } = await deployment.result();
      expect(outcome).toBe('SUCCEEDED');
      const rollback = harness.client.workflow.getHandle(workflowIdOf(service, 'production'));
      for (const end = Date.now() + 30_000; wished.length === 0 && Date.now() < end;) await new Promise((go) => setTimeout(go, 50));
      const names = ['0002_sessions', '0003_exports'];
      expect(wished).toMatchObject([{ level: 'traffic', brought: { version: 'v1.0.0', commit: release?.commit, names } }]);
      await rollback.terminate('test over').catch(() => undefined);
    });
  });

  test('of which none is pending ask nobody', async () => {
    const world = worldWith({ kind: 'contract' }, { gates: { ...testSpec().gates, contract: gate } });
    world.state[subject] = { applied: 3 };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED' });
      expect(report).not.toHaveProperty('migrations');
    });
  });

  test.each([true, false])(
    'that became pending while people decided are not applied without their word (reversible: %s)',
    async (reversible) => {
      const world = worldWith({ kind: 'contract', reversible }, { gates: { ...testSpec().gates, contract: gate } });
      world.state[subject] = { applied: 3 };
      // Somebody restores the database while the release is resolved again.
      world.hook = (name, _, when) => {
        if (name === 'resolveRelease' && when === 'before' && world.calls.includes('readMigrations')) world.state[subject] = { applied: 2 };
      };
      const shown: unknown[] = [];
      const hook = world.hook;
      world.hook = (name, input, when) => {
        if (['migrate', 'applyMigrations'].includes(name) && when === 'before') {
          const { change, ...rest } = input as { readonly change?: object };
          shown.push(change ?? rest);
        }
        return hook(name, input, when);
      };
      await harness.deploy(world, async (deployment) => {
        await deployment.approve();
        await deployment.until((view) => (view.gate?.changed ?? []).length > 0);
        const { gate: again } = await deployment.until((view) => view.gate?.id === 'production');
        expect(again?.changed).toEqual([
          'migrations: 3 applied, the newest 0003_exports, none pending → 2 applied, the newest 0002_sessions, 1 pending: 0003_exports',
        ]);
        expect(shown).toEqual([]);
        await deployment.approve();
        const { gate: open } = await deployment.until((view) => view.gate?.id === 'contract');
        await deployment.send('approve', { gate: 'contract', digest: open?.digest ?? '', by: 'bo' });
        const report = await deployment.result();
        expect(report).toMatchObject({ outcome: 'SUCCEEDED', migrations: ['0003_exports'] });
        expect(shown).toMatchObject([{ seen: { applied: 2, pending: ['0003_exports'] } }]);
      });
    },
  );

  test('that nothing takes back stay, and the report says so', async () => {
    const world = worldWith({ reversible: false }, { gates: { ...testSpec().gates, contract: gate } });
    world.tally = (share) => (share === 50 ? { failure: 'errors 9 % ≥ 5 %' } : {});
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { gate: open } = await deployment.until((view) => view.gate?.id === 'contract');
      expect(open?.shows[1]).toBe('expand: the code of before works with them; nothing takes them back but a restore of the database');
      await deployment.send('approve', { gate: 'contract', digest: open?.digest ?? '', by: 'bo' });
      const { outcome, forwardOnly } = await deployment.result();
      expect(outcome).toBe('ROLLED_BACK');
      expect(forwardOnly).toContain('migrations of v1.0.0: the code of before works with them, so that they may stay');
    });
    expect(world.state[subject]).toEqual({ applied: 3 });
  });

  test('that nothing takes back are seen to their end before an aborted deployment gives the lock up', async () => {
    const world = worldWith({ reversible: false }, { gates: { ...testSpec().gates, contract: gate } });
    const order: string[] = [];
    world.hook = async (name, _, when) => {
      if (name === 'releaseTarget' && when === 'before') order.push('lock given up');
      if (name !== 'applyMigrations') return;
      order.push(`command ${when === 'before' ? 'begun' : 'ended'}`);
      if (when === 'after') return;
      const context = Context.current();
      const pulse = setInterval(() => context.heartbeat(), 100);
      await context.cancelled.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      clearInterval(pulse);
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      const { gate: open } = await deployment.until((view) => view.gate?.id === 'contract');
      await deployment.send('approve', { gate: 'contract', digest: open?.digest ?? '', by: 'bo' });
      while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 25));
      await deployment.send('abort', { by: 'eva' });
      const { left, forwardOnly } = await deployment.result();
      expect(order).toEqual(['command begun', 'command ended', 'lock given up']);
      expect(left).toEqual([]);
      expect(forwardOnly).toContain('migrations of v1.0.0: the code of before works with them, so that they may stay');
    });
  });

  test('stand in the plan with their way back, or as what stays', async () => {
    const lineOf = async (spec: Spec, id: string) => (await planOf(testRequest({ spec }))).find((line) => line.id === id);
    expect(await lineOf(specWith(), '2.0m.migrate')).toMatchObject({ kind: 'change', undo: "the release's migrations taken back" });
    const risky = specWith({ kind: 'contract', reversible: false }, { gates: { ...testSpec().gates, contract: gate } });
    expect(await lineOf(risky, '2.0m.apply')).toMatchObject({
      kind: 'forward-only',
      undo: expect.stringContaining('stays: migrations of v1.0.0: the code of before does not work with them'),
    });
    expect(await lineOf(risky, 'contract')).toMatchObject({ kind: 'gate', approvals: 1 });
    expect(await lineOf(testSpec(), '2.0m')).toMatchObject({ kind: 'off', what: 'the spec names no migrations' });
  });
});
