import { describe, expect, test } from '@jest/globals';
import type { Material } from '../../../../workflows/runbook/report/model';
import { modelOf } from '../../../../workflows/runbook/report/model';
import type { Row } from '../../../../workflows/runbook/view';
import { began, minute, ramping, row, tallyOf } from '../../../client/fixtures';
import { judged, succeeded } from '../../../client/report/material';
import { testRequest, testSpec } from '../../test-request';

const verdictsOf = (parts: readonly { readonly id: string; readonly verdict: string }[] = []) =>
  Object.fromEntries(parts.map(({ id, verdict }) => [id, verdict]));

/** With other rows below a section. */
function withRows(sectionId: string, children: readonly Row[], more: Partial<Material> = {}): Material {
  const material = succeeded(more);
  const report = material.report!;
  return {
    ...material,
    report: { ...report, rows: [...report.rows.filter(({ id }) => id !== sectionId), row(sectionId, sectionId, { children })] },
  };
}

describe('the success criteria of a report', () => {
  test('each have a verdict with what it rests on: figures, or who said so and when', async () => {
    const { success } = await modelOf(succeeded());
    expect(success?.leftOut).toBeNull();
    expect(success?.criteria).toMatchObject([
      { id: 'success.smoke', verdict: 'met', judgedBy: '1.2 done, nothing skipped', evidence: '1.2: 4 of 4', by: null },
      { id: 'success.errors', verdict: 'met', evidence: 'errors 0.2 %, within its limit in 2 watches' },
      { id: 'success.accuracy', verdict: 'waived', evidence: expect.stringContaining('waived by eva until 2026-12-01') },
      {
        id: 'success.security',
        verdict: 'met',
        judgedBy: 'attested by ops',
        evidence: 'scan of today',
        by: 'bo',
        at: '2026-11-24T02:52:00.000Z',
      },
      { id: 'success.training', verdict: 'waived', evidence: expect.stringMatching(/^next week, until 2026-/), by: 'cy' },
      { id: 'success.features', verdict: 'left out', evidence: 'the spec does not ask for it', by: null },
    ]);
  });

  test('are not met where they were not proved, and not judged where the deployment did not come to them', async () => {
    const failed = [
      row('success.smoke', 'smoke tests passed', { state: 'failed', note: '1.2 was left out' }),
      row('success.errors', 'errors', { state: 'failed', note: 'interrupted' }),
      row('success.accuracy', 'data', { state: 'skipped', note: 'skipped by bo: waived by nobody' }),
    ];
    const { success } = await modelOf(withRows('success', failed));
    expect(verdictsOf(success?.criteria)).toMatchObject({
      'success.smoke': 'not met',
      'success.errors': 'not judged',
      'success.accuracy': 'skipped',
      'success.features': 'not judged',
    });
  });

  test('are left out as a whole where spec or profile says so, with the reason', async () => {
    const off = await modelOf({
      ...withRows('success', []),
      report: {
        ...succeeded().report!,
        rows: [row('success', 'success criteria', { state: 'off', note: 'hotfix: judged the day after' })],
      },
    });
    expect(off.success).toEqual({ leftOut: 'hotfix: judged the day after', criteria: [] });
  });

  test('are none of a rollback, and none are made up where it is not known what was deployed', async () => {
    const material = succeeded();
    const rollback = { level: 'traffic', of: 'analytics-production-v0.9.0-20261123T020000Z' } as const;
    const parts = { success: null, monitoring: null, followUps: null };
    expect(await modelOf({ ...material, request: { ...material.request!, rollback } })).toMatchObject(parts);
    const { request: _, ...unknown } = material;
    expect(await modelOf(unknown)).toMatchObject(parts);
  });
});

describe('the monitoring of a report', () => {
  test('has each signal by its group with source, limit, what was measured, and what it means that there is no evidence', async () => {
    const { monitoring } = await modelOf(succeeded());
    expect(monitoring?.signals.map(({ group }) => group)).toEqual([
      'deployment',
      'deployment',
      'application',
      'application',
      'infrastructure',
      'infrastructure',
    ]);
    expect(monitoring?.signals).toMatchObject([
      { id: 'deployment.completion', source: 'step 2.2.rollout', limit: '', verdict: 'met', measured: '2.2.rollout: 3 of 3 ready' },
      {
        id: 'deployment.pool',
        source: '/metrics: db_pool_in_use of db_pool_size',
        limit: 'below 0.9',
        verdict: 'met',
        measured: '0.312',
        absence: 'inconclusive: people are asked',
      },
      {
        id: 'application.errors',
        source: 'every watch, as errors',
        limit: 'below 5.0 %',
        verdict: 'met',
        measured: '0.2 % (watch at 50 %, the last of 2)',
        absence: expect.stringContaining('no series counts as none; fewer than 20 events are inconclusive'),
      },
      { id: 'application.latency', limit: 'above 95.0 %', measured: '98.2 % (p95 231 ms) (watch at 50 %)' },
      { id: 'infrastructure.cdn', source: 'attested by ops', verdict: 'met', by: 'cy', absence: expect.stringContaining('on record') },
      { id: 'infrastructure.connections', limit: 'below 100', measured: '41', absence: 'fails: rolled back' },
    ]);
  });

  test('never takes the name of one signal for that of another, and says of one that is beyond its limit what it was', async () => {
    const note = 'database connections in use 0.95, must stay below 0.9; database connections: no series of db Look at what is beyond.';
    const failed = [row('monitoring.gauges', 'gauges', { state: 'failed', note })];
    const beyond = await modelOf(withRows('monitoring', failed));
    expect(beyond.monitoring?.signals.filter(({ source }) => source.startsWith('/metrics'))).toMatchObject([
      { id: 'deployment.pool', verdict: 'not met', measured: '0.95, must stay below 0.9' },
      // Declared so: no series is a failure.
      { id: 'infrastructure.connections', verdict: 'not met', measured: expect.stringMatching(/^no series of db/) },
    ]);
  });

  test('is not judged where the look at /metrics itself failed, was skipped, or was not come to', async () => {
    const poolIn = async (...children: readonly Row[]) =>
      (await modelOf(withRows('monitoring', children))).monitoring?.signals.find(({ id }) => id === 'deployment.pool');
    expect(await poolIn(row('monitoring.gauges', 'gauges', { state: 'skipped', note: 'skipped by bo: seen in Grafana' }))).toMatchObject({
      verdict: 'skipped',
      measured: 'skipped by bo: seen in Grafana',
    });
    expect(await poolIn()).toMatchObject({ verdict: 'not judged', measured: '' });
    expect(await poolIn(row('monitoring.gauges', 'gauges', { state: 'done', note: '12 gauges' }))).toMatchObject({
      verdict: 'met',
      measured: 'within its limit',
    });
  });

  test('is known by a step itself in deployments that had no line for it', async () => {
    const { monitoring } = await modelOf(withRows('monitoring', []));
    expect(monitoring?.signals.find(({ id }) => id === 'deployment.completion')).toMatchObject({
      verdict: 'met',
      measured: '3 of 3 ready',
    });
  });

  test('is beyond its limit where one watch has proved it, whatever the others say', async () => {
    const watched = (id: string, note: string, state: Row['state'] = 'done') =>
      row(id, `watch ${id}`, { state, note, window: 200, planned: 200, startedAt: began, endedAt: began + minute });
    const { monitoring } = await modelOf(
      withRows('2.3', [
        watched('20', 'errors 0.4 % · under 500 ms 98.0 %'),
        watched('50', 'errors 12.0 % of 400, must stay below 5.0 %; 50.2 % of 800 requests served', 'failed'),
        watched('80', 'inconclusive: under 500 ms: 3 of at least 20 events', 'failed'),
      ]),
    );
    expect(monitoring?.signals.filter(({ source }) => source.startsWith('every watch'))).toMatchObject([
      { id: 'application.errors', verdict: 'not met', measured: '12.0 % of 400, must stay below 5.0 % (watch 50)' },
      { id: 'application.latency', verdict: 'not judged', measured: '3 of at least 20 events (watch 80)' },
    ]);
  });

  test('of a deployment that runs is open while its watch runs', async () => {
    const request = testRequest({ spec: testSpec(judged) });
    const { monitoring } = await modelOf({ request, view: ramping(), tally: tallyOf(), asOf: began + 31 * minute });
    expect(verdictsOf(monitoring?.signals)).toMatchObject({ 'application.errors': 'open', 'infrastructure.connections': 'not judged' });
  });
});
