import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import type { Deployments } from '../../activities/ports/deployments';
import { readRecord } from '../../activities/target-record';
import { lookAtTarget, repairTarget, type RepairWishes } from '../../activities/repair';
import type { TrafficState, Write, TrafficChange, TakeRequest } from '../../workflows/runbook/contract';
import type { Hold, RecordEntry } from '../../workflows/runbook/target';
import { failure } from '../../activities/failures';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { candidateChange, forward, newImage, place, putShop, trafficTo, undo, weightsOf } from '../fakes/shop';
import { failing, run } from './run';

const target = { ...place, name: 'analytics-deploy-analytics' } as const;
const mine: TakeRequest = { ...target, deployment: 'shop-1', entries: [], propagation: 30_000 };
const theirs: TakeRequest = { ...mine, deployment: 'shop-2' };

let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;
let state: 'open' | 'closed' | 'unknown';
const notAsked = () => Promise.reject(new Error('nobody asks'));
const deployments: Deployments = {
  open: async () => [],
  requestOf: notAsked,
  ownReport: notAsked,
  own: () => ({ namespace: 'default', workflowId: 'deploy:shop:production' }),
  stateOf: async () => state,
};

beforeEach(() => {
  state = 'open';
  ports = fakePorts({ deployments });
  putShop(ports.kubernetes);
  activities = createActivities(ports);
});

const take = (request: TakeRequest = mine) => run(activities.takeTarget, request);
const lease = () => ports.kubernetes.raw('Lease', target.name).spec as { holderIdentity: string; leaseTransitions: number };
const record = async () => readRecord(await ports.kubernetes.read({ kind: 'ConfigMap', ...target }));
const byHand = () => (ports.kubernetes.raw('ConfigMap', target.name).data as Record<string, string>)['by-hand.txt'];

describe('the lock of a target', () => {
  test('names its holder, and is free again when it is given up', async () => {
    expect(await take()).toEqual({ epoch: 1 });
    expect(lease()).toMatchObject({ holderIdentity: 'shop-1', leaseTransitions: 1 });
    await run(activities.releaseTarget, { ...target, deployment: 'shop-1', left: [] });
    expect(lease().holderIdentity).toBe('');
    expect(await take(theirs)).toEqual({ epoch: 2 });
  });

  test('asked for twice by the same deployment is one lock in one epoch', async () => {
    await take();
    expect(await take()).toEqual({ epoch: 1 });
    expect(ports.kubernetes.ledger).toHaveLength(2);
  });

  test('begins above the epochs of the objects, where Lease and record were lost', async () => {
    ports.kubernetes.edit('HTTPRoute', 'analytics', 'eva', {}, (route) => {
      route.metadata.annotations = { 'analytics-deploy-analytics/epoch': '7' };
    });
    expect(await take({ ...mine, objects: [{ kind: 'HTTPRoute', name: 'analytics' }] })).toEqual({ epoch: 8 });
  });

  test('is not taken over a record that this build does not understand, unless somebody says so', async () => {
    await take();
    await run(activities.releaseTarget, { ...target, deployment: 'shop-1', left: [] });
    ports.kubernetes.edit('ConfigMap', target.name, 'newer', {}, (found) => {
      found.data = { ...(found.data as object), 'record.json': '{"version":2,"changes":["much"]}' };
    });
    const told = await failing(take(theirs));
    expect(told).toMatchObject({ type: 'Locked', wrote: false });
    expect(told.message).toContain('is of version 2, this build reads version 1');
    expect((await lookAtTarget(ports, target)).unreadable).toBe('is of version 2, this build reads version 1');
    expect(await take({ ...theirs, takeOver: 'looked at by hand' })).toMatchObject({ epoch: 2 });
  });

  test('is given up also where the record is gone, which is told', async () => {
    await take();
    ports.kubernetes.drop('ConfigMap', target.name);
    const { note } = await run(activities.releaseTarget, { ...target, deployment: 'shop-1', left: [] });
    expect(note).toContain(target.name);
    expect(lease().holderIdentity).toBe('');
  });

  test('is free for the next deployment after a committed one that could not empty its record', async () => {
    await take();
    const hold = { ...target, epoch: 1 };
    const change = { ...place, deployment: 'analytics-green', container: 'analytics', replicas: 0 };
    const from = await run(activities.readWorkload, change);
    const entry = {
      ...({ subject: 'shop/deployment/analytics-green', title: 'replicas as before', rank: 'workload', production: true } as const),
      ...{ stepId: 'scale-down.old', undo: 'restoreWorkload', to: from, byHand: 'kubectl scale' },
    };
    await run(activities.setWorkload, { change, from, key: 'shop-1/scale-down.old/forward', hold, entry, commits: true });
    expect((await record())?.committed).toBe(true);
    state = 'closed';
    expect(await take(theirs)).toMatchObject({ epoch: 2 });
  });

  test('is refused to another deployment while its holder is open, and named', async () => {
    await take();
    const told = await failing(take(theirs));
    expect(told).toMatchObject({ type: 'Locked', wrote: false });
    expect(told.message).toContain('held by shop-1 (deploy:shop:production in namespace default), which is open');
    expect(lease().holderIdentity).toBe('shop-1');
  });

  test('goes over where Temporal shows that its holder has closed', async () => {
    await take();
    state = 'closed';
    expect(await take(theirs)).toEqual({ epoch: 2, note: 'taken over from shop-1, which has ended without giving it up' });
  });

  test('does not go over by itself where nobody can tell whether its holder has closed', async () => {
    await take();
    state = 'unknown';
    expect(await failing(take(theirs))).toMatchObject({ type: 'Locked' });
    expect(await take({ ...theirs, takeOver: 'the old server is gone' })).toEqual({
      epoch: 2,
      note: 'taken over from shop-1: the old server is gone',
    });
  });

  test('is refused where the last deployment has left something changed, unless it is taken as it is', async () => {
    await take({ ...mine, entries: [entryOf(trafficTo(20))] });
    await run(activities.releaseTarget, { ...target, deployment: 'shop-1', left: ['shop/httproute/analytics'] });
    const told = await failing(take(theirs));
    expect(told.message).toContain('shop-1 has left changed: shop/httproute/analytics');
    expect(told.message).toContain('analytics-deploy repair');
    expect(await take({ ...theirs, takeOver: 'checked by hand' })).toEqual({ epoch: 2 });
    expect(await record()).toMatchObject({ deployment: 'shop-2', entries: [] });
  });

  test('whose answer is lost is still taken once', async () => {
    ports.kubernetes.fault = ({ verb, kind }, when) =>
      verb === 'create' && kind === 'Lease' && when === 'after' ? failure('Unavailable', 'cut') : undefined;
    expect(await take()).toEqual({ epoch: 1 });
    expect(lease().leaseTransitions).toBe(1);
  });

  test('that was given up is not taken again by a late write', async () => {
    await take();
    await run(activities.releaseTarget, { ...target, deployment: 'shop-1', left: [] });
    expect(await failing(take())).toMatchObject({ type: 'Foreign' });
    expect(lease().holderIdentity).toBe('');
  });

  test('is not given up by a deployment that does not hold it', async () => {
    await take();
    expect(await run(activities.releaseTarget, { ...target, deployment: 'shop-2', left: [] })).toEqual({ note: 'is held by shop-1' });
    expect(lease().holderIdentity).toBe('shop-1');
  });
});

/** What the workflow hands over beside a write. */
function entryOf(change: TrafficChange, to: unknown = { weights: { blue: 0, green: 100 } }): RecordEntry {
  return {
    subject: 'shop/httproute/analytics',
    title: 'traffic back to green',
    rank: 'traffic',
    production: true,
    stepId: '2.2.traffic-20',
    undo: 'restoreTraffic',
    to,
    change,
    byHand: 'kubectl -n shop edit httproute analytics',
  };
}

describe('a write under a lock', () => {
  let hold: Hold;
  let from: TrafficState;
  const shift = (share: number, key = forward('2.2.traffic-20')) => {
    const write: Write<TrafficChange, TrafficState> = { change: trafficTo(share), from, key, hold, entry: entryOf(trafficTo(share), from) };
    return run(activities.shiftTraffic, write);
  };
  const repairing = (more: Partial<RepairWishes> = {}): RepairWishes => ({
    by: 'eva',
    releaseOnly: false,
    tell: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });

  beforeEach(async () => {
    hold = { ...target, epoch: (await take()).epoch };
    from = await run(activities.readTraffic, trafficTo(0));
  });

  test('is on record before it is made, with what was there and the command that puts it back', async () => {
    const order: string[] = [];
    ports.kubernetes.fault = ({ verb, kind }, when) => {
      if (verb === 'patch' && when === 'after') order.push(kind);
      return undefined;
    };
    await shift(20);
    expect(order).toEqual(['ConfigMap', 'HTTPRoute']);
    expect(await record()).toMatchObject({
      deployment: 'shop-1',
      entries: [{ to: { weights: { blue: 0, green: 100 } }, change: { candidateShare: 20 } }],
    });
    expect(byHand()).toContain('# traffic back to green\nkubectl -n shop edit httproute analytics');
  });

  test('is not made where it cannot be put on record', async () => {
    ports.kubernetes.fault = ({ verb, kind }, when) =>
      verb === 'patch' && kind === 'ConfigMap' && when === 'before' ? failure('Forbidden', 'no') : undefined;
    expect(await failing(shift(20))).toMatchObject({ type: 'Forbidden', wrote: false });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 0, 'analytics-green': 100 }, { 'analytics-green': 7 }]);
  });

  test('is undone although the record cannot be written any more', async () => {
    await shift(20);
    ports.kubernetes.fault = ({ kind }) => (kind === 'ConfigMap' || kind === 'Lease' ? failure('Unavailable', 'gone') : undefined);
    const back = { to: from, change: trafficTo(20), key: undo('2.2.traffic-20'), urgent: true, hold };
    expect(await run(activities.restoreTraffic, back)).toEqual({ result: 'restored' });
  });

  test('names its epoch on the object', async () => {
    await shift(20);
    expect(ports.kubernetes.raw('HTTPRoute', 'analytics').metadata.annotations).toMatchObject({ 'analytics-deploy-analytics/epoch': '1' });
  });

  test('to the database is put on record for whoever has no credentials of the cluster; a repair lists it with its command', async () => {
    const entry: RecordEntry = {
      subject: 'database/analytics-production',
      title: "the release's migrations taken back",
      rank: 'database',
      production: true,
      stepId: '2.0m.migrate',
      undo: 'undoMigrations',
      to: { applied: 1 },
      change: {},
      byHand: 'in a checkout of c0ffee0000: npm run migrate:down -- --steps=2',
    };
    await run(activities.recordChange, { hold, key: 'shop-1/2.0m.migrate/forward', entry });
    await run(activities.recordChange, { hold, key: 'shop-1/2.0m.migrate/forward', entry });
    expect(byHand()).toContain("# the release's migrations taken back\nin a checkout of c0ffee0000");
    const { left } = await repairTarget(ports, target, repairing());
    expect(left).toEqual([
      {
        subject: entry.subject,
        reason: 'a repair does not reach the database; the command takes its migrations back',
        byHand: entry.byHand,
      },
    ]);
    expect(await failing(run(activities.recordChange, { hold, key: 'shop-1/2.0m.migrate/forward', entry }))).toMatchObject({
      type: 'TakenOver',
    });
  });

  test('does not land after a repair, be it recorded already or not', async () => {
    await shift(20);
    const done = await repairTarget(ports, target, repairing());
    expect(done).toMatchObject({ epoch: 2, restored: [{ subject: 'shop/httproute/analytics', note: 'restored' }], left: [] });
    const writes = ports.kubernetes.ledger.length;
    expect(await failing(shift(50))).toMatchObject({ type: 'TakenOver', final: true });
    const late = {
      to: { ...from, weights: { blue: 50, green: 50 } },
      change: trafficTo(20),
      key: undo('2.2.traffic-20'),
      urgent: true,
      hold,
    };
    // It is back already: there is nothing to do, and nothing is written.
    expect(await run(activities.restoreTraffic, late)).toMatchObject({ result: 'restored' });
    expect(ports.kubernetes.ledger).toHaveLength(writes);
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 0, 'analytics-green': 100 }, { 'analytics-green': 7 }]);
  });

  test('does not land after a repair that left the world as it is: the undo says that the target was taken over', async () => {
    await shift(20);
    await repairTarget(ports, target, { ...repairing(), releaseOnly: true });
    // Fenced off all the same, as it was on record.
    const late = { to: from, change: trafficTo(20), key: undo('2.2.traffic-20'), urgent: true, hold };
    expect(await failing(run(activities.restoreTraffic, late))).toMatchObject({ type: 'TakenOver' });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 20, 'analytics-green': 80 }, { 'analytics-green': 7 }]);
  });

  test('that was on its way while the target was repaired is refused by the object itself', async () => {
    from = await shift(20);
    let repaired = false;
    ports.kubernetes.fault = ({ verb, kind }, when) => {
      if (repaired || verb !== 'patch' || kind !== 'HTTPRoute' || when !== 'before') return undefined;
      repaired = true;
      ports.kubernetes.edit('HTTPRoute', 'analytics', 'eva', {}, (route) => {
        route.metadata.annotations = { ...route.metadata.annotations, 'analytics-deploy-analytics/epoch': '2' };
      });
      return undefined;
    };
    expect(await failing(shift(50))).toMatchObject({ type: 'TakenOver' });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 20, 'analytics-green': 80 }, { 'analytics-green': 7 }]);
  });

  test('keeps the flags of a workload that a repair had to leave: its pods still name them', async () => {
    const flags = { ...place, name: 'analytics-flags-1234567890', data: { A: 'true' } };
    const none = await run(activities.readFlags, flags);
    const made = { stepId: '2.1.flags', undo: 'removeFlags', subject: `shop/configmap/${flags.name}`, to: none, rank: 'flags' } as const;
    const common = { title: 'as before', production: true, byHand: 'kubectl' } as const;
    await run(activities.createFlags, { change: flags, from: none, key: 'shop-1/2.1.flags/forward', hold, entry: { ...made, ...common } });
    const before = await run(activities.readWorkload, candidateChange);
    const set = { stepId: '2.2.workload', undo: 'restoreWorkload', subject: 'shop/deployment/analytics-blue', to: before } as const;
    const entry = { ...set, ...common, rank: 'workload' } as const;
    await run(activities.setWorkload, { change: candidateChange, from: before, key: 'shop-1/2.2.workload/forward', hold, entry });
    ports.kubernetes.edit('Deployment', 'analytics-blue', 'ops', {}, ({ spec }) => {
      const { containers } = (spec as { template: { spec: { containers: { name: string; image: string }[] } } }).template.spec;
      for (const container of containers) if (container.name === 'analytics') container.image = 'hot/fix:1';
    });
    const { restored, left } = await repairTarget(ports, target, repairing());
    expect(restored).toEqual([]);
    expect(left.map(({ subject, reason }) => [subject, reason])).toEqual([
      ['shop/deployment/analytics-blue', expect.stringContaining('hot/fix:1')],
      [`shop/configmap/${flags.name}`, 'the candidate may still name it'],
    ]);
    expect(ports.kubernetes.raw('ConfigMap', flags.name)).toBeDefined();
  });

  test('that makes an object is taken back where it lands after a repair: nothing could be fenced off that was not there', async () => {
    const flags = { ...place, name: 'analytics-flags-1234567890', data: { A: 'true' } };
    const none = await run(activities.readFlags, flags);
    const made = { stepId: '2.1.flags', undo: 'removeFlags', subject: `shop/configmap/${flags.name}`, to: none, rank: 'flags' } as const;
    const entry = { ...made, title: 'as before', production: true, byHand: 'kubectl' } as const;
    let isRepaired = false;
    ports.kubernetes.fault = ({ verb, name }, when) => {
      if (isRepaired || verb !== 'create' || name !== flags.name || when !== 'before') return undefined;
      isRepaired = true;
      ports.kubernetes.edit('ConfigMap', target.name, 'repair', {}, (found) => {
        found.metadata.annotations = { ...found.metadata.annotations, 'analytics-deploy-analytics/epoch': '2' };
      });
      return undefined;
    };
    const late = run(activities.createFlags, { change: flags, from: none, key: 'shop-1/2.1.flags/forward', hold, entry });
    expect(await failing(late)).toMatchObject({ type: 'TakenOver' });
    expect(await ports.kubernetes.read({ kind: 'ConfigMap', ...place, name: flags.name })).toBeNull();
  });

  test('of another service to a route that both share fences nobody of ours off', async () => {
    await shift(20);
    ports.kubernetes.edit('HTTPRoute', 'analytics', 'analytics-deploy', {}, (route) => {
      route.metadata.annotations = { ...route.metadata.annotations, 'analytics-deploy-billing/epoch': '9' };
    });
    from = await run(activities.readTraffic, trafficTo(20));
    await shift(50);
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 50, 'analytics-green': 50 }, { 'analytics-green': 7 }]);
  });

  test('to staging that another deployment has written since is left to it by a repair, and keeps nobody out', async () => {
    const change = { ...place, deployment: 'analytics-blue', container: 'analytics', image: newImage };
    const to = await run(activities.readWorkload, change);
    const staging = { stepId: '1.1.image', undo: 'restoreWorkload', subject: 'staging', to, rank: 'workload', title: 'as before' } as const;
    await run(activities.releaseTarget, { ...target, deployment: 'shop-1', left: [] });
    await take({ ...theirs, entries: [{ ...staging, production: false, byHand: 'kubectl', change }] });
    ports.kubernetes.edit('Deployment', 'analytics-blue', 'analytics-deploy', {}, ({ spec }) => {
      const { containers } = (spec as { template: { spec: { containers: { name: string; image: string }[] } } }).template.spec;
      for (const container of containers) if (container.name === 'analytics') container.image = 'the/next:1';
    });
    state = 'closed';
    expect(await take({ ...mine, deployment: 'shop-3' })).toMatchObject({ epoch: 3 });
    await run(activities.releaseTarget, { ...target, deployment: 'shop-3', left: [] });
    await take({ ...theirs, deployment: 'shop-4', entries: [{ ...staging, production: false, byHand: 'kubectl', change }] });
    const { restored, left } = await repairTarget(ports, target, repairing());
    expect(left).toEqual([]);
    expect(restored).toMatchObject([{ subject: 'staging', note: expect.stringContaining('left to others') }]);
  });

  test('is repaired once: a second repair finds nothing to do', async () => {
    await shift(20);
    await repairTarget(ports, target, repairing());
    expect(await lookAtTarget(ports, target)).toMatchObject({ holder: '', subjects: [] });
    const writes = ports.kubernetes.ledger.filter(({ name }) => name !== target.name).length;
    expect(await repairTarget(ports, target, repairing())).toMatchObject({ restored: [], left: [] });
    expect(ports.kubernetes.ledger.filter(({ name }) => name !== target.name)).toHaveLength(writes);
  });

  test('can be left as it is: only lock and record are cleared', async () => {
    await shift(20);
    await repairTarget(ports, target, repairing({ releaseOnly: true }));
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 20, 'analytics-green': 80 }, { 'analytics-green': 7 }]);
    expect(await lookAtTarget(ports, target)).toMatchObject({ holder: '', subjects: [] });
  });

  test('shows what differs before anything is repaired', async () => {
    await shift(20);
    const { subjects } = await lookAtTarget(ports, target);
    expect(subjects).toMatchObject([{ was: 'weights {"blue":0,"green":100}', now: 'weights {"blue":20,"green":80}', isBack: false }]);
  });

  test('that a repair cannot put back stays on record, and is put back by the next', async () => {
    await shift(20);
    ports.kubernetes.fault = ({ verb, kind }, when) =>
      verb === 'patch' && kind === 'HTTPRoute' && when === 'before' && ports.kubernetes.ledger.length > 4
        ? failure('Forbidden', 'patch httproute: 403')
        : undefined;
    const first = await repairTarget(ports, target, repairing());
    expect(first.left).toMatchObject([{ subject: 'shop/httproute/analytics', byHand: 'kubectl -n shop edit httproute analytics' }]);
    ports.kubernetes.fault = () => undefined;
    expect(await repairTarget(ports, target, repairing())).toMatchObject({ restored: [{ subject: 'shop/httproute/analytics' }], left: [] });
  });
});
