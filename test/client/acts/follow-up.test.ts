import { describe, expect, test } from '@jest/globals';
import { followUp } from '../../../client/acts/follow-up';
import { attest, waive } from '../../../client/acts/items';
import type { FollowUpReport } from '../../../workflows/runbook/post-deployment/follow-up';
import { contextOf, worldOf, type World } from '../fake-engine';
import { began, deploymentId, inItsFirstDay, minute, runOf } from '../fixtures';

const workflowId = `follow-up:${deploymentId}`;
const view = inItsFirstDay(began, {
  attestations: [
    {
      ...{ id: 'day.alerts', title: 'alerts were answered in time', owner: 'ops', people: ['bo'], state: 'open', openedAt: began },
      ...{ dueAt: began + 24 * 60 * minute, onExpiry: 'listed as not given', by: null, at: null, note: '', until: null },
    },
  ],
});
const worldWith = (more: Partial<World> = {}): World => worldOf({ runs: [runOf(), runOf({ workflowId })], followUp: view, ...more });

describe('follow-up', () => {
  test.each([deploymentId, workflowId, 'deploy:analytics:production'])(
    '%s shows what was found, what fires, and what waits for people',
    async (id) => {
      const { context, stdout } = contextOf(worldWith(), { id });
      expect(await followUp(context)).toBe(0);
      expect(stdout()).toContain('first day, 2 of 34 looks done');
      expect(stdout()).toContain('1 of 2 looks passed, 1 failed');
      expect(stdout()).toContain('errors 9.0 % of 900, must stay below 5.0 %');
      expect(stdout()).toContain('alert HighErrors');
      expect(stdout()).toMatch(/analytics-deploy attest[\s\\]+follow-up:\S+[\s\\]+--item[\s\\]+day\.alerts/);
      expect(
        stdout()
          .split('\n')
          .filter((line) => line.length > 80),
      ).toEqual([]);
    },
  );

  test('under --json there is one object and nothing else', async () => {
    const { context, stdout } = contextOf(worldWith(), { id: deploymentId, json: true });
    await followUp(context);
    expect(JSON.parse(stdout())).toMatchObject({ workflowId, state: 'failing', done: 2, report: null });
  });

  test('--stop ends them, also while no worker is up', async () => {
    const world = worldWith();
    const { context, stdout } = contextOf(world, { id: deploymentId, options: { stop: true, comment: 'replaced' } });
    expect(await followUp(context)).toBe(0);
    expect(stdout()).toContain('stop taken');
    expect(world.told).toMatchObject([{ by: 'update', name: 'stop', what: { by: 'ana', comment: 'replaced' } }]);
    const silent = worldWith({ delivery: () => ({ kind: 'no answer' }) });
    const { context: later, stdout: said } = contextOf(silent, { id: deploymentId, options: { stop: true } });
    expect(await followUp(later)).toBe(0);
    expect(said()).toContain('"stop" is recorded');
    expect(silent.told.map(({ by }) => by)).toEqual(['update', 'signal']);
  });

  const report: FollowUpReport = {
    deploymentId,
    outcome: 'SUPERSEDED',
    reason: "Service analytics is green's now.",
    startedAt: began,
    endedAt: began + 180 * minute,
    counts: { passed: 2, failed: 1, inconclusive: 0 },
    trend: {},
    alerts: view.alerts,
    attestations: [],
    decisions: [{ what: 'attest', by: 'bo', at: began + 150 * minute, comment: 'two, both within 5 min', on: 'day.alerts' }],
  };
  const over = runOf({ workflowId, status: 'completed', closedAt: report.endedAt });

  test('follow-ups that have ended are told without a worker: how they ended, what was found, what people said', async () => {
    const world = worldWith({ runs: [runOf(), over], followUp: null, followUpReport: report });
    const { context, stdout } = contextOf(world, { id: deploymentId });
    expect(await followUp(context)).toBe(0);
    expect(stdout()).toContain("SUPERSEDED: Service analytics is green's now.");
    expect(stdout()).toContain('2 of 3 looks passed, 1 failed');
    expect(stdout()).toContain('alert HighErrors');
    expect(stdout()).toContain('bo: attest "two, both within 5 min"');
    expect(stdout()).not.toContain('--stop');
    const { context: asData, stdout: data } = contextOf(world, { id: deploymentId, json: true });
    await followUp(asData);
    expect(JSON.parse(data())).toMatchObject({ workflowId, state: 'ended', version: 'v1.0.0', report: { outcome: 'SUPERSEDED' } });
    const terminated = worldWith({ runs: [runOf(), { ...over, status: 'terminated' }], followUp: null });
    const { context: none } = contextOf(terminated, { id: deploymentId });
    await expect(followUp(none)).rejects.toMatchObject({ code: 1, message: expect.stringContaining('were terminated from outside') });
  });

  test('--stop that meets the end of a phase stops the next one, and says "ended" only where they have', async () => {
    const world = worldWith();
    world.delivery = () => {
      world.runs = [runOf({ workflowId, runId: 'run-2' }), runOf({ workflowId, status: 'continued' })];
      return { kind: 'ended' };
    };
    const { context, stdout } = contextOf(world, { id: deploymentId, options: { stop: true } });
    expect(await followUp(context)).toBe(0);
    expect(stdout()).toContain('A phase has just ended: "stop" is recorded');
    expect(world.told.map(({ by, name }) => [by, name])).toEqual([
      ['update', 'stop'],
      ['signal', 'stop'],
    ]);
    const ended = worldWith({ runs: [runOf(), over], delivery: () => ({ kind: 'ended' }) });
    const { context: late } = contextOf(ended, { id: deploymentId, options: { stop: true } });
    await expect(followUp(late)).rejects.toMatchObject({ code: 5, message: expect.stringContaining('have ended') });
  });

  test('--alert tells of something by hand, so that the release is looked at; --over ends it', async () => {
    const world = worldWith();
    const { context, stdout } = contextOf(world, { id: deploymentId, options: { alert: 'SlowExports', comment: 'users call' } });
    expect(await followUp(context)).toBe(0);
    expect(stdout()).toContain('alert taken');
    const over = contextOf(world, { id: workflowId, options: { alert: 'SlowExports', over: true } });
    expect(await followUp(over.context)).toBe(0);
    const told = { name: 'SlowExports', fingerprint: 'by-hand-SlowExports' };
    expect(world.told).toMatchObject([
      { by: 'update', name: 'alert', what: { by: 'ana', alerts: [{ ...told, summary: 'users call', firing: true }] } },
      { by: 'update', name: 'alert', what: { alerts: [{ ...told, firing: false }] } },
    ]);
  });

  test('refuses an alert without a name, and one together with --stop, before anything is asked', async () => {
    for (const options of [{ alert: ' ' }, { over: true }, { alert: 'X', stop: true }]) {
      const { context } = contextOf(worldWith(), { id: deploymentId, options });
      await expect(followUp(context)).rejects.toMatchObject({ code: 2, message: expect.stringContaining('--alert') });
    }
  });

  test('says why there are none, and that a worker is missing', async () => {
    const { context } = contextOf(worldOf({ runs: [runOf()] }), { id: deploymentId });
    await expect(followUp(context)).rejects.toMatchObject({ code: 5, message: expect.stringContaining('There are no follow-ups of') });
    const { context: silent } = contextOf(worldWith({ followUp: null }), { id: deploymentId });
    await expect(followUp(silent)).rejects.toMatchObject({ code: 1, message: expect.stringContaining('they are safe and wait') });
  });

  test.each([
    ['an attestation', attest, { item: ['day.alerts'], as: 'bo' }],
    ['a waiver', waive, { item: ['day.alerts'], as: 'bo', comment: 'none fired', until: '2026-12-31' }],
  ])('%s that meets the end of a phase is given to the next one, and is too late only where they have ended', async (_, give, options) => {
    const world = worldWith();
    world.delivery = () => {
      world.runs = [runOf({ workflowId, runId: 'run-2' }), runOf({ workflowId, status: 'continued' })];
      return { kind: 'ended' };
    };
    const { context, stdout } = contextOf(world, { id: workflowId, options });
    expect(await give(context)).toBe(0);
    expect(stdout()).toContain('A phase has just ended');
    expect(world.told).toMatchObject([
      { by: 'update', what: { by: 'bo', item: 'day.alerts' } },
      { by: 'signal', what: { by: 'bo', item: 'day.alerts' } },
    ]);
    const ended = worldWith({ runs: [runOf(), over], delivery: () => ({ kind: 'ended' }) });
    const { context: late } = contextOf(ended, { id: workflowId, options });
    await expect(give(late)).rejects.toMatchObject({ code: 5, message: expect.stringContaining('the follow-ups') });
  });

  test('what they ask for is attested under their own id', async () => {
    const world = worldWith();
    const { context } = contextOf(world, { id: workflowId, options: { item: ['day.alerts'], as: 'bo' } });
    expect(await attest(context)).toBe(0);
    expect(world.told).toMatchObject([{ by: 'update', name: 'attest', what: { by: 'bo', item: 'day.alerts' } }]);
    const { context: unnamed } = contextOf(worldWith(), { id: workflowId });
    await expect(attest(unnamed)).rejects.toMatchObject({ code: 2, message: expect.stringContaining('--item') });
  });
});
