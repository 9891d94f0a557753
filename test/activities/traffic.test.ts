import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { failure } from '../../activities/failures';
import type { Operation, Reference } from '../../activities/ports/kubernetes';
import type { TrafficState } from '../../workflows/runbook/contract';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { forward, newImage, putShop, setReady, trafficTo, undo, weightsOf } from '../fakes/shop';
import { failing, run, surroundings } from './run';

let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;
let from: TrafficState;
const admin = { 'analytics-green': 7 };

beforeEach(async () => {
  ports = fakePorts();
  putShop(ports.kubernetes);
  activities = createActivities(ports);
  from = await run(activities.readTraffic, trafficTo(10));
});
const shift = (share: number, before = from, attempt = 1) =>
  run(activities.shiftTraffic, { change: trafficTo(share), from: before, key: forward(`2.3.traffic-${share}`) }, { attempt });
const restore = (share = 50, urgent = false) =>
  run(activities.restoreTraffic, { change: trafficTo(share), to: from, key: undo('2.2.traffic-10'), urgent });
const setWeight = (by: string, blue: number, green: number) =>
  ports.kubernetes.edit('HTTPRoute', 'analytics', by, { 'f:spec': { 'f:rules': {} } }, ({ spec }) => {
    const [rule] = (spec as { rules: { backendRefs: { weight: number }[] }[] }).rules;
    rule?.backendRefs.forEach((backend, place) => (backend.weight = [blue, green][place] ?? 0));
  });

describe('traffic forward', () => {
  test('waits a moment for ready pods that the cluster has not listed as endpoints yet', async () => {
    const listed = ports.kubernetes.endpointsOf.get('analytics-blue') ?? [];
    ports.kubernetes.endpointsOf.set('analytics-blue', listed.slice(0, 1));
    let looks = 0;
    ports.clock.onSleep = () => {
      if (++looks === 3) ports.kubernetes.endpointsOf.set('analytics-blue', listed);
    };
    await shift(20);
    expect(looks).toBe(3);
  });

  test('gives up on ready pods that never become endpoints, and moves nothing', async () => {
    ports.kubernetes.endpointsOf.set('analytics-blue', []);
    const told = await failing(shift(20));
    expect(told).toMatchObject({ type: 'NotHealthy', wrote: false });
    expect(told.message).toContain('0 of 3 ready endpoints');
  });

  test('sets the weights where both colours are, and touches no other rule', async () => {
    const after = await shift(20);
    expect(after.weights).toEqual({ blue: 20, green: 80 });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 20, 'analytics-green': 80 }, admin]);
    expect(ports.kubernetes.ledger).toEqual([{ verb: 'patch', name: 'analytics', key: forward('2.3.traffic-20') }]);
  });

  test('writes nothing for a colour without ready endpoints, and says so', async () => {
    setReady(ports.kubernetes, 'analytics-blue', 0);
    const told = await failing(shift(20));
    expect(told).toMatchObject({ type: 'NotHealthy', wrote: false, final: true });
    expect(told.message).toContain('0 of 3 ready endpoints');
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('goes back after the end of a deployment as soon as the least that a rollback asks for is ready', async () => {
    const from = await run(activities.readTraffic, trafficTo(100));
    const back = () =>
      run(activities.shiftTraffic, { change: { ...trafficTo(100), returns: true }, from, key: forward('rollback.traffic-100') });
    setReady(ports.kubernetes, 'analytics-blue', 1);
    expect((await failing(back())).message).toContain('1 of 2 ready endpoints');
    setReady(ports.kubernetes, 'analytics-blue', 2);
    expect((await back()).weights).toEqual({ blue: 100, green: 0 });
  });

  test.each([
    ['a template that names another image', () => putShop(ports.kubernetes, { image: 'other' }), 'released is'],
    ['a scale below the live capacity', () => putShop(ports.kubernetes, { replicas: 2 }), 'scaled to 2'],
    ['a scale of 0', () => putShop(ports.kubernetes, { replicas: 0, ready: 0 }), 'scaled to 0'],
    ['too few ready endpoints', () => setReady(ports.kubernetes, 'analytics-blue', 2), '2 of 3'],
    ['pods of another image', () => setReady(ports.kubernetes, 'analytics-blue', 3, 'other'), '0 of 3 pods'],
  ])('does not move to %s', async (_, spoil, said) => {
    spoil();
    const told = await failing(shift(20));
    expect(told).toMatchObject({ type: 'NotHealthy', wrote: false });
    expect(told.message).toContain(said);
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('waits for the settle time rather than failing', async () => {
    const since = new Date(ports.clock.time - 4_000).toISOString();
    setReady(ports.kubernetes, 'analytics-blue', 3, newImage, since);
    const started = ports.clock.time;
    await run(activities.shiftTraffic, { change: { ...trafficTo(10), settle: 10_000 }, from, key: forward('t') });
    expect(ports.clock.time - started).toBeGreaterThanOrEqual(6_000);
    expect(ports.clock.time - started).toBeLessThan(7_000);
  });

  test('a second attempt finds the first one done and writes nothing', async () => {
    await shift(20);
    await shift(20, from, 2);
    expect(ports.kubernetes.ledger).toHaveLength(1);
  });

  test('a change of other fields in between is read again and tried again', async () => {
    let disturbed = 0;
    ports.kubernetes.fault = ({ verb }, when) => {
      if (verb === 'patch' && when === 'before' && disturbed++ < 3)
        ports.kubernetes.edit('HTTPRoute', 'analytics', 'gitops', {}, () => undefined);
    };
    expect((await shift(20)).weights).toEqual({ blue: 20, green: 80 });
    expect(ports.kubernetes.ledger).toHaveLength(1);
  });

  test('gives up after five conflicts in a row, to be retried', async () => {
    ports.kubernetes.fault = ({ verb }, when) => {
      if (verb === 'patch' && when === 'before') ports.kubernetes.edit('HTTPRoute', 'analytics', 'gitops', {}, () => undefined);
    };
    expect(await failing(shift(20))).toMatchObject({ type: 'Conflict', final: false, wrote: false });
    expect(ports.kubernetes.requests.filter(({ verb }) => verb === 'patch')).toHaveLength(5);
  });

  test("somebody else's weights are not overwritten, and the one who set them is named", async () => {
    setWeight('argocd', 5, 95);
    const told = await failing(shift(20));
    expect(told).toMatchObject({
      type: 'Foreign',
      wrote: false,
      foreign: { by: 'argocd', found: 'weights blue 5, green 95', expected: 'blue 0, green 100' },
    });
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('a route that was deleted and made again is foreign', async () => {
    putShop(ports.kubernetes);
    expect(await failing(shift(20))).toMatchObject({ type: 'Foreign', wrote: false });
  });

  test.each(['Unavailable', 'Unexpected'] as const)(
    'an answer that is lost after the write (%s) counts as written: no second write',
    async (type) => {
      ports.kubernetes.fault = ({ verb }, when) => (verb === 'patch' && when === 'after' ? failure(type, 'connection reset') : undefined);
      expect((await shift(20)).weights).toEqual({ blue: 20, green: 80 });
      expect(ports.kubernetes.ledger).toHaveLength(1);
    },
  );

  test('an answer that is lost before the write is left to the retry, and nothing is claimed', async () => {
    ports.kubernetes.fault = ({ verb }, when) => (verb === 'patch' && when === 'before' ? failure('Unavailable', 'time-out') : undefined);
    const told = await failing(shift(20));
    expect(told).toMatchObject({ type: 'Unavailable', final: false });
    expect(told.wrote).toBeUndefined();
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('an answer that is lost while nothing can be read is unknown, and the retry finds it done', async () => {
    let lost = false;
    ports.kubernetes.fault = ({ verb }, when) => {
      if (verb === 'patch' && when === 'after') lost = true;
      return lost ? failure('Unavailable', 'the network is gone') : undefined;
    };
    expect((await failing(shift(20))).wrote).toBeUndefined();
    ports.kubernetes.fault = () => undefined;
    await shift(20, from, 2);
    expect(ports.kubernetes.ledger).toHaveLength(1);
  });

  test('a request that the server will never take is final and not repeated', async () => {
    ports.kubernetes.fault = ({ verb }, when) => (verb === 'patch' && when === 'before' ? failure('Invalid', '422 is invalid') : undefined);
    expect(await failing(shift(20))).toMatchObject({ type: 'Invalid', final: true, wrote: false });
    expect(ports.kubernetes.requests.filter(({ verb }) => verb === 'patch')).toHaveLength(1);
  });

  test('only a first attempt may say that nothing was written', async () => {
    setReady(ports.kubernetes, 'analytics-blue', 0);
    expect((await failing(shift(20, from, 2))).wrote).toBeUndefined();
  });

  test('a gateway that does not accept the route is a failure', async () => {
    ports.kubernetes.fault = ({ verb }, when) => {
      if (verb !== 'patch' || when !== 'after') return;
      const refused = { type: 'Accepted', status: 'False', reason: 'NoMatchingParent', observedGeneration: 2 };
      ports.kubernetes.raw('HTTPRoute', 'analytics').status = { parents: [{ conditions: [refused] }] };
    };
    const told = await failing(shift(20));
    expect(told.message).toContain('NoMatchingParent');
    expect(told.wrote).toBeUndefined();
  });
});

describe('a route that its gateway has refused', () => {
  const says = (status: string, observedGeneration: number) => {
    const condition = { type: 'Accepted', status, reason: status === 'True' ? 'Accepted' : 'NoMatchingParent', observedGeneration };
    ports.kubernetes.raw('HTTPRoute', 'analytics').status = { parents: [{ conditions: [condition] }] };
  };

  test('gets no weights at all', async () => {
    says('False', 99);
    expect(await failing(shift(20))).toMatchObject({ type: 'Invalid', wrote: false });
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('is waited for where the gateway answers a moment after the write, and found out', async () => {
    says('True', 1);
    ports.kubernetes.fault = ({ verb }, when) => {
      // A controller is never as fast as the answer to the write.
      if (verb === 'patch' && when === 'after') ports.clock.onSleep = () => says('False', 99);
      return undefined;
    };
    const write = { change: { ...trafficTo(20), propagation: 5_000 }, from, key: forward('2.3.traffic-20') };
    expect((await failing(run(activities.shiftTraffic, write))).message).toContain('NoMatchingParent');
  });

  test('that nobody judges within the time of the gateway is taken as unknown, not as refused', async () => {
    says('True', 1);
    await shift(20);
  });
});

describe('a move up that is stopped for a step back', () => {
  test('says that it has happened where it is written and its gateway has not judged it yet', async () => {
    const condition = { type: 'Accepted', status: 'True', reason: 'Accepted', observedGeneration: 1 };
    ports.kubernetes.raw('HTTPRoute', 'analytics').status = { parents: [{ conditions: [condition] }] };
    const around = surroundings({ heartbeatTimeoutMs: 5_000 });
    const started = ports.clock.time;
    ports.clock.onSleep = () => {
      if (ports.kubernetes.ledger.length > 0) around.cancel();
    };
    const write = { change: { ...trafficTo(80), propagation: 30_000 }, from, key: forward('2.3.traffic-80') };
    await expect(around.run(activities.shiftTraffic, write)).resolves.toMatchObject({ weights: { blue: 80, green: 20 } });
    expect(ports.clock.time - started).toBeLessThan(1_000);
  });

  test('and has said nothing is taken back all the same; weights that others have set since are not', async () => {
    await shift(80);
    const back = { change: { ...trafficTo(20), retreats: true as const }, from, key: forward('rollback.traffic-20') };
    expect(await run(activities.shiftTraffic, back)).toMatchObject({ weights: { blue: 20, green: 80 } });
    setWeight('argocd', 60, 40);
    expect(await failing(run(activities.shiftTraffic, back))).toMatchObject({ type: 'Foreign', foreign: { by: 'argocd' } });
  });
});

describe('traffic back', () => {
  test('writes the recorded weights with one write, whatever rung it stands on', async () => {
    const at10 = await shift(10);
    const at20 = await shift(20, at10);
    await shift(50, at20);
    expect(await restore(80)).toEqual({ result: 'restored' });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 0, 'analytics-green': 100 }, admin]);
    expect(ports.kubernetes.ledger).toHaveLength(4);
  });

  test.each([
    ['all pods of the candidate dead', () => setReady(ports.kubernetes, 'analytics-blue', 0)],
    ['one of three candidates ready', () => setReady(ports.kubernetes, 'analytics-blue', 1)],
    ['two of three old pods ready', () => setReady(ports.kubernetes, 'analytics-green', 2)],
    ['a hotfix on the old colour', () => setReady(ports.kubernetes, 'analytics-green', 3, 'hotfix', new Date().toISOString())],
  ])('is not held up by %s', async (_, spoil) => {
    await shift(50);
    spoil();
    const started = ports.clock.time;
    expect(await restore()).toEqual({ result: 'restored' });
    expect(ports.clock.time).toBe(started);
  });

  test('an undo whose answer was lost is repeated without a second write, and says that it has put back', async () => {
    await shift(50);
    await restore();
    expect(await restore()).toEqual({ result: 'restored' });
    expect(ports.kubernetes.ledger).toHaveLength(2);
  });

  test('fences: it writes its key even where the weights are right, and a late forward write is refused', async () => {
    let release: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => (release = resolve));
    const patch = ports.kubernetes.patch.bind(ports.kubernetes);
    // The forward write has read the old version and hangs in the network while the undo runs.
    ports.kubernetes.patch = async (reference: Reference, operations: readonly Operation[]) => {
      ports.kubernetes.patch = patch;
      await hung;
      return patch(reference, operations);
    };
    const late = failing(shift(50));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await restore()).toEqual({ result: 'already-there' });
    release();
    expect(await late).toMatchObject({ type: 'Foreign', foreign: { by: 'the undo of this deployment' } });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 0, 'analytics-green': 100 }, admin]);
    expect(ports.kubernetes.ledger).toEqual([{ verb: 'patch', name: 'analytics', key: undo('2.2.traffic-10') }]);
  });

  test('a zombie that wakes after the undo writes nothing', async () => {
    await restore();
    expect(await failing(shift(50))).toMatchObject({ type: 'Foreign', wrote: false });
  });

  test("another deployment's old undo holds nobody up", async () => {
    await restore();
    const next = await run(activities.readTraffic, trafficTo(10));
    const write = { change: trafficTo(10), from: next, key: 'shop-2/2.2.traffic-10/forward' };
    expect((await run(activities.shiftTraffic, write)).weights).toEqual({ blue: 10, green: 90 });
  });

  test('weights of others that send no traffic to the candidate are left to them', async () => {
    await shift(50);
    setWeight('argocd', 0, 1);
    const receipt = await restore();
    expect(receipt.result).toBe('left-to-others');
    expect(receipt.note).toContain('argocd');
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 0, 'analytics-green': 1 }, admin]);
  });

  test('weights of others that send traffic to the candidate are taken over, and it says whose', async () => {
    await shift(50);
    setWeight('kubectl-edit', 100, 0);
    expect(await restore()).toEqual({ result: 'took-over', note: 'overrode weights blue 100, green 0 by kubectl-edit' });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 0, 'analytics-green': 100 }, admin]);
  });

  test('waits for half of the old colour, or for one endpoint where a person asked', async () => {
    await shift(50);
    setReady(ports.kubernetes, 'analytics-green', 1);
    expect(await restore(50, true)).toEqual({ result: 'restored' });

    setWeight('analytics-deploy', 50, 50);
    ports.kubernetes.raw('HTTPRoute', 'analytics').metadata.annotations = {};
    const started = ports.clock.time;
    ports.clock.onSleep = (now) => {
      if (now - started >= 2_000) setReady(ports.kubernetes, 'analytics-green', 2);
    };
    expect(await restore(50)).toEqual({ result: 'restored' });
    expect(ports.clock.time - started).toBeGreaterThanOrEqual(2_000);
  });

  test('an old colour that was scaled to 0 is scaled up, and takes over with its first ready endpoint', async () => {
    await shift(50);
    setReady(ports.kubernetes, 'analytics-green', 0);
    ports.kubernetes.edit('Deployment', 'analytics-green', 'hpa', {}, ({ spec }) => ((spec as { replicas: number }).replicas = 0));
    const started = ports.clock.time;
    ports.clock.onSleep = (now) => {
      if (now - started >= 1_000) setReady(ports.kubernetes, 'analytics-green', 1);
    };
    expect(await restore()).toEqual({ result: 'restored' });
    expect(ports.kubernetes.raw('Deployment', 'analytics-green').spec).toMatchObject({ replicas: 3 });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 0, 'analytics-green': 100 }, admin]);
  });

  test('an old colour that somebody makes larger between two looks is not made smaller', async () => {
    await shift(50);
    setReady(ports.kubernetes, 'analytics-green', 0);
    const scale = (to: number) =>
      ports.kubernetes.edit('Deployment', 'analytics-green', 'hpa', {}, ({ spec }) => ((spec as { replicas: number }).replicas = to));
    scale(0);
    const read = ports.kubernetes.read.bind(ports.kubernetes);
    let looks = 0;
    ports.kubernetes.read = async (reference) => {
      if (reference.name === 'analytics-green' && ++looks === 2) scale(7);
      return read(reference);
    };
    ports.clock.onSleep = () => setReady(ports.kubernetes, 'analytics-green', 3);
    expect(await restore()).toEqual({ result: 'restored' });
    expect(looks).toBeGreaterThanOrEqual(2);
    expect(ports.kubernetes.raw('Deployment', 'analytics-green').spec).toMatchObject({ replicas: 7 });
  });

  test('keeps waiting while nothing of the old colour is ready, heartbeats why, and ends with a cancellation only', async () => {
    await shift(50);
    setReady(ports.kubernetes, 'analytics-green', 0);
    const around = surroundings({ heartbeatTimeoutMs: 5_000 });
    const beats: unknown[] = [];
    around.on('heartbeat', (details: unknown) => {
      beats.push(details);
      if (beats.length === 30) around.cancel();
    });
    const undoing = around.run(activities.restoreTraffic, { change: trafficTo(50), to: from, key: undo('t'), urgent: true });
    await expect(undoing).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(beats).toContainEqual({ waitingFor: '0 of 1 ready endpoints of analytics-green' });
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 50, 'analytics-green': 50 }, admin]);
  });

  test('a route whose only backend is the candidate is not called restored: nothing is claimed and nothing written', async () => {
    await shift(50);
    ports.kubernetes.edit('HTTPRoute', 'analytics', 'ops', { 'f:spec': { 'f:rules': {} } }, (route) => {
      route.spec = { rules: [{ backendRefs: [{ name: 'analytics-blue' }] }] };
    });
    expect(await failing(restore())).toMatchObject({ type: 'Foreign', foreign: { by: 'ops', found: 'no rule with both colours' } });
    expect(ports.kubernetes.ledger).toHaveLength(1);
  });

  test('weights that somebody sets back right after the undo are put back again, asking nobody', async () => {
    await shift(50);
    let contested = false;
    ports.kubernetes.fault = ({ verb }, when) => {
      if (verb !== 'patch' || when !== 'after' || contested) return undefined;
      contested = true;
      setWeight('argocd', 50, 50);
      return undefined;
    };
    expect(await failing(restore())).toMatchObject({ type: 'Conflict', final: false });
    expect((await restore()).result).toBe('restored');
    expect(weightsOf(ports.kubernetes)).toEqual([{ 'analytics-blue': 0, 'analytics-green': 100 }, admin]);
  });

  test('rules that somebody set apart are put back together', async () => {
    await shift(50);
    ports.kubernetes.edit('HTTPRoute', 'analytics', 'ops', { 'f:spec': { 'f:rules': {} } }, ({ spec }) => {
      const { rules } = spec as { rules: unknown[] };
      rules.push({ backendRefs: [{ name: 'analytics-blue', weight: 1 }, { name: 'analytics-green' }] });
    });
    expect((await restore()).result).toBe('took-over');
    expect(weightsOf(ports.kubernetes)).toEqual([
      { 'analytics-blue': 0, 'analytics-green': 100 },
      admin,
      { 'analytics-blue': 0, 'analytics-green': 100 },
    ]);
  });
});
