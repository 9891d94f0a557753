import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import type { WorkloadChange, WorkloadState } from '../../workflows/runbook/contract';
import type { RawObject } from '../fakes/kubernetes';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { candidateChange, forward, newImage, oldImage, putColour, undo } from '../fakes/shop';
import { failing, run } from './run';

interface Template {
  replicas: number;
  template: { spec: { containers: { name: string; image: string; envFrom?: unknown[] }[] } };
}
const specOf = (object: RawObject) => object.spec as Template;
const containerOf = (object: RawObject) => specOf(object).template.spec.containers[1];

let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;
let from: WorkloadState;

beforeEach(async () => {
  ports = fakePorts();
  putColour(ports.kubernetes, 'analytics-blue', oldImage, 0);
  activities = createActivities(ports);
  from = await run(activities.readWorkload, candidateChange);
});
const set = (change: WorkloadChange = candidateChange, before = from) =>
  run(activities.setWorkload, { change, from: before, key: forward('2.2.candidate') });
const restore = (change: WorkloadChange = candidateChange) =>
  run(activities.restoreWorkload, { change, to: from, key: undo('2.2.candidate'), urgent: false });
const now = () => ports.kubernetes.raw('Deployment', 'analytics-blue');
const edit = (change: (object: RawObject) => void) => ports.kubernetes.edit('Deployment', 'analytics-blue', 'kubectl-set', {}, change);

describe('a Deployment', () => {
  test('gets image, replicas and flags in one write, and loses them again in one', async () => {
    const before = structuredClone(now().spec);
    expect(await set()).toMatchObject({ image: newImage, replicas: 3, flagsConfigMap: candidateChange.flagsConfigMap });
    expect(containerOf(now())).toEqual({
      name: 'analytics',
      image: newImage,
      envFrom: [{ configMapRef: { name: candidateChange.flagsConfigMap } }],
    });
    expect(await restore()).toEqual({ result: 'restored' });
    expect(now().spec).toEqual(before);
    expect(ports.kubernetes.ledger.map(({ key }) => key)).toEqual([forward('2.2.candidate'), undo('2.2.candidate')]);
  });

  test('keeps its other references beside the flags', async () => {
    edit((object) =>
      Object.assign(containerOf(object) ?? {}, {
        envFrom: [{ secretRef: { name: 'db' } }, { configMapRef: { name: 'analytics-flags-00000000ab' } }],
      }),
    );
    from = await run(activities.readWorkload, candidateChange);
    expect(from.flagsConfigMap).toBe('analytics-flags-00000000ab');
    await set();
    expect(containerOf(now())?.envFrom).toEqual([
      { secretRef: { name: 'db' } },
      { configMapRef: { name: candidateChange.flagsConfigMap } },
    ]);
    await restore();
    expect(containerOf(now())?.envFrom).toEqual([{ secretRef: { name: 'db' } }, { configMapRef: { name: 'analytics-flags-00000000ab' } }]);
  });

  test("leaves a reference alone that only begins like the flags'", async () => {
    const others = [{ configMapRef: { name: 'analytics-flags-defaults' } }];
    edit((object) => Object.assign(containerOf(object) ?? {}, { envFrom: others }));
    from = await run(activities.readWorkload, candidateChange);
    expect(from.flagsConfigMap).toBeNull();
    await set();
    expect(containerOf(now())?.envFrom).toEqual([...others, { configMapRef: { name: candidateChange.flagsConfigMap } }]);
    await restore();
    expect(containerOf(now())?.envFrom).toEqual(others);
  });

  test('without flags in the release keeps replicas and references as they are', async () => {
    const { replicas: _, flagsConfigMap: __, ...imageOnly } = candidateChange;
    expect(await set(imageOnly)).toMatchObject({ image: newImage, replicas: 0, flagsConfigMap: null });
    expect(await restore(imageOnly)).toEqual({ result: 'restored' });
    expect(containerOf(now())?.image).toBe(oldImage);
  });

  test('that is paused is refused before anything is written', async () => {
    edit((object) => Object.assign(object.spec as object, { paused: true }));
    const told = await failing(set());
    expect(told).toMatchObject({ type: 'RolloutFailed', wrote: false });
    expect(told.message).toContain('kubectl rollout resume');
  });

  test("with somebody else's image is foreign, forward and backward", async () => {
    edit((object) => Object.assign(containerOf(object) ?? {}, { image: 'hotfix' }));
    expect(await failing(set())).toMatchObject({ type: 'Foreign', wrote: false });
    expect(await failing(restore())).toMatchObject({ type: 'Foreign', wrote: false });
    expect(containerOf(now())?.image).toBe('hotfix');
  });

  test('that an autoscaler scaled is put back, with a note', async () => {
    await set();
    edit((object) => (specOf(object).replicas = 5));
    expect(await restore()).toEqual({ result: 'restored', note: 'replicas were 5, put back to 0' });
    expect(specOf(now()).replicas).toBe(0);
  });

  test('that was never changed is fenced by its undo', async () => {
    expect(await restore()).toEqual({ result: 'already-there' });
    expect(ports.kubernetes.ledger).toHaveLength(1);
    // Whether the attempt before it had more to write than the key, nobody knows any more.
    expect(await restore()).toEqual({ result: 'restored' });
    expect(ports.kubernetes.ledger).toHaveLength(1);
    expect(await failing(set())).toMatchObject({ type: 'Foreign', wrote: false });
  });

  test('that was deleted and made again is not restored', async () => {
    await set();
    putColour(ports.kubernetes, 'analytics-blue', newImage, 3);
    expect(await failing(restore())).toMatchObject({ type: 'Foreign', wrote: false });
  });

  test('without the container of the spec is told with the names that there are', async () => {
    const told = await failing(run(activities.readWorkload, { ...candidateChange, container: 'app' }));
    expect(told).toMatchObject({ type: 'Misconfigured' });
    expect(told.message).toContain('sidecar, analytics');
  });
});
