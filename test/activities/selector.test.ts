import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import type { SelectorState } from '../../workflows/runbook/contract';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { forward, putShop, selectorToBlue, setReady, undo } from '../fakes/shop';
import { failing, run } from './run';

let ports: FakePorts;
let activities: ReturnType<typeof createActivities>;
let from: SelectorState;

beforeEach(async () => {
  ports = fakePorts();
  putShop(ports.kubernetes);
  activities = createActivities(ports);
  from = await run(activities.readSelector, selectorToBlue);
});
const move = () => run(activities.moveSelector, { change: selectorToBlue, from, key: forward('2.3.selector') });
const restore = () => run(activities.restoreSelector, { change: selectorToBlue, to: from, key: undo('2.3.selector'), urgent: false });
const selector = () => (ports.kubernetes.raw('Service', 'analytics').spec as { selector: unknown }).selector;
const setColour = (by: string, color: string) =>
  ports.kubernetes.edit('Service', 'analytics', by, { 'f:spec': { 'f:selector': {} } }, (service) => {
    service.spec = { selector: { app: 'analytics', color } };
  });

describe('the Service selector', () => {
  test('moves to the candidate and back, and keeps its other keys', async () => {
    expect(from.colour).toBe('green');
    expect((await move()).colour).toBe('blue');
    expect(selector()).toEqual({ app: 'analytics', color: 'blue' });
    expect(await restore()).toEqual({ result: 'restored' });
    expect(selector()).toEqual({ app: 'analytics', color: 'green' });
  });

  test('does not move to a colour without ready endpoints', async () => {
    setReady(ports.kubernetes, 'analytics-blue', 0);
    expect(await failing(move())).toMatchObject({ type: 'NotHealthy', wrote: false });
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('moves back after the end of a deployment as soon as the least that a rollback asks for is ready', async () => {
    const back = { change: { ...selectorToBlue, returns: true as const }, from, key: forward('rollback.selector') };
    setReady(ports.kubernetes, 'analytics-blue', 1);
    expect(await failing(run(activities.moveSelector, back))).toMatchObject({ type: 'NotHealthy' });
    setReady(ports.kubernetes, 'analytics-blue', 2);
    expect((await run(activities.moveSelector, back)).colour).toBe('blue');
  });

  test("does not move where its whole selector would find none of the candidate's pods", async () => {
    ports.kubernetes.edit('Service', 'analytics', 'ops', {}, (service) => {
      service.spec = { selector: { app: 'analytics-api', color: 'green' } };
    });
    const told = await failing(move());
    expect(told).toMatchObject({ type: 'NotHealthy', wrote: false });
    expect(told.message).toContain('0 of 3 ready pods of blue');
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('that somebody took the colour from finds both colours: it is set back', async () => {
    await move();
    ports.kubernetes.edit('Service', 'analytics', 'ops', { 'f:spec': { 'f:selector': {} } }, (service) => {
      service.spec = { selector: { app: 'analytics' } };
    });
    expect(await restore()).toEqual({ result: 'took-over', note: 'overrode color= by ops' });
    expect(selector()).toEqual({ app: 'analytics', color: 'green' });
  });

  test('goes back from a candidate that is dead', async () => {
    await move();
    setReady(ports.kubernetes, 'analytics-blue', 0);
    expect(await restore()).toEqual({ result: 'restored' });
  });

  test('is fenced by the undo where it has not moved yet', async () => {
    expect(await restore()).toEqual({ result: 'already-there' });
    expect(await failing(move())).toMatchObject({ type: 'Foreign', wrote: false });
    expect(selector()).toEqual({ app: 'analytics', color: 'green' });
  });

  test('that somebody else moved to a third colour is not touched forward and left alone backward', async () => {
    setColour('ops', 'red');
    expect(await failing(move())).toMatchObject({ type: 'Foreign', foreign: { by: 'ops', found: 'color=red' } });
    expect(await restore()).toMatchObject({ result: 'left-to-others', note: 'color=red, set by ops' });
    expect(selector()).toEqual({ app: 'analytics', color: 'red' });
  });

  test('that somebody else moved to the candidate is taken over on the way back', async () => {
    setColour('ops', 'blue');
    expect(await restore()).toEqual({ result: 'took-over', note: 'overrode color=blue by ops' });
    expect(selector()).toEqual({ app: 'analytics', color: 'green' });
  });

  test('without the key of the spec is told as a mistake of the spec', async () => {
    expect(await failing(run(activities.readSelector, { ...selectorToBlue, selectorKey: 'colour' }))).toMatchObject({
      type: 'Misconfigured',
    });
  });
});
