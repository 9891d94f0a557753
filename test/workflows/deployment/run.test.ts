import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { FakeWorld } from '../fake-world';
import { Harness, type Deployment } from '../harness';
import { asInTheRunbook, testRequest, testSpec } from '../test-request';
import { hanging } from './situations';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

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

/** Waits until the server has handed a workflow task out once more. */
async function workflowTaskFailing(deployment: Deployment): Promise<void> {
  for (;;) {
    const { raw } = await deployment.handle.describe();
    if ((raw.pendingWorkflowTask?.attempt ?? 0) > 1) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('a defect of ours', () => {
  test('waits for a corrected worker and rolls nothing back', async () => {
    const world = new FakeWorld();
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      world.release = { ...world.release, live: undefined as never };
      await deployment.approve();
      await workflowTaskFailing(deployment);
      expect(world.calls.filter((name) => name.startsWith('restore'))).toEqual([]);
      expect((await deployment.handle.describe()).status.name).toBe('RUNNING');
    });
  });
});

describe('a defect of ours beside a step that runs', () => {
  test('is told at once, while the other one still runs', async () => {
    const world = new FakeWorld();
    world.hook = async (name, _, when) => {
      if (name === 'runCommand' && when === 'before') await hanging();
    };
    const answers = world.activities;
    Object.defineProperty(world, 'activities', { value: { ...answers, compareStructure: async () => null as never } });
    await harness.deploy(world, async (deployment) => {
      await workflowTaskFailing(deployment);
      const { raw } = await deployment.handle.describe();
      expect(raw.pendingActivities?.map(({ activityId }) => activityId)).toContain('1.4.tests');
    });
  });
});
