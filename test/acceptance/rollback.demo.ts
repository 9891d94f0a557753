import { afterEach, describe, expect, test } from '@jest/globals';
import { compareWorlds } from '../../sandbox/snapshot';
import type { Spec } from '../../workflows/runbook/spec';
import { command, deployInLane, newestInLane } from './ladder';
import { heldAtHalf, Stage, stageSpec, step } from './stage';

let stage: Stage;
afterEach(() => stage.close());

/** Its own environment, so that its lane is nobody else's on the shared server. */
const withRungs = (lane: string): Spec => {
  const spec = stageSpec({ environment: lane });
  const { values = {} } = spec.rollback.flags ?? {};
  const gate = { approvals: 1, roles: Object.keys(spec.roles), expires: 60_000, onExpiry: 'rollback' } as const;
  return { ...spec, rollback: { ...spec.rollback, partial: { share: 20, watch: 800 }, flags: { values, watch: 800, gate } } };
};

const shares = async () => (await stage.sandbox.stats()).shares;

interface Deployed {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly name: string;
          readonly image: string;
          readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
        }[];
      };
    };
  };
}
const pathOf = (colour: string) => `/apis/apps/v1/namespaces/${stage.sandbox.spec.production.namespace}/deployments/analytics-${colour}`;
async function colour(name: string) {
  const { spec } = await stage.cluster().call<Deployed>(pathOf(name));
  const own = spec.template.spec.containers.find((container) => container.name === stage.sandbox.spec.image.container);
  return { image: own?.image ?? '', replicas: spec.replicas, flags: own?.envFrom?.[0]?.configMapRef.name };
}

describe('in the sandbox, by one command each', () => {
  test('after a deployment: flags, traffic and the previous version, and what does not apply is refused', async () => {
    stage = await Stage.open({ spec: withRungs('ladder-after') });
    await stage.work();
    const old = await colour('green');
    const { deployment, id } = await deployInLane(stage, 'v1.0.0');
    await deployment.approve();
    expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });

    expect(await command(stage, 'rollback', id, '--level', 'partial', '--yes')).toMatchObject({ code: 5 });
    const dry = await command(stage, 'rollback', id, '--level', 'traffic', '--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      json: { done: false, of: id, impact: [expect.stringMatching(/^All callers move at once/), expect.any(String), expect.any(String)] },
    });
    expect(await shares()).toEqual({ blue: 100, green: 0 });

    // Flags: the live colour restarts with the safe values once somebody has approved exactly that.
    const before = await colour('blue');
    const flags = await command(stage, 'rollback', id, '--level', 'flags', '--yes', '--no-wait');
    expect(flags.code).toBe(0);
    const flagging = newestInLane(stage, deployment);
    const { gate } = await flagging.until((view) => view.gate !== null);
    await flagging.send('approve', { gate: 'flags', digest: gate?.digest ?? '', by: 'eva' });
    expect(await flagging.result()).toMatchObject({ outcome: 'SUCCEEDED', rollback: { level: 'flags', of: id } });
    const after = await colour('blue');
    expect([after.image, after.replicas]).toEqual([before.image, before.replicas]);
    expect(after.flags).not.toBe(before.flags);
    expect(await shares()).toEqual({ blue: 100, green: 0 });

    // Traffic: the old colour is scaled up as it stands and serves everything. With other flags it was still that release which served.
    const traffic = await command(stage, 'rollback', id, '--level', 'traffic', '--yes');
    expect(traffic).toMatchObject({
      code: 0,
      json: {
        report: {
          outcome: 'SUCCEEDED',
          reason: expect.stringMatching(/^analytics is back on .* \(green\); v1\.0\.0 is on record as rolled back from\.$/),
        },
      },
    });
    expect(await shares()).toEqual({ blue: 0, green: 100 });
    expect(await colour('green')).toMatchObject({ image: old.image, replicas: old.replicas });

    // What is rolled back already is not what serves.
    expect((await command(stage, 'rollback', id, '--level', 'traffic', '--yes')).said).toMatch(/came after/);

    // Back and forth is not offered: what was rolled back from is on record as such.
    const { deploymentId: backId } = (traffic.json?.['report'] ?? {}) as { readonly deploymentId: string };
    const again = await command(stage, 'rollback', backId, '--level', 'traffic', '--yes');
    expect(again.code).toBe(5);
    expect(again.said).toMatch(/blue has v1\.0\.0, which .* has rolled back from/);
    expect(await shares()).toEqual({ blue: 0, green: 100 });
  }, 240_000);

  test('after two deployments: the previous version is deployed again, also where somebody has put another one on the other colour', async () => {
    stage = await Stage.open({ spec: withRungs('ladder-system') });
    await stage.work();
    const old = await colour('green');
    const { deployment, id } = await deployInLane(stage, 'v1.0.0');
    await deployment.approve();
    expect(await deployment.result()).toMatchObject({ outcome: 'SUCCEEDED' });
    // Somebody else tries something out on the colour that does not serve.
    const cluster = stage.cluster();
    const { spec } = await cluster.call<Deployed>(pathOf('green'));
    const containers = spec.template.spec.containers.map((one) =>
      one.name === stage.sandbox.spec.image.container ? { ...one, image: `${stage.sandbox.spec.image.repository}:v1.1.0` } : one,
    );
    await cluster.call(pathOf('green'), { method: 'PATCH', body: { spec: { template: { spec: { containers } } } } });
    const refused = await command(stage, 'rollback', id, '--level', 'traffic', '--yes');
    expect(refused.code).toBe(5);
    expect(refused.said).toMatch(/green has v1\.1\.0, which is not on record as a healthy version/);

    // The refusal has changed nothing and is in nobody's way.
    const system = await command(stage, 'rollback', id, '--level', 'system', '--yes');
    expect(system).toMatchObject({ code: 0, json: { report: { outcome: 'SUCCEEDED', rollback: { level: 'system', of: id } } } });
    expect(await shares()).toEqual({ blue: 0, green: 100 });
    expect(await colour('green')).toEqual(old);
  }, 240_000);

  test('while the ramp is under way: flags on the candidate alone, then part of the traffic, then all of it', async () => {
    stage = await Stage.open({ spec: heldAtHalf(withRungs('ladder-ramp')) });
    await stage.work();
    const { deployment, id } = await deployInLane(stage, 'v1.0.0');
    await deployment.approve();
    await step(deployment, '2.3.watch-50');
    const [blue, green] = [await colour('blue'), await colour('green')];
    expect(await command(stage, 'rollback', id, '--level', 'flags', '--yes')).toMatchObject({ code: 0, json: { result: 'done' } });
    await step(deployment, 'rollback.flags-pods', 'done');
    await step(deployment, '2.3.watch-50');
    expect((await colour('blue')).flags).not.toBe(blue.flags);
    expect(await colour('green')).toEqual(green);
    expect(await shares()).toEqual({ blue: 50, green: 50 });

    expect(await command(stage, 'rollback', id, '--level', 'partial', '--then', 'stay', '--yes')).toMatchObject({ code: 0 });
    await deployment.until((view) => view.share === 20 && view.paused !== null);
    expect(await shares()).toEqual({ blue: 20, green: 80 });
    expect((await command(stage, 'rollback', id, '--level', 'partial', '--yes')).said).toMatch(/again: ana has asked for it/);

    const end = await command(stage, 'rollback', id, '--level', 'traffic', '--yes');
    expect(end).toMatchObject({ code: 0, json: { outcome: 'ROLLED_BACK' } });
    expect(compareWorlds(stage.before, await stage.sandbox.snapshot())).toEqual([]);
  }, 240_000);
});
