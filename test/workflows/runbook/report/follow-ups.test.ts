import { describe, expect, test } from '@jest/globals';
import type { FollowUpsTold } from '../../../../workflows/runbook/report/follow-ups';
import { modelOf, type Material } from '../../../../workflows/runbook/report/model';
import { began, deploymentId, minute, ramping, row } from '../../../client/fixtures';
import { judged, lookedAfter, rolledBack, rolledBackAfter, succeeded } from '../../../client/report/material';
import { testRequest, testSpec } from '../../test-request';

const workflowId = `follow-up:${deploymentId}`;
const partOf = async (material: Material) => (await modelOf(material)).followUps;
const told = (more: Partial<FollowUpsTold>): FollowUpsTold => ({ workflowId, status: 'running', asOf: began + 200 * minute, ...more });

describe('the follow-ups in a report', () => {
  test('are planned while the deployment runs: every look, and what the phases ask for', async () => {
    const request = testRequest({ spec: testSpec(judged) });
    expect(await partOf({ request, view: ramping(), asOf: began })).toMatchObject({
      state: 'planned',
      sentence: 'Planned: they begin at the end of a deployment that succeeds.',
      workflowId: null,
      planned: 34,
      phases: [{ title: 'first day' }, { title: 'first week' }, { title: 'first month' }],
      looks: null,
    });
  });

  test('were not begun by a deployment that was put back, or that could not begin them', async () => {
    const material = rolledBack();
    const request = testRequest({ spec: testSpec(judged) });
    expect(await partOf({ ...material, request })).toMatchObject({ state: 'not begun', workflowId: null });
    const line = row('follow-up.begin', 'begin', { state: 'skipped', note: 'the server is away' });
    const report = { ...succeeded().report!, rows: [row('follow-up', 'follow-ups', { children: [line] })] };
    expect(await partOf({ ...succeeded(), report })).toMatchObject({ state: 'not begun', sentence: 'Not begun: the server is away' });
  });

  test('by the deployment alone have begun, with the command that asks them', async () => {
    expect(await partOf(succeeded())).toMatchObject({
      state: 'begun',
      workflowId,
      sentence: expect.stringContaining(`analytics-deploy follow-up ${deploymentId}`),
      asOf: null,
    });
  });

  test('that run tell the last look, the next one, what they found and whom they ask', async () => {
    expect(await partOf(succeeded({ followUps: told({ view: lookedAfter }) }))).toMatchObject({
      state: 'running',
      sentence: 'Running, first day: NOT as it should be.',
      workflowId,
      asOf: '2026-11-24T05:20:00.000Z',
      looks: { passed: 1, failed: 1, inconclusive: 0 },
      last: { at: '2026-11-24T04:58:00.000Z', verdict: 'fail', note: 'errors 9.0 % of 900, must stay below 5.0 %' },
      nextAt: '2026-11-24T05:58:00.000Z',
      endsAt: '2026-12-24T02:00:00.000Z',
      findings: [
        'not within its limits since 2026-11-24 04:58 UTC, 1 in a row: errors 9.0 %',
        '2026-11-24 04:58 UTC: fail: errors 9.0 % of 900, must stay below 5.0 %',
        'alert HighErrors fires since 2026-11-24 04:50 UTC: errors 9 %',
      ],
      attestations: [{ id: 'day.alerts', state: 'open', owner: 'ops' }],
      rollback: null,
    });
    const quiet = { ...lookedAfter, state: 'following up', failing: null } as const;
    expect(await partOf(succeeded({ followUps: told({ view: quiet }) }))).toMatchObject({
      sentence: 'Running, first day: an alert fires.',
    });
    const view = { ...quiet, alerts: [] };
    expect(await partOf(succeeded({ followUps: told({ view }) }))).toMatchObject({ sentence: 'Running, first day: nothing is wrong.' });
  });

  test('that run while no worker is up are said to wait, with the plan', async () => {
    expect(await partOf(succeeded({ followUps: told({}) }))).toMatchObject({
      state: 'running',
      sentence: expect.stringContaining('no worker answers'),
      planned: 34,
      last: null,
    });
  });

  test('that have ended tell how, and which rollback they started; by their result alone too', async () => {
    const ended = { state: 'ended', outcome: 'ROLLBACK_STARTED', rollback: rolledBackAfter.rollback, nextAt: null, phase: null };
    const byResult = await partOf(succeeded({ followUps: told({ status: 'completed', report: rolledBackAfter }) }));
    expect(byResult).toMatchObject({ ...ended, endsAt: '2026-11-24T05:00:00.000Z', last: null });
    const view = { ...lookedAfter, state: 'ended', nextAt: null, failing: null, report: rolledBackAfter } as const;
    expect(await partOf(succeeded({ followUps: told({ status: 'completed', view }) }))).toMatchObject({
      ...ended,
      last: { verdict: 'fail' },
      findings: [expect.stringContaining('fail: errors 9.0 %')],
    });
    expect(await partOf(succeeded({ followUps: told({ status: 'terminated' }) }))).toMatchObject({
      state: 'ended',
      sentence: 'Ended: the run was terminated from outside and left no word.',
    });
  });

  test('are told where nothing else is known of the deployment', async () => {
    const { request: _, ...unknown } = succeeded({ followUps: told({ view: lookedAfter }) });
    expect(await partOf(unknown)).toMatchObject({ state: 'running', planned: 34, phases: [] });
  });
});
