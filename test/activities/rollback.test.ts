import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { readRecord, recordData } from '../../activities/target-record';
import type { ReleaseRequest, ResolveRollbackRequest } from '../../workflows/runbook/contract';
import type { Released } from '../../workflows/runbook/rollback/released';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { blue, green, newImage, oldImage, place, putShop } from '../fakes/shop';
import { failing, run } from './run';

const target = { ...place, name: 'analytics-deploy-analytics' } as const;
const of = 'shop-1';
const request: ResolveRollbackRequest = {
  level: 'traffic',
  of,
  target,
  container: 'analytics',
  isContract: false,
  production: {
    ...place,
    service: 'analytics',
    selectorKey: 'color',
    colours: { blue, green },
    traffic: { mechanism: 'httproute', route: 'analytics', propagation: 0 },
  },
  flags: { prefix: 'analytics-flags', safe: { ML: 'false' } },
};
const at = '2026-11-24T02:00:00.000Z';
const released = (image: string, more: Partial<Released> = {}): Released => ({
  ...{ image, version: null, flagsConfigMap: null, deployment: of, at },
  ...more,
});

let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;
beforeEach(() => {
  ports = fakePorts({
    deployments: {
      own: () => ({ namespace: 'default', workflowId: 'deploy:shop:production' }),
      stateOf: async () => 'closed',
      open: async () => [],
      requestOf: () => Promise.reject(new Error('a rollback asks for no request')),
      ownReport: () => Promise.reject(new Error('a rollback asks for no report')),
    },
  });
  // Green serves the old image, blue is scaled down with the new one.
  putShop(ports.kubernetes, { replicas: 0, ready: 0 });
  activities = createActivities(ports);
});
const onRecord = (...list: Released[]) =>
  ports.kubernetes.put('ConfigMap', target.name, {
    data: recordData({ version: 1, deployment: of, entries: [], propagation: 0, released: list }),
  });
const resolve = (more: Partial<ResolveRollbackRequest> = {}) => run(activities.resolveRollback, { ...request, ...more });
const refusal = async (more: Partial<ResolveRollbackRequest> = {}) => {
  const told = await failing(resolve(more));
  expect(told).toMatchObject({ type: 'NotApplicable', final: true, wrote: false });
  expect(ports.kubernetes.ledger).toEqual([]);
  return told.message;
};

describe('all traffic to the other colour', () => {
  test('is possible where its image is on record as a healthy version', async () => {
    onRecord(released(newImage, { version: 'v0.9.0', deployment: null }), released(oldImage, { version: 'v1.0.0' }));
    expect(await resolve()).toMatchObject({
      version: 'v0.9.0',
      from: 'v1.0.0',
      image: newImage,
      live: { colour: 'green' },
      candidate: { colour: 'blue', replicas: 0 },
    });
  });

  test.each([
    ['nothing is on record', [], /blue has sha256:new, which is not on record as a healthy version.*--level system/],
    ['that image is not on record', [released(oldImage)], /is not on record as a healthy version/],
    [
      'it was rolled back from already',
      [released(newImage, { version: 'v2', withdrawn: 'shop-7' }), released(oldImage)],
      /blue has v2, which shop-7 has rolled back from.*the version before it/,
    ],
    [
      'a later deployment has released what serves',
      [released(newImage), released(oldImage, { version: 'v3', deployment: 'shop-9' })],
      /v3 serves, released by shop-9 and not by shop-1.*analytics-deploy rollback shop-9/,
    ],
  ])('is refused where %s', async (_, list, says) => {
    onRecord(...list);
    expect(await refusal()).toMatch(says);
  });

  test('never goes to the release that is rolled back: where somebody has switched back by hand, there is nothing to do', async () => {
    // As the first deployment leaves it, whose rollback was made by hand: green serves again.
    onRecord(released(oldImage, { deployment: null }), released(newImage, { version: 'v1.0.0' }));
    const says = /serves, which served before shop-1 already: nothing of shop-1 is left to roll back.*start --release/;
    expect(await refusal()).toMatch(says);
    expect(await refusal({ level: 'system' })).toMatch(says);
    expect(await refusal({ level: 'flags' })).toMatch(says);
    // The same where nobody knows what serves now.
    onRecord(released(newImage, { version: 'v1.0.0' }));
    expect(await refusal()).toMatch(/blue has v1\.0\.0, the very release of shop-1: it does not serve/);
    expect(await refusal({ level: 'system' })).toMatch(/no previous healthy version is on record/);
  });

  test('is refused where both colours have the same image', async () => {
    onRecord(released(oldImage));
    ports.kubernetes.edit('Deployment', 'analytics-blue', 'eva', {}, (object) => {
      const { template } = object.spec as { template: { spec: { containers: { name: string; image: string }[] } } };
      template.spec.containers.forEach((container) => {
        if (container.name === 'analytics') container.image = oldImage;
      });
    });
    expect(await refusal()).toMatch(/blue has the same image as the live colour/);
  });
});

describe('the previous version', () => {
  test('is the newest on record that does not serve and was not rolled back from, with its flags', async () => {
    ports.kubernetes.put('ConfigMap', 'analytics-flags-0123456789', { data: { ML: 'true' } });
    onRecord(
      released('registry.example/analytics@sha256:aaa', { version: 'v0.8.0', deployment: null }),
      released('registry.example/analytics@sha256:bbb', {
        version: 'v0.9.0',
        deployment: 'shop-0',
        flagsConfigMap: 'analytics-flags-0123456789',
      }),
      released(newImage, { version: 'v2', withdrawn: 'shop-7' }),
      released(oldImage, { version: 'v1.0.0' }),
    );
    expect(await resolve({ level: 'system' })).toMatchObject({
      version: 'v0.9.0',
      image: 'registry.example/analytics@sha256:bbb',
      flags: { configMap: 'analytics-flags-0123456789', data: { ML: 'true' } },
      candidate: { colour: 'blue' },
    });
  });

  test('is refused where none is known, or where its flags are gone', async () => {
    onRecord(released(oldImage));
    expect(await refusal({ level: 'system' })).toMatch(/no previous healthy version is on record.*analytics-deploy start --release/);
    onRecord(released(newImage, { version: 'v0.9.0', deployment: 'shop-0', flagsConfigMap: 'analytics-flags-gone' }), released(oldImage));
    expect(await refusal({ level: 'system' })).toMatch(
      /v0\.9\.0 served with configmap analytics-flags-gone, which does not exist any more/,
    );
  });
});

describe('flags to their safe values', () => {
  const name = 'analytics-flags-0123456789';
  const nameFlags = () =>
    ports.kubernetes.edit('Deployment', 'analytics-green', 'eva', {}, (object) => {
      const { template } = object.spec as { template: { spec: { containers: { name: string; envFrom?: unknown[] }[] } } };
      template.spec.containers.forEach((container) => {
        if (container.name === 'analytics') container.envFrom = [{ configMapRef: { name } }];
      });
    });

  test('are set over those that the live colour has, under a name of their own; the live colour is what is changed', async () => {
    nameFlags();
    ports.kubernetes.put('ConfigMap', name, { data: { ML: 'true', ROLLOUT: '10' } });
    const release = await resolve({ level: 'flags' });
    expect(release).toMatchObject({ candidate: { colour: 'green' }, image: oldImage, flags: { data: { ML: 'false', ROLLOUT: '10' } } });
    expect(release.flags?.configMap).toMatch(/^analytics-flags-[0-9a-f]{10}$/);
  });

  test('are refused where the spec declares none, where the colour has none, and where they are set already', async () => {
    expect(await refusal({ level: 'flags', flags: { prefix: 'analytics-flags', safe: {} } })).toMatch(/declares no safe values/);
    expect(await refusal({ level: 'flags' })).toMatch(/green names no flags' ConfigMap/);
    nameFlags();
    ports.kubernetes.put('ConfigMap', name, { data: { ML: 'false' } });
    expect(await refusal({ level: 'flags' })).toMatch(/have their safe values already/);
  });
});

test('part of the traffic is refused where nothing is ramped', async () => {
  expect(await refusal({ level: 'partial' })).toMatch(/nothing is ramped, and no deployment runs.*--level traffic/);
});

describe('what a deployment leaves on record', () => {
  const take = (deployment: string) => run(activities.takeTarget, { ...target, deployment, entries: [], propagation: 0 });
  const release = (deployment: string, more: Partial<ReleaseRequest>) =>
    run(activities.releaseTarget, { ...target, deployment, left: [], ...more });
  const record = async () => readRecord(await ports.kubernetes.read({ kind: 'ConfigMap', ...target }))?.released;
  const healthy = [
    { deployment: 'analytics-green', image: oldImage, version: null },
    { deployment: 'analytics-blue', image: newImage, version: 'v1.0.0' },
  ];

  test('outlives it: what is known of a version stays, and what is rolled back from is marked', async () => {
    await take('shop-1');
    await release('shop-1', { releases: { healthy, withdrawn: [], container: 'analytics' } });
    expect(await record()).toMatchObject([
      { image: oldImage, version: null, deployment: null },
      { image: newImage, version: 'v1.0.0', deployment: 'shop-1' },
    ]);
    await take('shop-2');
    const back = {
      healthy: [{ deployment: 'analytics-green', image: oldImage, version: 'v0.9.0' }],
      withdrawn: [newImage],
      container: 'analytics',
    };
    await release('shop-2', { releases: back });
    expect(await record()).toMatchObject([
      { image: newImage, version: 'v1.0.0', withdrawn: 'shop-2' },
      { image: oldImage, version: 'v0.9.0', deployment: 'shop-2' },
    ]);
    await take('shop-3');
    await release('shop-3', { left: [] });
    expect(await record()).toHaveLength(2);
  });

  test('is only what a template still names as it was released', async () => {
    await take('shop-1');
    const other = [{ deployment: 'analytics-blue', image: 'registry.example/analytics@sha256:else', version: 'v1.0.0' }];
    const { note } = await release('shop-1', { releases: { healthy: other, withdrawn: [], container: 'analytics' } });
    expect(note).toMatch(/is not on record for rollbacks: analytics-blue has registry.example\/analytics@sha256:new/);
    expect(await record()).toEqual([]);
  });
});

describe('the database', () => {
  const wish = { by: 'backup' } as const;
  const facts = { wish, isDeclared: true, keepsDumps: true, hasWayDown: true };
  const brought = { version: 'v1.0.0', commit: 'c'.repeat(40), names: ['0002_sessions', '0003_exports'] };
  const applied = (count: number) => ({
    applied: count,
    last: ['0001_events', ...brought.names, '0004_later'][count - 1] ?? null,
    digest: `digest-${count}`,
    pending: [],
  });
  const database = (more: Partial<NonNullable<ResolveRollbackRequest['database']>> = {}) =>
    ({ level: 'database', database: { ...facts, ...more } }) as const;

  test('goes back under the colour that serves, which is not the release that is rolled back', async () => {
    onRecord(released(oldImage, { version: 'v0.9.0', deployment: 'shop-2' }));
    expect(await resolve(database())).toMatchObject({ version: 'v0.9.0', candidate: { colour: 'green' }, image: oldImage });
    const digests = [await resolve(database()), await resolve(database({ wish: { ...wish, backup: 'another' } }))].map(
      ({ digest }) => digest,
    );
    expect(new Set(digests).size).toBe(2);
    onRecord(released(oldImage, { version: 'v1.0.0' }));
    expect(await refusal(database())).toMatch(
      /v1\.0\.0 still serves.*Move the traffic first: analytics-deploy rollback shop-1 --level traffic/,
    );
  });

  test('does not go back to before a release that came later, though Temporal may know neither of them any more', async () => {
    const [a, b] = [released(newImage, { version: 'v1.0.0' }), released(oldImage, { version: 'v1.1.0', deployment: 'shop-2' })];
    onRecord(a, b);
    expect(await refusal(database())).toMatch(
      /v1\.1\.0 serves, which shop-2 has released after shop-1: what was written.*rollback shop-2 --level database/,
    );
    // By the rollback of it, or by the rollback of that one.
    onRecord({ ...a, withdrawn: 'shop-2' }, b);
    expect(await resolve(database())).toMatchObject({ version: 'v1.1.0' });
    const unwell = released('app@sha256:older', { deployment: 'shop-2', withdrawn: 'shop-3' });
    onRecord({ ...a, withdrawn: 'shop-2' }, unwell, { ...b, deployment: 'shop-3' });
    expect(await resolve(database())).toMatchObject({ version: 'v1.1.0' });
    // The rollback of it, and a release after that.
    onRecord({ ...a, withdrawn: 'shop-2' }, released('app@sha256:older', { deployment: 'shop-2' }), { ...b, deployment: 'shop-3' });
    expect(await refusal(database())).toMatch(/which shop-3 has released after shop-1/);
    // What served before serves again, by whoever moved the traffic.
    onRecord(released(oldImage, { version: 'v0.9.0', deployment: 'shop-0' }), a);
    expect(await resolve(database())).toMatchObject({ version: 'v0.9.0' });
  });

  test.each([
    ['they have no way down', { hasWayDown: false }, { brought, applied: applied(3) }, /have no way down.*--by backup/],
    ['the deployment applied none', {}, {}, /shop-1 has applied no migrations.*--by backup/],
    [
      'they are taken back already',
      {},
      { brought, applied: applied(1) },
      /none of the migrations of shop-1 .*: the newest that is applied is 0001_events/,
    ],
    [
      'a newer one lies on them',
      {},
      { brought, applied: applied(4) },
      /none of the migrations of shop-1 .*: the newest that is applied is 0004_later/,
    ],
    [
      'more are asked for than came with it',
      { wish: { by: 'migrations', steps: 3 } as const },
      { brought, applied: applied(3) },
      /of the newest 3 migrations shop-1 has applied 2 \(0002_sessions, 0003_exports\).*--steps 2/,
    ],
  ])('by migrations is refused where %s', async (_, of, more, says) => {
    onRecord(released(oldImage, { version: 'v0.9.0', deployment: 'shop-2' }));
    expect(await refusal({ ...database({ wish: { by: 'migrations' }, ...of }), ...more })).toMatch(says);
  });

  test('by migrations is approved for exactly those that are applied', async () => {
    onRecord(released(oldImage, { version: 'v0.9.0', deployment: 'shop-2' }));
    const byMigrations = database({ wish: { by: 'migrations' } });
    const [three, two] = [
      await resolve({ ...byMigrations, brought, applied: applied(3) }),
      await resolve({ ...byMigrations, brought, applied: applied(2) }),
    ];
    expect(three.digest).not.toBe(two.digest);
  });

  test('goes back under the release itself where the code of before does not work with its migrations', async () => {
    onRecord(released(oldImage, { version: 'v1.0.0' }));
    expect(await refusal({ ...database(), brought })).toMatch(/still serves.*Move the traffic first/);
    expect(await refusal({ ...database(), isContract: true })).toMatch(/still serves.*Move the traffic first/);
    expect(await resolve({ ...database(), isContract: true, brought })).toMatchObject({ version: 'v1.0.0' });
  });

  test.each(['traffic', 'system'] as const)(
    'keeps rung %s from code that does not work with its migrations, while they are applied',
    async (level) => {
      onRecord(released(newImage, { version: 'v0.9.0', deployment: 'shop-0' }), released(oldImage, { version: 'v1.0.0' }));
      const contract = { level, isContract: true, brought };
      expect(await refusal({ ...contract, applied: applied(3) })).toMatch(
        /v0\.9\.0 does not work with 0002_sessions, 0003_exports, which v1\.0\.0 has applied.*rollback shop-1 --level database --by migrations --steps 2.*--accept-contract/,
      );
      expect(await resolve({ ...contract, applied: applied(1) })).toMatchObject({ version: 'v0.9.0' });
      expect(await resolve({ ...contract, isContract: false, applied: applied(3) })).toMatchObject({ version: 'v0.9.0' });
      // Where people accept it, nobody looks.
      expect(await resolve(contract)).toMatchObject({ version: 'v0.9.0' });
    },
  );

  test('is refused where the spec has none, and where it keeps no dumps', async () => {
    expect(await refusal({ level: 'database' })).toMatch(/has no database, or does not say who decides/);
    expect(await refusal(database({ keepsDumps: false }))).toMatch(/keeps no dumps.*--by migrations/);
  });
});
