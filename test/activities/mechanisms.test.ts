import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { failure } from '../../activities/failures';
import type { TrafficChange } from '../../workflows/runbook/contract';
import { replicaSplit } from '../../workflows/runbook/replica-split';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { forward, newImage, putShop, setReady, trafficTo, undo } from '../fakes/shop';
import { failing, run, surroundings } from './run';

let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;
beforeEach(() => {
  ports = fakePorts();
  putShop(ports.kubernetes);
  activities = createActivities(ports);
});

interface Case {
  readonly name: string;
  readonly change: (share: number) => TrafficChange;
  readonly put: () => void;
  /** What the objects say, in short. */
  readonly says: () => unknown;
  /** Somebody else's hand: sends some traffic to the candidate. */
  readonly meddle: () => void;
  readonly before: unknown;
  readonly atTwenty: unknown;
}

const destination = (host: string, weight: number, subset?: string) => ({ destination: { host, ...(subset ? { subset } : {}) }, weight });
const virtualService = (subset: boolean) => () =>
  ports.kubernetes.put('VirtualService', 'analytics', {
    spec: {
      http: [
        {
          route: subset
            ? [destination('analytics', 0, 'blue'), destination('analytics', 100, 'green')]
            : [destination('analytics-blue.shop.svc.cluster.local', 0), destination('analytics-green', 100), destination('mirror', 5)],
        },
        { route: [destination('analytics-green', 3)] },
        // Another service, whose subsets are named alike; and one of another namespace.
        { route: [destination('payments', 0, 'blue'), destination('payments', 100, 'green')] },
        { route: [destination('analytics.other.svc.cluster.local', 9, 'blue'), destination('analytics-green.other', 91)] },
      ],
    },
  });
const weightsOf = () => {
  const { http } = ports.kubernetes.raw('VirtualService', 'analytics').spec as { http: { route: { weight: number }[] }[] };
  return http.map(({ route }) => route.map(({ weight }) => weight));
};
const ingress = (name: string, service: string, annotations: Record<string, string> = {}) => {
  const object = ports.kubernetes.put('Ingress', name, {
    spec: { rules: [{ http: { paths: [{ backend: { service: { name: service } } }] } }] },
  });
  object.metadata.annotations = annotations;
};
const weight = 'nginx.ingress.kubernetes.io/canary-weight';
const canary = { 'nginx.ingress.kubernetes.io/canary': 'true', [weight]: '0', 'someone/else': 'stays' };
const backendOf = (name: string) =>
  (ports.kubernetes.raw('Ingress', name).spec as { rules: { http: { paths: { backend: { service: { name: string } } }[] } }[] }).rules[0]
    ?.http.paths[0]?.backend.service.name;
const nginxSays = () => {
  const { annotations = {} } = ports.kubernetes.raw('Ingress', 'analytics-canary').metadata;
  return [backendOf('analytics'), backendOf('analytics-canary'), annotations[weight], annotations['someone/else']];
};

const cases: readonly Case[] = [
  {
    name: 'an Istio VirtualService by hosts',
    change: (share) => ({ ...trafficTo(share), mechanism: 'istio' }),
    put: virtualService(false),
    says: weightsOf,
    meddle: () =>
      ports.kubernetes.edit('VirtualService', 'analytics', 'ops', { 'f:spec': { 'f:http': {} } }, ({ spec }) => {
        (spec as { http: { route: { weight: number }[] }[] }).http[0]!.route[0]!.weight = 35;
      }),
    before: [[0, 100, 5], [3], [0, 100], [9, 91]],
    atTwenty: [[20, 80, 5], [3], [0, 100], [9, 91]],
  },
  {
    name: 'an Istio VirtualService by subsets',
    change: (share) => ({ ...trafficTo(share), mechanism: 'istio', shared: 'analytics' }),
    put: virtualService(true),
    says: weightsOf,
    meddle: () =>
      ports.kubernetes.edit('VirtualService', 'analytics', 'ops', { 'f:spec': { 'f:http': {} } }, ({ spec }) => {
        (spec as { http: { route: { weight: number }[] }[] }).http[0]!.route[0]!.weight = 35;
      }),
    before: [[0, 100], [3], [0, 100], [9, 91]],
    atTwenty: [[20, 80], [3], [0, 100], [9, 91]],
  },
  {
    name: 'canary annotations of ingress-nginx',
    change: (share) => ({ ...trafficTo(share), mechanism: 'nginx', canary: 'analytics-canary' }),
    put: () => {
      ingress('analytics', 'analytics-green');
      ingress('analytics-canary', 'analytics-blue', { ...canary });
    },
    says: nginxSays,
    meddle: () =>
      ports.kubernetes.edit(
        'Ingress',
        'analytics-canary',
        'ops',
        { 'f:metadata': { 'f:annotations': { [`f:${weight}`]: {} } } },
        ({ metadata }) => {
          metadata.annotations = { ...metadata.annotations, [weight]: '35' };
        },
      ),
    before: ['analytics-green', 'analytics-blue', '0', 'stays'],
    atTwenty: ['analytics-green', 'analytics-blue', '20', 'stays'],
  },
];

describe.each(cases)('traffic by $name', ({ change, put, says, meddle, before, atTwenty }) => {
  beforeEach(put);
  const read = () => run(activities.readTraffic, change(0));
  const shift = async (share: number) =>
    run(activities.shiftTraffic, { change: change(share), from: await read(), key: forward(`2.3.traffic-${share}`) });

  test('is read, set and put back, and everything else of the object stays', async () => {
    expect(says()).toEqual(before);
    const from = await read();
    expect(from.weights).toEqual({ blue: 0, green: 100 });
    expect((await shift(20)).weights).toEqual({ blue: 20, green: 80 });
    expect(says()).toEqual(atTwenty);
    const back = { to: from, change: change(20), key: undo('2.2.traffic-20'), urgent: false };
    expect(await run(activities.restoreTraffic, back)).toEqual({ result: 'restored' });
    expect(says()).toEqual(before);
    expect(await run(activities.restoreTraffic, back)).toMatchObject({ result: 'restored' });
  });

  test('goes to no candidate without ready endpoints', async () => {
    setReady(ports.kubernetes, 'analytics-blue', 0);
    expect(await failing(shift(20))).toMatchObject({ type: 'NotHealthy', wrote: false });
    expect(says()).toEqual(before);
  });

  test('that somebody else has set is left alone going forward, and named', async () => {
    const from = await read();
    meddle();
    const told = await failing(run(activities.shiftTraffic, { change: change(20), from, key: forward('2.3.traffic-20') }));
    expect(told).toMatchObject({ type: 'Foreign', wrote: false, foreign: { by: 'ops' } });
  });

  test('that somebody else has set is taken over on the way back, and whose it was is told', async () => {
    const from = await read();
    await shift(20);
    meddle();
    const back = { to: from, change: change(20), key: undo('2.2.traffic-20'), urgent: true };
    expect(await run(activities.restoreTraffic, back)).toMatchObject({ result: 'took-over', note: expect.stringContaining('by ops') });
    expect(says()).toEqual(before);
  });

  test('comes back from a candidate that is dead', async () => {
    const from = await read();
    await shift(50);
    setReady(ports.kubernetes, 'analytics-blue', 0);
    expect(await run(activities.restoreTraffic, { to: from, change: change(50), key: undo('x'), urgent: true })).toEqual({
      result: 'restored',
    });
    expect(says()).toEqual(before);
  });
});

describe('canary annotations of ingress-nginx', () => {
  const change = (share: number): TrafficChange => ({ ...trafficTo(share), mechanism: 'nginx', canary: 'analytics-canary' });
  beforeEach(() => ingress('analytics', 'analytics-green'));

  test('at 100 % the main Ingress is moved too, and both are as before after the way back', async () => {
    ingress('analytics-canary', 'analytics-green', { ...canary, [weight]: '100' });
    const from = await run(activities.readTraffic, change(0));
    // The canary of the release before names the live colour: it is the same colour that serves, whatever its weight is.
    expect(from.weights).toEqual({ blue: 0, green: 100 });
    await run(activities.shiftTraffic, { change: change(100), from, key: forward('2.3.traffic-100') });
    expect(nginxSays().slice(0, 3)).toEqual(['analytics-blue', 'analytics-blue', '100']);
    // Where it stands can be told, for a repair that looks.
    expect((await run(activities.readTraffic, change(100))).weights).toEqual({ blue: 100, green: 0 });
    await run(activities.restoreTraffic, { to: from, change: change(100), key: undo('x'), urgent: true });
    expect(nginxSays().slice(0, 3)).toEqual(['analytics-green', 'analytics-green', '100']);
  });

  test('at 100 % a move of the main Ingress that was still on its way does not land after the way back', async () => {
    ingress('analytics-canary', 'analytics-blue', { ...canary });
    const from = await run(activities.readTraffic, change(0));
    const forwards = { change: change(100), from, key: forward('2.3.traffic-100') };
    let isBack = false;
    ports.kubernetes.fault = ({ verb, kind, name }, when) => {
      if (isBack || verb !== 'patch' || kind !== 'Ingress' || name !== 'analytics' || when !== 'before') return undefined;
      isBack = true;
      return failure('Unavailable', 'the way back comes first');
    };
    await failing(run(activities.shiftTraffic, forwards));
    await run(activities.restoreTraffic, { to: from, change: change(100), key: undo('2.2.traffic-10'), urgent: true });
    const main = ports.kubernetes.raw('Ingress', 'analytics').metadata.annotations?.['analytics-deploy/key'];
    expect(main).toBe(undo('2.2.traffic-10'));
    expect(await failing(run(activities.shiftTraffic, forwards))).toMatchObject({ type: 'Foreign' });
    expect(backendOf('analytics')).toBe('analytics-green');
  });

  test.each([
    [
      'a header that beats the weight',
      { ...canary, 'nginx.ingress.kubernetes.io/canary-by-header': 'x' },
      'analytics-blue',
      'beat the weight',
    ],
    ['no canary annotation', { [weight]: '0' }, 'analytics-blue', 'is no canary'],
    ['another backend', canary, 'analytics-red', 'has backend analytics-red'],
  ])('with %s are told as a mistake', async (_, annotations, service, said) => {
    ingress('analytics-canary', service, { ...annotations });
    const told = await failing(run(activities.readTraffic, change(0)));
    expect(told).toMatchObject({ type: 'Misconfigured', final: true });
    expect(told.message).toContain(said);
  });
});

describe('traffic by the number of pods', () => {
  const change = (share: number): TrafficChange => ({ ...trafficTo(share), mechanism: 'replicas', route: '', capacity: 4 });
  const replicas = () =>
    ['analytics-blue', 'analytics-green'].map((name) => (ports.kubernetes.raw('Deployment', name).spec as { replicas: number }).replicas);
  const rolled = (name: string) => {
    const { spec, status } = ports.kubernetes.raw('Deployment', name) as unknown as {
      spec: { replicas: number };
      status: Record<string, number>;
    };
    Object.assign(status, {
      observedGeneration: 99,
      replicas: spec.replicas,
      updatedReplicas: spec.replicas,
      readyReplicas: spec.replicas,
      availableReplicas: spec.replicas,
    });
    setReady(ports.kubernetes, name, spec.replicas, name === 'analytics-blue' ? newImage : undefined);
  };
  beforeEach(() => {
    ports = fakePorts();
    putShop(ports.kubernetes, { replicas: 0, ready: 0 });
    (ports.kubernetes.raw('Deployment', 'analytics-green').spec as { replicas: number }).replicas = 4;
    activities = createActivities(ports);
    ports.clock.onSleep = () => ['analytics-blue', 'analytics-green'].forEach(rolled);
  });

  test('brings the candidate up before it takes the old colour down, and the other way round on the way back', async () => {
    const from = await run(activities.readTraffic, change(0));
    await run(activities.shiftTraffic, { change: change(50), from, key: forward('2.3.traffic-50') });
    expect(replicas()).toEqual([2, 2]);
    expect(ports.kubernetes.ledger.map(({ name }) => name)).toEqual(['analytics-blue', 'analytics-green']);
    expect(await run(activities.restoreTraffic, { to: from, change: change(50), key: undo('x'), urgent: true })).toEqual({
      result: 'restored',
    });
    expect(replicas()).toEqual([0, 4]);
    expect(ports.kubernetes.ledger.slice(2).map(({ name }) => name)[0]).toBe('analytics-green');
  });

  test('goes back after the end of a deployment once the least that a rollback asks for is ready, where the others do not come up', async () => {
    const from = await run(activities.readTraffic, change(0));
    ports.clock.onSleep = () => setReady(ports.kubernetes, 'analytics-blue', 2);
    const key = forward('rollback.traffic-100');
    await run(activities.shiftTraffic, { change: { ...change(100), returns: true }, from, key });
    expect(replicas()).toEqual([4, 0]);
  });

  test('takes no pod of the old colour that a PodDisruptionBudget keeps', async () => {
    const from = await run(activities.readTraffic, change(0));
    ports.kubernetes.budgetsOf = [{ name: 'keep', selector: { app: 'analytics-green' }, minAvailable: 3, maxUnavailable: null }];
    const told = await failing(run(activities.shiftTraffic, { change: change(50), from, key: forward('2.3.traffic-50') }));
    expect(told.message).toContain('PodDisruptionBudget keep');
    expect(replicas()).toEqual([2, 4]);
  });

  test('steps back from a move up that was stopped while its pods came up, and takes away no pods that others have asked for', async () => {
    const from = await run(activities.shiftTraffic, {
      change: change(50),
      from: await run(activities.readTraffic, change(0)),
      key: forward('2.3.traffic-50'),
    });
    const around = surroundings({ heartbeatTimeoutMs: 5_000 });
    ports.clock.onSleep = () => around.cancel();
    const up = around.run(activities.shiftTraffic, { change: change(80), from, key: forward('2.3.traffic-80') });
    await expect(up).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(replicas()).toEqual([3, 2]);
    ports.clock.onSleep = () => ['analytics-blue', 'analytics-green'].forEach(rolled);
    const back = { change: { ...change(20), retreats: true as const }, from, key: forward('rollback.traffic-20') };
    await run(activities.shiftTraffic, back);
    expect(replicas()).toEqual([1, 3]);
    ports.kubernetes.edit('Deployment', 'analytics-blue', 'ops', { 'f:spec': { 'f:replicas': {} } }, ({ spec }) => {
      (spec as { replicas: number }).replicas = 9;
    });
    expect(await failing(run(activities.shiftTraffic, back))).toMatchObject({ type: 'Foreign', foreign: { by: 'ops' } });
  });

  test('comes back also where the candidate is gone', async () => {
    const from = await run(activities.readTraffic, change(0));
    await run(activities.shiftTraffic, { change: change(80), from, key: forward('2.3.traffic-80') });
    ports.kubernetes.drop('Deployment', 'analytics-blue');
    expect(await run(activities.restoreTraffic, { to: from, change: change(80), key: undo('x'), urgent: true })).toMatchObject({
      result: 'restored',
      note: 'deployment analytics-blue is gone',
    });
    expect((ports.kubernetes.raw('Deployment', 'analytics-green').spec as { replicas: number }).replicas).toBe(4);
  });

  test('makes of a share what pods can make', () => {
    expect([10, 20, 50, 80, 100].map((share) => replicaSplit(share, 3).candidate)).toEqual([1, 1, 2, 2, 3]);
    expect([10, 20, 50, 80, 100].map((share) => replicaSplit(share, 10).share)).toEqual([10, 20, 50, 80, 100]);
    expect(replicaSplit(10, 1)).toEqual({ candidate: 1, live: 0, share: 100 });
  });
});
