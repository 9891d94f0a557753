import { describe, expect, test } from '@jest/globals';
import { modelOf } from '../../../../workflows/runbook/report/model';
import { began, minute, openGate, ramping, runOf, tallyOf } from '../../../client/fixtures';
import { rolledBack } from '../../../client/report/material';
import { testRequest } from '../../test-request';

const facts = (status: string, closedAt: number | null = null) => {
  const { workflowId, runId } = runOf();
  return { namespace: 'default', workflowId, runId, status, startedAt: began, closedAt };
};

describe('the report of an ended deployment', () => {
  test('says in one sentence how it ended, and when', async () => {
    expect(await modelOf(rolledBack())).toMatchObject({
      schemaVersion: 1,
      outcome: 'ROLLBACK_INCOMPLETE',
      sentence:
        'analytics v1.0.0 in production: ROLLBACK INCOMPLETE: finish it by hand. watch at 50 %: errors 12.0 % of 400, must stay below 5.0 %.',
      startedAt: '2026-11-24T02:00:00.000Z',
      endedAt: '2026-11-24T02:58:00.000Z',
      took: 58 * minute,
      now: null,
      missing: [],
    });
  });

  test("has the plan's line beside what happened, planned and actual time", async () => {
    const { sections, plan, leftOut } = await modelOf(rolledBack());
    expect(plan).toMatchObject({ approvals: 2, worstRollback: expect.any(Number) });
    expect(sections.map(({ id }) => id)).toEqual(['1.1', '2.3']);
    expect(sections[0]?.steps[0]).toEqual({
      id: '1.1.tag',
      title: 'tag the release',
      state: 'done',
      startedAt: '2026-11-24T02:00:00.000Z',
      endedAt: '2026-11-24T02:00:02.000Z',
      took: 2_000,
      planned: 3_000,
      receipt: 'created abc',
      kind: 'forward-only',
      what: expect.stringContaining('tag v1.0.0-analytics'),
      undo: expect.stringContaining('stays'),
      ifItFails: expect.any(String),
    });
    expect(leftOut).toEqual([{ id: '1.3', title: 'load test', reason: 'no load generator reaches staging' }]);
  });

  test('has the verdicts of the watches that began, with their numbers, limits, and what they were extended to', async () => {
    const { watches } = await modelOf(rolledBack());
    expect(watches).toEqual([
      {
        id: '2.3.watch-20',
        title: 'watch at 20 %',
        verdict: 'passed',
        planned: 200,
        window: 15 * minute,
        numbers: ['20.1 % of 12041 requests served', 'errors 0.4 %', 'under 500 ms 98.2 % (p95 231 ms)'],
        limits: ['errors below 5.0 %', 'under 500 ms above 95.0 %'],
      },
      expect.objectContaining({
        id: '2.3.watch-50',
        verdict: 'failed',
        numbers: ['errors 12.0 % of 400, must stay below 5.0 %', '50.2 % of 800 requests served'],
      }),
    ]);
  });

  test('of a rollback says which rung, of what and why, and never takes one that was put back for done', async () => {
    const rollback = { level: 'traffic', of: 'analytics-production-v0.9.0-20261123T020000Z', reason: 'errors' } as const;
    const material = rolledBack();
    const model = await modelOf({ ...material, report: { ...material.report!, rollback, outcome: 'ROLLED_BACK', forwardOnly: [] } });
    expect(model.rollback).toEqual(rollback);
    expect(model.sentence).toMatch(
      /^analytics: rollback \(traffic\) of analytics-production-v0\.9\.0-20261123T020000Z in production: not done, everything is as it was/,
    );
  });

  test('is JSON that reads back as the same', async () => {
    const model = await modelOf(rolledBack());
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });
});

describe('the report of a deployment that runs', () => {
  test('says running, and as of when, with what is open now', async () => {
    const view = ramping({ gate: openGate(), state: 'waiting for approval' });
    const asOf = began + 31 * minute;
    const model = await modelOf({ request: testRequest(), view, run: facts('running'), asOf });
    expect(model.sentence).toBe(
      'analytics v1.0.0 in production: waiting for approval, as of 2026-11-24 02:31:00 UTC: phase 2: production, 50 % of the traffic is set on blue.',
    );
    expect(model.now?.gate).toMatchObject({ title: 'go to production', approved: ['bo'], expiresAt: '2026-11-24T04:00:00.000Z' });
    expect(model).toMatchObject({ outcome: null, endedAt: null, took: 31 * minute });
    expect(await modelOf({ view: ramping(), run: facts('running'), asOf })).toMatchObject({
      sentence: expect.stringContaining('running, as of 2026-11-24 02:31:00 UTC'),
    });
  });

  test('has what the running watch has counted so far', async () => {
    const tally = tallyOf({ signals: tallyOf().signals.slice(0, 1) });
    const { watches } = await modelOf({ request: testRequest(), view: ramping(), run: facts('running'), tally, asOf: began });
    expect(watches.find(({ verdict }) => verdict === 'running')?.numbers).toEqual(['49.6 % of 12041 requests served', 'errors 0.4 %']);
  });
});

describe('the report of a deployment that does not answer', () => {
  const step = (id: string, from: number, to: number | null, note = '') =>
    ({
      id,
      state: to === null ? 'running' : note ? 'failed' : 'done',
      startedAt: began + from,
      endedAt: to === null ? null : began + to,
      note,
    }) as const;
  const happened = {
    steps: [
      step('resolve.release', 0, 1_000),
      step('1.1.tag', 1_000, 2_000, 'the remote is away'),
      step('1.1.tag#2', 3_000, 4_000),
      step('1.1.image.before', 4_000, 5_000),
      step('1.1.image', 5_000, null),
    ],
    decisions: [{ what: 'retry', by: 'eva', at: began + 2_500, comment: 'is back', on: '1.1.tag' }],
    undone: [],
    phase: 'phase 1: staging',
  };

  test('is what the history tells: steps with their times, and who sent what', async () => {
    const model = await modelOf({
      request: testRequest(),
      happened,
      run: facts('running'),
      asOf: began + minute,
      missing: ['receipts: no worker answers'],
    });
    expect(model.sentence).toBe(
      'analytics v1.0.0 in production: running, as of 2026-11-24 02:01:00 UTC: last known phase 1: staging; the deployment itself did not answer.',
    );
    const [resolve, staging, smoke] = model.sections;
    expect(resolve).toMatchObject({ id: 'resolve', state: 'done', took: 1_000 });
    expect(staging).toMatchObject({ id: '1.1', title: 'staging deploy', state: 'running', took: null });
    expect(staging?.steps.slice(0, 3)).toMatchObject([
      { id: '1.1.tag', state: 'done', took: 3_000, receipt: 'the remote is away' },
      { id: '1.1.image', state: 'running', startedAt: '2026-11-24T02:00:04.000Z' },
      { id: '1.1.rollout', state: 'pending' },
    ]);
    expect(smoke?.state).toBe('pending');
    expect(model.decisions).toEqual([expect.objectContaining({ by: 'eva', at: '2026-11-24T02:00:02.500Z' })]);
    expect(model.missing).toEqual(['receipts: no worker answers']);
  });

  test('that was ended from outside says so, and nothing of it still runs', async () => {
    const model = await modelOf({ request: testRequest(), happened, run: facts('terminated', began + minute), asOf: began + 2 * minute });
    expect(model).toMatchObject({ state: 'terminated', outcome: null, endedAt: '2026-11-24T02:01:00.000Z', now: null });
    expect(model.sentence).toContain('the run was terminated from outside: nothing was put back');
    expect(model.sections.flatMap(({ state, steps }) => [state, ...steps.map((one) => one.state)])).not.toContain('running');
  });

  test('without a history names what the server keeps beside it, and guesses nothing', async () => {
    const { memo } = runOf();
    const model = await modelOf({ memo, run: facts('running'), asOf: began + minute });
    expect(model).toMatchObject({
      service: 'analytics',
      version: 'v1.0.0',
      requester: 'ana',
      sections: [],
      plan: { digest: memo.planDigest, takes: 0 },
    });
  });
});
