import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { failure } from '../../activities/failures';
import type { FlagsState } from '../../workflows/runbook/contract';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { forward, place, undo } from '../fakes/shop';
import { failing, run } from './run';

const change = { ...place, name: 'analytics-flags-1', data: { ML: 'true', ROLLOUT: '10' } };
const absent: FlagsState = { existed: false, uid: null };
let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;

beforeEach(() => {
  ports = fakePorts();
  activities = createActivities(ports);
});
const create = (from = absent, attempt = 1) => run(activities.createFlags, { change, from, key: forward('2.1.flags') }, { attempt });
const remove = (to = absent, key = undo('2.1.flags')) => run(activities.removeFlags, { change, to, key, urgent: false });
const objects = () => [...ports.kubernetes.objects.keys()];

describe("the flags' ConfigMap", () => {
  test('is made with its key, cannot be changed, and is deleted by the undo', async () => {
    expect(await run(activities.readFlags, change)).toEqual(absent);
    await create();
    expect(ports.kubernetes.raw('ConfigMap', change.name)).toMatchObject({ data: change.data, immutable: true });
    expect(await remove()).toEqual({ result: 'restored' });
    expect(objects()).toEqual([]);
    expect(await remove()).toEqual({ result: 'already-there' });
  });

  test('that the lost first attempt made is adopted by the second', async () => {
    let reads = 0;
    // The answer to the write is lost, and so is the read that would have told.
    ports.kubernetes.fault = ({ verb }, when) =>
      (verb === 'create' && when === 'after') || (verb === 'read' && when === 'before' && reads++ > 0)
        ? failure('Unavailable', 'reset')
        : undefined;
    expect((await failing(create())).wrote).toBeUndefined();
    ports.kubernetes.fault = () => undefined;
    await create(absent, 2);
    expect(ports.kubernetes.ledger).toHaveLength(1);
    expect(await remove()).toEqual({ result: 'restored' });
  });

  test('of the same content that was there before is used, and stays', async () => {
    ports.kubernetes.put('ConfigMap', change.name, { data: change.data });
    const before = await run(activities.readFlags, change);
    expect((await create(before)).uid).toBe(before.uid);
    expect(await remove(before)).toMatchObject({ result: 'already-there' });
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('of the same name with other content is foreign', async () => {
    ports.kubernetes.put('ConfigMap', change.name, { data: { ML: 'false' } });
    expect(await failing(create())).toMatchObject({ type: 'Foreign', wrote: false });
  });

  test('that another deployment made is left to it', async () => {
    await create();
    expect(await remove(absent, 'shop-2/2.1.flags/undo')).toMatchObject({ result: 'left-to-others' });
    expect(objects()).toHaveLength(1);
  });

  test('that somebody creates at the same moment is read again', async () => {
    ports.kubernetes.fault = ({ verb }, when) => {
      if (verb === 'create' && when === 'before') ports.kubernetes.put('ConfigMap', change.name, { data: change.data });
    };
    expect((await create()).existed).toBe(true);
    expect(ports.kubernetes.ledger).toEqual([]);
  });
});
