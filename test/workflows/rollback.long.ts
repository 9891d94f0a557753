import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ResolveRollbackRequest } from '../../workflows/runbook/contract';
import type { Release } from '../../workflows/runbook/release';
import type { DatabaseWish, RollbackLevel, RollbackWish } from '../../workflows/runbook/rollback/level';
import type { RollbackSpec } from '../../workflows/runbook/spec';
import type { DeploymentView } from '../../workflows/runbook/view';
import { FakeWorld, lockedAtFirst } from './fake-world';
import { Harness, type Deployment } from './harness';
import { testRequest, testSpec } from './test-request';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
}, 60_000);
afterAll(() => harness.close());

const minute = 60_000;
const rungs: RollbackSpec = {
  minimumReady: 0.5,
  partial: { share: 20, watch: 200 },
  flags: { values: { A: 'false' }, watch: 200, gate: { approvals: 1, roles: ['lead', 'ops'], expires: minute, onExpiry: 'rollback' } },
};
/** Held at 50 %, so that only people end the watch. */
const ramp = { ...testSpec().ramp, steps: [20, 50, 80, 100].map((share) => ({ share, watch: share === 50 ? minute : 100 })) };
const safeFlags = { configMap: 'analytics-flags-safe000000', data: { A: 'false', PERCENT: '10' } };
const route = 'analytics/httproute/analytics';
const candidate = 'analytics/deployment/analytics-blue';

function ramping(change: Partial<RollbackSpec> = {}): FakeWorld {
  const world = new FakeWorld(testRequest({ spec: testSpec({ ramp, rollback: { ...rungs, ...change } }) }));
  world.release = { ...world.release, safeFlags };
  return world;
}
const atHalf = (deployment: Deployment) =>
  deployment.until(({ rows }) =>
    rows.some(({ children }) => children.some(({ id, state }) => id === '2.3.watch-50' && state === 'running')),
  );
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const hasSafeFlags = (deployment: Deployment) =>
  deployment.until(({ rows }) =>
    rows.some(({ children }) => children.some(({ id, state }) => id === 'rollback.flags-pods' && state === 'done')),
  );
/** Every watch of the ramp is short. */
const quick = ({ request: { spec } }: FakeWorld) => ({
  ...spec,
  ramp: { ...spec.ramp, steps: spec.ramp.steps.map((step) => ({ ...step, watch: 100 })) },
});
const refused = (message: RegExp) =>
  expect.objectContaining({ cause: expect.objectContaining({ type: 'Refused', message: expect.stringMatching(message) }) });
const weights = (world: FakeWorld) => (world.state[route] as { weights: Record<string, number> }).weights;
const shares = (world: FakeWorld) =>
  world.ledger.filter(({ subject }) => subject === route).map(({ activity, key }) => `${activity} ${key.split('/')[1] ?? ''}`);

describe('a partial rollback while the ramp is under way', () => {
  test('moves the traffic at once, interrupts the running watch, and asks after its own whether the ramp goes on', async () => {
    const world = ramping();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      expect(await deployment.send('rollback', { by: 'eva', level: 'partial' })).toMatch(
        /goes to 20 % now and is watched\. Then: you are asked/,
      );
      const { attention, share } = await deployment.until((view) => view.attention !== null);
      expect(share).toBe(20);
      expect(weights(world)).toEqual({ blue: 20, green: 80 });
      expect(attention).toMatchObject({ step: 'rollback.partial', choices: ['retry', 'rollback'] });
      await deployment.send('retry', { by: 'eva', step: 'rollback.partial' });
      await deployment.until((view) => view.share === 50);
      expect(weights(world)).toEqual({ blue: 50, green: 50 });
      await deployment.send('abort', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(weights(world)).toEqual({ blue: 0, green: 100 });
    });
  });

  test.each([
    ['zero', 'ROLLED_BACK'],
    ['stay', null],
  ] as const)('follows what was said beforehand: --then %s', async (then, outcome) => {
    const world = ramping();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await deployment.send('rollback', { by: 'eva', level: 'partial', then });
      if (outcome !== null) {
        expect(await deployment.result()).toMatchObject({
          outcome,
          reason: expect.stringMatching(/^Rolled back by eva: as said beforehand/),
        });
        return;
      }
      const { paused, share } = await deployment.until((view) => view.paused !== null);
      expect([paused?.by, share]).toEqual(['eva', 20]);
      await deployment.send('resume', { by: 'eva' });
      await deployment.until((view) => view.share === 50);
      await atHalf(deployment);
      await deployment.send('rollback', { by: 'bo' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
    });
  });

  test('whose own watch fails puts everything back', async () => {
    const world = ramping();
    world.tally = (share) => (share === 20 && world.calls.includes('retreat') ? { failure: 'errors 9 %' } : {});
    world.hook = (name, input, when) => {
      const { change } = input as { readonly change?: { readonly retreats?: true } };
      if (name === 'shiftTraffic' && when === 'after' && change?.retreats) world.calls.push('retreat');
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await deployment.send('rollback', { by: 'eva', level: 'partial' });
      expect(await deployment.result()).toMatchObject({
        outcome: 'ROLLED_BACK',
        reason: expect.stringContaining('after a partial rollback: errors 9 %'),
      });
      expect(shares(world).slice(-2)).toEqual(['shiftTraffic rollback.traffic-20', expect.stringMatching(/^restoreTraffic/)]);
    });
  });

  test('is taken also while the deployment is paused, and stays there as the person wanted it held', async () => {
    const world = ramping();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await deployment.send('pause', { by: 'bo' });
      await deployment.send('rollback', { by: 'eva', level: 'partial' });
      expect((await deployment.until((view) => view.share === 20 && view.paused !== null)).paused?.by).toBe('eva');
    });
  });

  test('takes everything back as soon as somebody says so, also where it was to stay', async () => {
    const world = ramping();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await deployment.send('rollback', { by: 'eva', level: 'partial', then: 'stay' });
      await deployment.until((view) => view.paused !== null);
      await deployment.send('rollback', { by: 'bo', level: 'partial', then: 'zero' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: expect.stringMatching(/^Rolled back by bo/) });
      expect(weights(world)).toEqual({ blue: 0, green: 100 });
    });
  });

  test('is no promise any more once people have let the ramp go on', async () => {
    const world = ramping();
    let isBack = false;
    world.hook = async (name, input, when) => {
      const { change } = input as { readonly change?: { readonly candidateShare?: number; readonly retreats?: true } };
      if (name !== 'shiftTraffic' || when !== 'before') return;
      if (change?.retreats) isBack = true;
      else if (isBack && change?.candidateShare === 50) await sleep(2_000);
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await deployment.send('rollback', { by: 'eva', level: 'partial' });
      await deployment.until((view) => view.attention !== null);
      await deployment.send('retry', { by: 'eva', step: 'rollback.partial' });
      await expect(deployment.send('rollback', { by: 'bo', level: 'partial', then: 'zero' })).rejects.toEqual(
        refused(/"rollback --level traffic" takes everything back/),
      );
    });
  });

  test('comes before a move up that has not been written: nobody has watched where that would have led', async () => {
    const world = ramping();
    let isAsked = false;
    world.hook = async (name, input, when) => {
      const { change } = input as { readonly change?: { readonly candidateShare?: number } };
      if (name !== 'shiftTraffic' || when !== 'before' || change?.candidateShare !== 80 || isAsked) return;
      // The candidate's pods settle: a stop is heard with a heartbeat.
      const { cancellationSignal } = Context.current();
      while (!cancellationSignal.aborted) {
        Context.current().heartbeat();
        await sleep(50);
      }
      throw cancellationSignal.reason;
    };
    await harness.deploy(
      world,
      async (deployment) => {
        await deployment.approve();
        await deployment.until(({ rows }) =>
          rows.some(({ children }) => children.some(({ id, state }) => id === '2.3.traffic-80' && state === 'running')),
        );
        await deployment.send('rollback', { by: 'eva', level: 'partial' });
        isAsked = true;
        const { attention } = await deployment.until((view) => view.attention !== null);
        expect(attention?.reason).toMatch(/retry goes on from 50 %/);
        expect(shares(world).map((line) => line.split('-').at(-1))).toEqual(['10', '20', '50', '20']);
        await deployment.send('retry', { by: 'eva', step: 'rollback.partial' });
        expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
        expect(shares(world).map((line) => line.split('-').at(-1))).toEqual(['10', '20', '50', '20', '50', '80', '100']);
      },
      { spec: quick(world) },
    );
  });

  test('is refused before the ramp, where the spec has none, and once the Service selector has moved, each with its reason', async () => {
    const before = ramping();
    await harness.deploy(before, async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      await expect(deployment.send('rollback', { by: 'eva', level: 'partial' })).rejects.toEqual(refused(/nothing is ramped/));
      await expect(deployment.send('rollback', { by: 'eva', level: 'upwards' as RollbackLevel })).rejects.toEqual(refused(/is no level/));
      await deployment.send('rollback', { by: 'eva' });
      await expect(deployment.send('rollback', { by: 'eva', level: 'flags' })).rejects.toEqual(refused(/put back already|has ended/));
    });
    const { partial: _, ...none } = rungs;
    const without = new FakeWorld(testRequest({ spec: testSpec({ ramp, rollback: none }) }));
    await harness.deploy(without, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await expect(deployment.send('rollback', { by: 'eva', level: 'partial' })).rejects.toEqual(refused(/declares no rollback\.partial/));
      await expect(deployment.send('rollback', { by: 'eva', level: 'database' })).rejects.toEqual(
        refused(/after the deployment has ended/),
      );
    });
    const soaking = new FakeWorld(testRequest({ spec: testSpec({ rollback: rungs, ramp: { ...testSpec().ramp, soak: minute } }) }));
    await harness.deploy(soaking, async (deployment) => {
      await deployment.approve();
      await deployment.until(({ rows }) => rows.some(({ id, state }) => id === 'soak' && state === 'running'));
      await expect(deployment.send('rollback', { by: 'eva', level: 'partial' })).rejects.toEqual(
        refused(/have moved with the Service selector/),
      );
      expect(await deployment.send('rollback', { by: 'eva', level: 'system' })).toMatch(/everything is being put back/);
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK' });
    });
  });
});

describe('flags to their safe values while the candidate is watched', () => {
  test('give the candidate alone a new ConfigMap, and the interrupted watch goes on; an abort takes both flags away', async () => {
    const world = ramping();
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      const before = world.snapshot();
      await deployment.send('rollback', { by: 'eva', level: 'flags', comment: 'the model is slow' });
      await deployment.until(({ rows }) =>
        rows.some(({ children }) => children.some(({ id, state }) => id === 'rollback.flags-pods' && state === 'done')),
      );
      await atHalf(deployment);
      expect(world.state[candidate]).toMatchObject({ flagsConfigMap: safeFlags.configMap, replicas: 3 });
      expect(world.state['analytics/deployment/analytics-green']).toEqual(before['analytics/deployment/analytics-green']);
      expect(weights(world)).toEqual({ blue: 50, green: 50 });
      await expect(deployment.send('rollback', { by: 'eva', level: 'flags' })).rejects.toEqual(refused(/has the safe values already/));
      await deployment.send('abort', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(Object.keys(world.state).filter((subject) => subject.includes('/configmap/'))).toEqual([]);
      expect(world.state[candidate]).toMatchObject({ replicas: 0, flagsConfigMap: 'analytics-flags-old' });
    });
  });

  test('neither answer the question of a partial rollback nor end its pause: no traffic goes up without a person who says so', async () => {
    for (const then of [undefined, 'stay'] as const) {
      const world = ramping();
      await harness.deploy(world, async (deployment) => {
        await deployment.approve();
        await atHalf(deployment);
        await deployment.send('rollback', { by: 'eva', level: 'partial', ...(then ? { then } : {}) });
        const stands = (view: DeploymentView) => (then ? view.paused?.by === 'eva' : view.attention?.step === 'rollback.partial');
        await deployment.until(stands);
        await deployment.send('rollback', { by: 'bo', level: 'flags' });
        await hasSafeFlags(deployment);
        const view = await deployment.until(stands);
        await sleep(1_000);
        expect([view.share, weights(world)]).toEqual([20, { blue: 20, green: 80 }]);
        if (then) await deployment.send('resume', { by: 'eva' });
        else await deployment.send('retry', { by: 'eva', step: 'rollback.partial' });
        await deployment.until(({ share }) => share === 50);
      });
    }
  });

  test('leave a pause and every question as they were', async () => {
    const world = ramping();
    world.tally = (share) => (share === 50 ? { missing: 60_000 } : {});
    const { spec } = world.request;
    await harness.deploy(
      world,
      async (deployment) => {
        await deployment.approve();
        const { attention } = await deployment.until((view) => view.attention !== null);
        await deployment.send('pause', { by: 'bo' });
        expect(await deployment.send('rollback', { by: 'eva', level: 'flags' })).toMatch(/stands still again: bo has paused it/);
        await hasSafeFlags(deployment);
        expect(await deployment.until(({ paused }) => paused !== null)).toMatchObject({
          paused: { by: 'bo' },
          attention: { step: attention?.step, since: attention?.since },
        });
      },
      { spec: { ...quick(world), watching: { ...spec.watching, extendAtMost: 0 } } },
    );
  });

  test('are set at once also while people are waited for', async () => {
    const world = ramping();
    const id = 'success.security';
    const criteria = [{ id, title: 'no weakness', attestation: id }] as const;
    const attestations = { [id]: { owner: 'ops', within: minute, remind: [], onExpiry: 'waive' } } as const;
    await harness.deploy(
      world,
      async (deployment) => {
        await deployment.approve();
        await deployment.until(({ state, share }) => share === 100 && state === 'waiting for attestations');
        await deployment.send('rollback', { by: 'eva', level: 'flags' });
        await hasSafeFlags(deployment);
        await deployment.send('attest', { by: 'bo', item: id });
        expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
        expect(world.state[candidate]).toMatchObject({ flagsConfigMap: safeFlags.configMap });
      },
      { spec: { ...quick(world), success: { criteria }, attestations } },
    );
  });

  test('are refused once the release is what serves: they come after its end, at a gate of their own', async () => {
    const world = ramping();
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    world.hook = (name, input, when) => {
      const { change } = input as { readonly change?: { readonly replicas?: number } };
      return name === 'setWorkload' && when === 'before' && change?.replicas === 0 ? held : undefined;
    };
    await harness.deploy(
      world,
      async (deployment) => {
        await deployment.approve();
        await deployment.until(({ rows }) =>
          rows.some(({ children }) => children.some(({ id, state }) => id === 'scale-down.old' && state === 'running')),
        );
        await expect(deployment.send('rollback', { by: 'bo', level: 'flags' })).rejects.toEqual(refused(/Ask again after its end/));
        go();
        expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
        expect(world.state[candidate]).not.toMatchObject({ flagsConfigMap: safeFlags.configMap });
      },
      { spec: quick(world) },
    );
  });

  test('are watched while the pods restart with them: the first proof of failure puts everything back', async () => {
    const world = ramping();
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    world.hook = async (name, input, when) => {
      const { change } = input as { readonly change?: { readonly flagsConfigMap?: string } };
      if (name === 'setWorkload' && when === 'after' && change?.flagsConfigMap === safeFlags.configMap) world.proof = 'errors 9 %';
      if (name === 'awaitRollout' && when === 'before' && world.proof !== null) await held;
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await deployment.send('rollback', { by: 'eva', level: 'flags' });
      // The rollout has not ended yet.
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', reason: expect.stringContaining('errors 9 %') });
      go();
    });
  });

  test('are refused where the spec declares none', async () => {
    const { flags: _, ...none } = rungs;
    const world = new FakeWorld(testRequest({ spec: testSpec({ ramp, rollback: none }) }));
    await harness.deploy(world, async (deployment) => {
      await deployment.approve();
      await atHalf(deployment);
      await expect(deployment.send('rollback', { by: 'eva', level: 'flags' })).rejects.toEqual(refused(/declares no safe values/));
    });
  });
});

const of = 'analytics-production-v1.0.0-20261124T020000Z';
/** After v1.0.0 is live on blue: a rollback of it. */
function ended(level: RollbackLevel, change: Partial<Release> = {}): FakeWorld {
  const spec = testSpec({ rollback: rungs });
  const world = new FakeWorld(
    testRequest({
      spec,
      deploymentId: `analytics-production-rollback-${level}-20261124T030000Z`,
      version: `rollback-${level}`,
      rollback: { level, of },
    }),
  );
  const { live: green, candidate: blue, ...rest } = world.release;
  const back = { ...green, replicas: 0, readyReplicas: 0 };
  const serving = { ...blue, image: rest.image, replicas: 3, readyReplicas: 3 };
  world.state[route] = { weights: { blue: 100, green: 0 } };
  world.state['analytics/service/analytics'] = { colour: 'blue' };
  world.state[candidate] = { image: rest.image, replicas: 3, flagsConfigMap: 'analytics-flags-old' };
  world.state['analytics/deployment/analytics-green'] = { image: green.image, replicas: 0, flagsConfigMap: 'analytics-flags-old' };
  world.rollback = () => ({
    ...rest,
    version: 'v0.9.0',
    image: back.image,
    live: serving,
    candidate: back,
    weights: { blue: 100, green: 0 },
    selected: 'blue',
    from: 'v1.0.0',
    ...change,
  });
  return world;
}

describe('a rollback of an ended deployment', () => {
  test('traffic: the other colour is brought up as it stands, gets everything once enough of it is ready, and is waited for and asked whether it is well', async () => {
    const world = ended('traffic');
    const inputs: Record<string, unknown>[] = [];
    world.hook = (name, input, when) => {
      if (when === 'before' && ['awaitRollout', 'shiftTraffic', 'moveSelector'].includes(name))
        inputs.push(input as (typeof inputs)[number]);
    };
    await harness.deploy(world, async (deployment) => {
      const report = await deployment.result();
      expect(report).toMatchObject({
        outcome: 'SUCCEEDED',
        rollback: { level: 'traffic', of },
        reason: 'analytics is back on v0.9.0 (green); v1.0.0 is on record as rolled back from.',
        left: [],
      });
      expect(weights(world)).toEqual({ blue: 0, green: 100 });
      expect(world.state['analytics/service/analytics']).toEqual({ colour: 'green' });
      expect(world.state['analytics/deployment/analytics-green']).toMatchObject({ replicas: 3, image: 'app@sha256:old' });
      const order = [
        'resolveRollback',
        'takeTarget',
        'setWorkload',
        'awaitRollout',
        'shiftTraffic',
        'moveSelector',
        'probe',
        'awaitRollout',
        'releaseTarget',
      ];
      expect(world.calls.filter((name) => order.includes(name))).toEqual(order);
      // Half of the three that serve.
      const moves = { change: { capacity: 3, minimumReady: 0.5, returns: true } };
      expect(inputs).toMatchObject([{ enough: 2 }, moves, moves, { deployment: 'analytics-green' }]);
      expect(inputs[3]).not.toHaveProperty('enough');
      expect(world.releases).toEqual({
        healthy: [{ deployment: 'analytics-green', image: 'app@sha256:old', version: 'v0.9.0' }],
        withdrawn: [world.release.image],
        container: 'analytics',
        flagsPrefix: 'analytics-flags',
      });
    });
  });

  test('unwinds like any other where it fails: what served serves again, and nothing goes on record', async () => {
    const world = ended('traffic');
    const before = world.snapshot();
    world.hook = (name, _, when) => {
      if (name !== 'moveSelector' || when !== 'before') return;
      throw ApplicationFailure.create({ type: 'NotHealthy', message: 'no pods.', nonRetryable: true, details: [{ wrote: false }] });
    };
    await harness.deploy(world, async (deployment) => {
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(world.state).toEqual(before);
      expect(world.releases).toBeNull();
    });
  });

  test('is not undone by a second one: two people who want to leave a release both leave it', async () => {
    const world = ended('traffic');
    world.hook = async (name, _, when) => {
      if (name === 'probe' && when === 'before') await sleep(2_000);
    };
    await harness.deploy(world, async (deployment) => {
      await deployment.until(
        (view) => view.share === 100 && view.rows.some(({ id, state }) => id === 'rollback.health' && state === 'running'),
      );
      for (const level of ['traffic', 'system', undefined] as const) {
        expect(await deployment.send('rollback', { by: 'bo', ...(level ? { level } : {}) })).toMatch(
          /^Rolling back already: .*only "abort"/,
        );
      }
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED', decisions: [] });
      expect(weights(world)).toEqual({ blue: 0, green: 100 });
    });
  });

  test('of the flags alone is no rollback of the release: it is ended first by whoever wants that', async () => {
    const world = ended('flags');
    await harness.deploy(world, async (deployment) => {
      await deployment.until((view) => view.gate !== null);
      await expect(deployment.send('rollback', { by: 'bo', level: 'traffic' })).rejects.toEqual(
        refused(/itself a rollback \(flags\).*analytics-deploy abort .*--level traffic$/),
      );
      expect(await deployment.send('abort', { by: 'bo' })).toMatch(/put back/);
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK' });
    });
  });

  test('stays where it went though the service is not well there, and is no success: nobody but a person brings the release back that was left', async () => {
    const unwell = (): FakeWorld => {
      const world = ended('traffic');
      world.hook = (name, _, when) => {
        if (name === 'probe' && when === 'before') throw ApplicationFailure.nonRetryable('/health answered 503.', 'CheckFailed');
      };
      return world;
    };
    const left = unwell();
    const { spec } = left.request;
    await harness.deploy(
      left,
      async (deployment) => {
        const { attention } = await deployment.until((view) => view.attention !== null);
        expect(attention).toMatchObject({ onDeadline: 'it stays so, and counts as incomplete', choices: ['retry', 'skip', 'abort'] });
        const report = await deployment.result();
        expect(report).toMatchObject({
          outcome: 'ROLLBACK_INCOMPLETE',
          reason: expect.stringMatching(/^analytics is back on v0\.9\.0 .* But it is not well there: \/health answered 503\./),
          undone: [],
          left: [
            {
              subject: expect.stringMatching(/^GET http.*\/health$/),
              reason: expect.stringMatching(/503/),
              byHand: expect.stringMatching(/^curl -f -X GET 'http.*\/health'$/),
            },
          ],
          unwell: true,
          waivers: [],
        });
        expect(report.rows.find(({ id }) => id === 'rollback.health')).toMatchObject({ state: 'failed', children: [{ state: 'failed' }] });
        expect(weights(left)).toEqual({ blue: 0, green: 100 });
        // The next rung goes on from there, and not back to what was left.
        expect(left.releases).toMatchObject({ healthy: [{ version: 'v0.9.0' }], withdrawn: [left.release.image] });
        const message = left.told.find(({ kind }) => kind === 'rollback');
        expect(message?.subject).toMatch(/NOT WELL$/);
        expect(message?.text).toMatch(/nobody has decided:\nGET .*503[^]*curl -f/);
      },
      {
        spec: {
          ...spec,
          sinks: [{ kind: 'webhook', name: 'chat', url: 'https://chat.example.com' }],
          attention: { ...spec.attention, deadline: 1_500 },
        },
      },
    );
    const accepted = unwell();
    await harness.deploy(accepted, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      await deployment.send('skip', { by: 'eva', step: 'rollback.health.request-1', comment: 'a page of its own' });
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED_WITH_WAIVERS', left: [] });
    });
    const wanted = unwell();
    await harness.deploy(wanted, async (deployment) => {
      await deployment.until((view) => view.attention !== null);
      await deployment.send('abort', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK' });
      expect(weights(wanted)).toEqual({ blue: 100, green: 0 });
    });
  });

  test('with pods that do not come up after the traffic has moved is no success either, and nothing goes back for them, nor is the question kept waiting whether it is well', async () => {
    const world = ended('traffic');
    const { spec } = world.request;
    world.hook = (name, input, when) => {
      const { enough } = input as { readonly enough?: number };
      if (name === 'awaitRollout' && enough === undefined && when === 'before')
        throw ApplicationFailure.nonRetryable('2 of 3 are ready.', 'RolloutFailed');
    };
    const isAsked = () => world.calls.includes('probe');
    await harness.deploy(
      world,
      async (deployment) => {
        await deployment.until((view) => view.attention !== null);
        expect(isAsked()).toBe(true);
        expect(await deployment.result()).toMatchObject({
          outcome: 'ROLLBACK_INCOMPLETE',
          left: [
            { subject: 'analytics/deployment/analytics-green', byHand: expect.stringMatching(/^kubectl -n analytics rollout status/) },
          ],
        });
        expect(weights(world)).toEqual({ blue: 0, green: 100 });
      },
      { spec: { ...spec, attention: { ...spec.attention, deadline: 1_000 } } },
    );
  });

  test('a rung that does not apply changes nothing, asks nobody and ends with its reason', async () => {
    const world = ended('traffic');
    world.rollback = () => {
      throw ApplicationFailure.create({
        type: 'NotApplicable',
        message: 'Not rolled back: green has the same image.',
        nonRetryable: true,
        details: [{}],
      });
    };
    await harness.deploy(world, async (deployment) => {
      expect(await deployment.result()).toMatchObject({
        outcome: 'FAILED',
        reason: expect.stringContaining('green has the same image'),
        undone: [],
      });
      expect(world.calls.filter((name) => name !== 'keepReport')).toEqual(['resolveRollback']);
    });
  });

  test('system: the previous version is deployed with its flags before traffic moves, and answers the smoke tests', async () => {
    const flags = { configMap: 'analytics-flags-0000000000', data: { A: 'true' } };
    const world = ended('system', { image: 'app@sha256:previous', flags });
    await harness.deploy(world, async (deployment) => {
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED', reason: expect.stringMatching(/^analytics is back on v0.9.0/) });
      expect(world.state['analytics/deployment/analytics-green']).toMatchObject({
        image: 'app@sha256:previous',
        flagsConfigMap: 'analytics-flags-0000000000',
        replicas: 3,
      });
      // The health question and the two smoke tests.
      expect(world.calls.filter((name) => name === 'probe')).toHaveLength(3);
      expect(report.rows.find(({ id }) => id === 'rollback.smoke')).toMatchObject({ state: 'done' });
    });
  });

  test('flags: waits at its own gate, then the live colour gets the safe values and is watched; no traffic moves', async () => {
    const world = ended('flags');
    const release = world.rollback(undefined as never);
    const flags = { configMap: safeFlags.configMap, data: safeFlags.data };
    world.rollback = () => ({
      ...release,
      version: 'v1.0.0',
      image: release.live.image,
      live: release.candidate,
      candidate: release.live,
      flags,
    });
    await harness.deploy(world, async (deployment) => {
      const { gate, share } = await deployment.until((view) => view.gate !== null);
      expect(share).toBe(100);
      expect(gate).toMatchObject({
        id: 'flags',
        approvals: 1,
        shows: [expect.stringContaining('its 3 pods restart'), expect.stringContaining('A=false')],
      });
      expect(world.calls).not.toContain('takeTarget');
      await deployment.send('approve', { gate: 'flags', digest: gate?.digest ?? '', by: 'eva' });
      expect(await deployment.result()).toMatchObject({
        outcome: 'SUCCEEDED',
        reason: 'analytics v1.0.0 serves with the safe flags (blue).',
      });
      expect(world.state[candidate]).toMatchObject({ flagsConfigMap: safeFlags.configMap, replicas: 3 });
      expect(weights(world)).toEqual({ blue: 100, green: 0 });
      expect(world.releases).toMatchObject({ withdrawn: [], healthy: [{ deployment: 'analytics-blue', version: null }] });
    });
  });

  test('flags: a watch that fails gives the live colour its flags back', async () => {
    const world = ended('flags');
    const before = world.snapshot();
    const release = world.rollback(undefined as never);
    world.rollback = () => ({
      ...release,
      version: 'v1.0.0',
      image: release.live.image,
      live: release.candidate,
      candidate: release.live,
      flags: safeFlags,
    });
    world.tally = () => ({ failure: 'errors 9 %' });
    await harness.deploy(world, async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      await deployment.send('approve', { gate: 'flags', digest: gate?.digest ?? '', by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(world.state).toEqual(before);
    });
  });
});

describe('a rollback that had to wait, with nothing written yet', () => {
  const hour = 60 * minute;
  /** Its clock jumps over the hours. */
  let hours: Harness;
  beforeEach(async () => {
    hours = await Harness.openTimeSkipping();
  });
  afterEach(() => hours.close());

  const patient = { ...testSpec().attention, deadline: 30 * 24 * hour };
  const held = (level: RollbackLevel): FakeWorld => lockedAtFirst(ended(level));
  const wait = async (deployment: Deployment) => {
    await deployment.until(({ attention }) => attention?.step === '2.0.lock');
    await hours.skip(3 * hour);
  };
  const ask = (deployment: Deployment, step: string) => deployment.send('retry', { step, by: 'eva' });
  const deploy = (world: FakeWorld, test: (deployment: Deployment) => Promise<void>) => {
    const { spec } = world.request;
    const gate = { approvals: 1, roles: ['lead', 'ops'], expires: 30 * 24 * hour, onExpiry: 'rollback' } as const;
    const flags = { values: { A: 'false' }, watch: 200, gate };
    return hours.deploy(world, test, { spec: { ...spec, attention: patient, rollback: { ...spec.rollback, flags } } });
  };
  const swap = (world: FakeWorld): void => {
    const { live, candidate: other, ...rest } = world.rollback(undefined as never);
    world.rollback = () => ({ ...rest, live: other, candidate: live, selected: other.colour, digest: 'swapped' });
  };

  test('goes on where everything is as it was, without a question', async () => {
    const world = held('traffic');
    await deploy(world, async (deployment) => {
      await wait(deployment);
      await ask(deployment, '2.0.lock');
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
      expect(weights(world)).toEqual({ blue: 0, green: 100 });
      expect(world.calls.filter((name) => name === 'resolveRollback')).toHaveLength(2);
    });
  });

  test('ends without a write where another release serves by then', async () => {
    const world = held('traffic');
    const before = world.snapshot();
    await deploy(world, async (deployment) => {
      await wait(deployment);
      world.rollback = () => {
        throw ApplicationFailure.nonRetryable('Not rolled back: v1.1.0 serves, released by another.', 'NotApplicable');
      };
      await ask(deployment, '2.0.lock');
      const { outcome, reason, rows } = await deployment.result();
      expect([outcome, reason]).toEqual(['FAILED', expect.stringContaining('v1.1.0 serves, released by another')]);
      // What its exit code is told by.
      const looks = rows.flatMap(({ children }) => children.filter(({ state }) => state === 'failed'));
      expect(looks.map(({ id }) => id)).toContain('gate.resolve');
      expect(world.state).toEqual(before);
      // The one that was refused.
      expect(world.calls.filter((name) => name === 'takeTarget')).toHaveLength(1);
    });
  });

  test('asks people where the colours were swapped, and goes to no colour that nobody was told of', async () => {
    const world = held('traffic');
    const before = world.snapshot();
    await deploy(world, async (deployment) => {
      await wait(deployment);
      swap(world);
      await ask(deployment, '2.0.lock');
      const { attention } = await deployment.until((view) => view.attention?.step === 'rollback.changed');
      expect(attention?.reason).toMatch(/^while it waited: live colour: blue → green; .*retry goes on with what is there now/);
      expect(attention?.choices).toEqual(['retry', 'abort']);
      expect(world.state).toEqual(before);
      await ask(deployment, 'rollback.changed');
      const { outcome, reason } = await deployment.result();
      expect([outcome, reason]).toEqual(['SUCCEEDED', expect.stringContaining('(blue)')]);
    });
  });

  test('looks again after a pause, too: who does not want what is there by then leaves everything as it is', async () => {
    const world = ended('traffic');
    const before = world.snapshot();
    await deploy(world, async (deployment) => {
      world.hook = async (name, _, when) => {
        if (name === 'resolveRollback' && when === 'after') await deployment.send('pause', { by: 'bo' });
      };
      await deployment.until(({ state }) => state === 'paused');
      world.hook = () => undefined;
      await hours.skip(3 * hour);
      swap(world);
      await deployment.send('resume', { by: 'bo' });
      await deployment.until((view) => view.attention?.step === 'rollback.changed');
      await deployment.send('abort', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
      expect(world.state).toEqual(before);
    });
  });

  test('is approved again where it has a gate', async () => {
    const world = held('flags');
    const { live, candidate: back, ...rest } = world.rollback(undefined as never);
    world.rollback = () => ({ ...rest, version: 'v1.0.0', image: live.image, live: back, candidate: live, flags: safeFlags });
    await deploy(world, async (deployment) => {
      const { gate } = await deployment.until((view) => view.gate !== null);
      await deployment.send('approve', { gate: 'flags', digest: gate?.digest ?? '', by: 'eva' });
      await wait(deployment);
      swap(world);
      await ask(deployment, '2.0.lock');
      const again = await deployment.until((view) => view.gate !== null);
      expect(again.gate?.changed).toEqual([expect.stringMatching(/^blue with v1\.0\.0 .* → green with v1\.0\.0/)]);
      expect(world.ledger).toEqual([]);
      await deployment.send('reject', { gate: 'flags', digest: 'swapped', by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'FAILED' });
    });
  });
});

test('a deployment leaves on record what a rollback may go back to, and only where it has succeeded', async () => {
  const world = new FakeWorld();
  await harness.deploy(world, async (deployment) => {
    await deployment.approve();
    await deployment.result();
    expect(world.releases?.healthy).toEqual([
      { deployment: 'analytics-green', image: 'app@sha256:old', version: null },
      { deployment: 'analytics-blue', image: world.release.image, version: 'v1.0.0' },
    ]);
  });
});

describe('the database, after the traffic has gone back', () => {
  const postgres = {
    url: 'env:DATABASE_URL',
    backup: { folder: '/dumps', keep: 5, deadline: minute },
    migrations: {
      ...{ list: ['migrate', 'list'], up: ['migrate', 'up'], down: ['migrate', 'down', '{steps}'], directory: '.', environment: {} },
      ...{ timeout: minute, variable: 'DATABASE_URL', table: 'migrations', kind: 'expand' as const, reversible: true },
    },
    restore: { deadline: minute },
  } as const;
  const gate = { approvals: 2, roles: ['lead', 'ops'], expires: minute, onExpiry: 'rollback' } as const;
  const brought = { version: 'v1.0.0', commit: 'c0ffee', names: ['0002_sessions', '0003_exports'] };
  const subject = 'database/analytics-production';

  /** v0.9.0 serves on green again; the database is still that of v1.0.0. */
  function lost(database: DatabaseWish): FakeWorld {
    const world = ended('database');
    const spec = testSpec({ rollback: { ...rungs, database: { gate } }, database: postgres });
    const wanted = new FakeWorld({ ...world.request, spec, rollback: { level: 'database', of, database, brought } });
    wanted.state[subject] = { applied: 3 };
    const { live, candidate: blue, ...rest } = wanted.release;
    const digest = ({ applied, database: facts }: ResolveRollbackRequest) =>
      JSON.stringify([facts?.backup?.rows, applied?.last, rest.digest]);
    const served = { ...rest, version: 'v0.9.0', image: live.image, live: blue, candidate: live, from: 'v0.9.0' };
    wanted.rollback = (request) => ({ ...served, digest: digest(request) });
    return wanted;
  }
  const approve = async (deployment: Deployment) => {
    const { gate: open } = await deployment.until((view) => view.gate !== null);
    for (const by of ['eva', 'bo']) await deployment.send('approve', { gate: 'database', digest: open?.digest ?? '', by });
    return open;
  };
  const asked = (world: FakeWorld, activity: string) => {
    const inputs: unknown[] = [];
    world.hook = (name, input, when) => void (name === activity && when === 'before' && inputs.push(input));
    return inputs;
  };

  test('is restored from the backup of the deployment, once two people have seen what is lost by it', async () => {
    const world = lost({ by: 'backup' });
    const inputs = asked(world, 'restoreDatabase');
    await harness.deploy(world, async (deployment) => {
      const { gate: open } = await deployment.until((view) => view.gate !== null);
      expect(open).toMatchObject({ id: 'database', approvals: 2 });
      expect(open?.shows).toEqual([
        expect.stringMatching(/^backup .* of 2026-11-24T01:40:00.000Z, verified in /),
        expect.stringMatching(/^lost by it: 7 rows written since .*public\.events 1000 → 1007/),
        'what is there now is dumped first',
        expect.stringMatching(/^meanwhile v0\.9\.0 serves on green/),
      ]);
      await deployment.send('approve', { gate: 'database', digest: open?.digest ?? '', by: 'eva' });
      expect(world.calls).not.toContain('takeTarget');
      await deployment.send('approve', { gate: 'database', digest: open?.digest ?? '', by: 'bo' });
      const report = await deployment.result();
      expect(report).toMatchObject({ outcome: 'SUCCEEDED', reason: expect.stringMatching(/^The database of analytics is as in backup/) });
      expect(inputs).toMatchObject([{ of, deployment: world.request.deploymentId }]);
      expect(inputs[0]).not.toHaveProperty('olderAccepted');
      expect(report.forwardOnly).toEqual([expect.stringMatching(/^the database as in backup/)]);
      expect(world.releases).toMatchObject({ healthy: [], withdrawn: [] });
    });
  });

  test.each([
    ['has proved that it has written nothing, and all is as it was', false, []],
    ['may have been written stays by its nature', undefined, [expect.stringMatching(/^the database as in backup/)]],
  ])('whose restore %s', async (_, wrote, stays) => {
    const world = lost({ by: 'backup' });
    world.hook = (name, __, when) => {
      if (name !== 'restoreDatabase' || when !== 'before') return;
      const details = wrote === undefined ? [{}] : [{ wrote }];
      throw ApplicationFailure.create({ type: 'NotApplicable', message: 'No.', nonRetryable: true, details });
    };
    await harness.deploy(world, async (deployment) => {
      await approve(deployment);
      await deployment.until((view) => view.attention !== null);
      await deployment.send('abort', { by: 'eva' });
      expect((await deployment.result()).forwardOnly).toEqual(stays);
    });
  });

  test('an older backup is taken only with who accepted it, on record', async () => {
    const world = lost({ by: 'backup', backup: 'backup-of-monday', older: 'ours is damaged' });
    const inputs = asked(world, 'restoreDatabase');
    await harness.deploy(world, async (deployment) => {
      const open = await approve(deployment);
      expect(open?.shows).toContain(`NOT verified in ${of}: another one is accepted with this approval: ours is damaged`);
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
      expect(inputs).toMatchObject([{ of, olderAccepted: 'ours is damaged (eva, bo)' }]);
    });
  });

  test('migrations are taken back by their own way down, of the version that they came with', async () => {
    const world = lost({ by: 'migrations', steps: 2 });
    const inputs = asked(world, 'reverseMigrations');
    await harness.deploy(world, async (deployment) => {
      const open = await approve(deployment);
      expect(open?.shows[0]).toBe('migrations 0002_sessions, 0003_exports of 3 applied, taken back by migrate down 2');
      expect(await deployment.result()).toMatchObject({
        outcome: 'SUCCEEDED',
        reason: 'The database of analytics is without migrations 0002_sessions, 0003_exports.',
      });
      expect(inputs).toMatchObject([{ names: brought.names, seen: { applied: 3 }, version: 'v1.0.0', commit: 'c0ffee' }]);
    });
  });

  test('is approved anew where much more would be lost by the time that people have decided, and not for the few rows of a decision', async () => {
    const world = lost({ by: 'backup' });
    const rows = [7, 15, 30];
    world.rows = () => rows.shift() ?? 30;
    const inputs = asked(world, 'restoreDatabase');
    await harness.deploy(world, async (deployment) => {
      const first = await approve(deployment);
      const again = await deployment.until((view) => view.gate !== null && view.gate.digest !== first?.digest);
      expect(first?.shows[1]).toMatch(/^lost by it: 7 rows/);
      expect(again.gate?.shows[1]).toMatch(/^lost by it: 15 rows/);
      expect(again.gate?.changed).toEqual([expect.stringMatching(/^lost by it: 7 rows .* → lost by it: 15 rows/)]);
      expect(inputs).toEqual([]);
      // Twice as much is no more than was shown.
      await approve(deployment);
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
      expect(inputs).toHaveLength(1);
    });
  });

  test('is approved anew where it has become much more little by little, by the looks before and after the wait for the lock', async () => {
    const hours = await Harness.openTimeSkipping();
    try {
      const world = lockedAtFirst(lost({ by: 'backup' }));
      const rows = [7, 13];
      world.rows = () => rows.shift() ?? 25;
      const { spec } = world.request;
      const day = 24 * 60 * minute;
      const patient = {
        attention: { ...spec.attention, deadline: 30 * day },
        rollback: { ...spec.rollback, database: { gate: { ...gate, expires: 30 * day } } },
      };
      await hours.deploy(
        world,
        async (deployment) => {
          const first = await approve(deployment);
          expect(first?.shows[1]).toMatch(/^lost by it: 7 rows/);
          await deployment.until(({ attention }) => attention?.step === '2.0.lock');
          await hours.skip(3 * 60 * minute);
          await deployment.send('retry', { step: '2.0.lock', by: 'eva' });
          const again = await deployment.until((view) => view.gate !== null);
          expect(again.gate?.changed).toEqual([expect.stringMatching(/^lost by it: 7 rows .* → lost by it: 25 rows/)]);
          await approve(deployment);
          expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
        },
        { spec: { ...spec, ...patient } },
      );
    } finally {
      await hours.close();
    }
  });

  test('is approved anew where other migrations would be taken back by then, and what is taken back is named', async () => {
    const world = lost({ by: 'migrations' });
    const inputs = asked(world, 'reverseMigrations');
    await harness.deploy(world, async (deployment) => {
      const { gate: first } = await deployment.until((view) => view.gate !== null);
      expect(first?.shows[0]).toBe('migration 0003_exports of 3 applied, taken back by migrate down 1');
      world.state[subject] = { applied: 2 };
      await approve(deployment);
      const again = await deployment.until((view) => view.gate !== null && view.gate.digest !== first?.digest);
      expect(again.gate?.changed).toEqual(['migration 0003_exports of 3 applied → migration 0002_sessions of 2 applied']);
      expect(inputs).toEqual([]);
      await approve(deployment);
      expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
      expect(inputs).toMatchObject([{ names: ['0002_sessions'] }]);
    });
  });

  describe('whose migrations the code of before does not work with', () => {
    const contract = { ...postgres, migrations: { ...postgres.migrations, kind: 'contract' as const } };
    const spec = testSpec({
      rollback: { ...rungs, database: { gate } },
      database: contract,
      gates: { ...testSpec().gates, contract: { ...gate, approvals: 1 } },
    });
    const withContract = (rollback: RollbackWish): FakeWorld => {
      const { level } = rollback;
      const world = ended(level);
      const wanted = new FakeWorld({ ...world.request, spec, rollback: { ...rollback, brought } });
      wanted.state = { ...world.state, [subject]: { applied: 3 } };
      wanted.rollback = world.rollback;
      return wanted;
    };
    const resolved = (world: FakeWorld) => {
      const requests: ResolveRollbackRequest[] = [];
      const { rollback } = world;
      world.rollback = (request) => (requests.push(request), rollback(request));
      return requests;
    };

    test.each(['traffic', 'system'] as const)('is looked at before rung %s, and the worker is told what is applied', async (level) => {
      const world = withContract({ level, of });
      const requests = resolved(world);
      await harness.deploy(world, async (deployment) => {
        expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
        expect(requests).toMatchObject([{ level, isContract: true, brought, applied: { last: '0003_exports' } }]);
      });
    });

    test('is not asked where people have accepted it: nothing slows that way back', async () => {
      const world = withContract({ level: 'traffic', of, acceptContract: 'the old errors are better than the new ones' });
      const [request] = [resolved(world)];
      await harness.deploy(world, async (deployment) => {
        expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
        expect(world.calls).not.toContain('readMigrations');
        expect(request[0]).not.toHaveProperty('applied');
      });
    });

    test('goes back before the traffic: people see that what serves may fail meanwhile, and what comes next', async () => {
      const world = withContract({ level: 'database', of, database: { by: 'migrations', steps: 2 } });
      const { live, candidate: back, ...rest } = world.rollback(undefined as never);
      world.rollback = () => ({ ...rest, version: 'v1.0.0', image: live.image, live: back, candidate: live });
      await harness.deploy(world, async (deployment) => {
        const open = await approve(deployment);
        const next = `analytics-deploy rollback ${of} --level traffic`;
        expect(open?.shows).toContain(`meanwhile v1.0.0 serves on blue, and may fail until all traffic has moved: ${next}`);
        const { outcome, reason } = await deployment.result();
        expect([outcome, reason]).toEqual([
          'SUCCEEDED',
          `The database of analytics is without migrations 0002_sessions, 0003_exports. Now all traffic back: ${next}`,
        ]);
        // Whether it is well is asked once the traffic has moved.
        expect(world.calls).not.toContain('probe');
      });
    });
  });

  test.each([
    ['restoreDatabase', { by: 'backup', version: 'v1.0.0' }, /pg_restore .* \/dumps\/.*-before-restore\.dump$/],
    [
      'reverseMigrations',
      { by: 'migrations', version: 'v1.0.0' },
      /^in a checkout of c0ffee, see what is applied: migrate list; where N of 0003_exports still are: migrate down N$/,
    ],
  ] as const)('that may have been changed half-way is left to people, with what they go on from: %s', async (activity, wish, byHand) => {
    const differs = lost(wish);
    const fails = (details: object) => {
      return ApplicationFailure.create({
        type: 'CheckFailed',
        message: 'public.events is missing.',
        nonRetryable: true,
        details: [details],
      });
    };
    differs.hook = (name, _, when) => {
      if (name === activity && when === 'before') throw fails({});
    };
    await harness.deploy(differs, async (deployment) => {
      await approve(deployment);
      const { attention } = await deployment.until((view) => view.attention !== null);
      expect(attention?.choices).toEqual(['retry', 'abort']);
      await deployment.send('abort', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({
        outcome: 'ROLLBACK_INCOMPLETE',
        left: [
          {
            subject: expect.stringMatching(/^database of analytics/),
            reason: 'public.events is missing.',
            byHand: expect.stringMatching(byHand),
          },
        ],
      });
    });
    const untouched = lost(wish);
    untouched.hook = (name, _, when) => {
      if (name === activity && when === 'before') throw fails({ wrote: false });
    };
    await harness.deploy(untouched, async (deployment) => {
      await approve(deployment);
      await deployment.until((view) => view.attention !== null);
      await deployment.send('abort', { by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'ROLLED_BACK', left: [] });
    });
  });

  test('is not touched where the gate is rejected, or where it cannot be said what would be lost', async () => {
    const rejected = lost({ by: 'backup' });
    await harness.deploy(rejected, async (deployment) => {
      const { gate: open } = await deployment.until((view) => view.gate !== null);
      await deployment.send('reject', { gate: 'database', digest: open?.digest ?? '', by: 'eva' });
      expect(await deployment.result()).toMatchObject({ outcome: 'FAILED' });
      expect(rejected.calls).not.toContain('restoreDatabase');
    });
    const unknown = lost({ by: 'backup' });
    unknown.hook = (name, _, when) => {
      if (name !== 'rowsSinceBackup' || when !== 'before') return;
      throw ApplicationFailure.create({ type: 'NotFound', message: 'There is no verified backup.', nonRetryable: true, details: [{}] });
    };
    await harness.deploy(unknown, async (deployment) => {
      expect(await deployment.result()).toMatchObject({
        outcome: 'FAILED',
        reason: expect.stringContaining('There is no verified backup'),
      });
      expect(unknown.calls).not.toContain('restoreDatabase');
    });
  });
});
