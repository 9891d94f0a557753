import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import type { DeploymentView } from '../../../workflows/runbook/view';
import { FakeWorld } from '../fake-world';
import { Harness, type Deployment } from '../harness';
import { testRequest, testSpec } from '../test-request';
import { failing, hanging, impatient, longWatch, watching } from './situations';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

/** Where a change is made; undefined for an activity that makes none. */
const namespaceOf = (input: unknown) => (input as { readonly change?: { readonly namespace?: string } }).change?.namespace;

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
      if (name === 'restoreWorkload' && namespaceOf(input) === 'analytics' && when === 'before')
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
      if (when !== 'before' || namespaceOf(input) !== 'analytics') return;
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
      const isRefused =
        (name === 'restoreTraffic' && isTrafficRefused) || (name === 'restoreWorkload' && namespaceOf(input) === 'analytics-staging');
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
      if (name.startsWith('restore') && namespaceOf(input) === 'analytics') at[`${name} ${when}`] = Date.now();
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
      if (!urgent) await hanging();
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
