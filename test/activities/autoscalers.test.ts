import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import type { AutoscalerChange } from '../../workflows/runbook/contract';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { candidateChange, forward, place, putShop, undo } from '../fakes/shop';
import { failing, run } from './run';

let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;
const change: AutoscalerChange = { ...place, name: 'analytics-green', minimum: 3 };

beforeEach(() => {
  ports = fakePorts();
  putShop(ports.kubernetes);
  ports.kubernetes.put('HorizontalPodAutoscaler', 'analytics-green', {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'analytics-green' }, minReplicas: 1, maxReplicas: 10 },
  });
  activities = createActivities(ports);
});
const minimum = () => (ports.kubernetes.raw('HorizontalPodAutoscaler', 'analytics-green').spec as { minReplicas: number }).minReplicas;
const setBy = (by: string, minReplicas: number) =>
  ports.kubernetes.edit('HorizontalPodAutoscaler', 'analytics-green', by, { 'f:spec': { 'f:minReplicas': {} } }, (found) => {
    found.spec = { ...(found.spec as object), minReplicas };
  });

describe("a colour's autoscaler", () => {
  test('keeps the pods that the colour has while traffic moves, and is as before afterwards', async () => {
    const from = await run(activities.readAutoscaler, change);
    await run(activities.setAutoscaler, { change, from, key: forward('2.2.autoscaler-live') });
    expect(minimum()).toBe(3);
    const back = { to: from, change, key: undo('2.2.autoscaler-live'), urgent: false };
    expect(await run(activities.restoreAutoscaler, back)).toEqual({ result: 'restored' });
    expect(minimum()).toBe(1);
  });

  test('that somebody else has set is not overwritten, going forward or back', async () => {
    const from = await run(activities.readAutoscaler, change);
    setBy('ops', 2);
    expect(await failing(run(activities.setAutoscaler, { change, from, key: forward('a') }))).toMatchObject({
      type: 'Foreign',
      foreign: { by: 'ops', found: 'at least 2' },
    });
    const back = { to: from, change, key: undo('a'), urgent: false };
    expect(await failing(run(activities.restoreAutoscaler, back))).toMatchObject({ type: 'Foreign' });
    expect(minimum()).toBe(2);
  });
});

describe('scaling the old colour down', () => {
  const { flagsConfigMap: _, image: __, ...rest } = candidateChange;
  const down = { ...rest, deployment: 'analytics-green', replicas: 0 };
  const scale = async () =>
    run(activities.setWorkload, { change: down, from: await run(activities.readWorkload, down), key: forward('scale-down.old') });

  test('changes nothing but its replicas: no pod of it restarts', async () => {
    const before = structuredClone(ports.kubernetes.raw('Deployment', 'analytics-green').spec) as { template: unknown };
    await scale();
    expect(ports.kubernetes.raw('Deployment', 'analytics-green').spec).toMatchObject({ replicas: 0, template: before.template });
  });

  test('takes no pods that a PodDisruptionBudget keeps', async () => {
    ports.kubernetes.budgetsOf = [{ name: 'keep-two', selector: { app: 'analytics-green' }, minAvailable: 2, maxUnavailable: null }];
    const told = await failing(scale());
    expect(told).toMatchObject({ type: 'CheckFailed', wrote: false });
    expect(told.message).toContain('PodDisruptionBudget keep-two keeps 2 of 3 pods');
  });

  test('is not held up by a budget that counts in parts of what is asked for: pods that go are no longer expected', async () => {
    ports.kubernetes.budgetsOf = [
      { name: 'most', selector: { app: 'analytics-green' }, minAvailable: '60%', maxUnavailable: null },
      { name: 'one-at-a-time', selector: { app: 'analytics-green' }, minAvailable: null, maxUnavailable: 1 },
    ];
    await scale();
  });

  test('is not held up by a budget for other pods, or one that allows it', async () => {
    ports.kubernetes.budgetsOf = [
      { name: 'others', selector: { app: 'shop' }, minAvailable: 5, maxUnavailable: null },
      { name: 'allows', selector: { app: 'analytics-green' }, minAvailable: null, maxUnavailable: 3 },
    ];
    await scale();
  });
});
