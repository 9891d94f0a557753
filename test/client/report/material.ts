import type { FollowUpReport, FollowUpView } from '../../../workflows/runbook/post-deployment/follow-up';
import type { Material } from '../../../workflows/runbook/report/model';
import type { Spec } from '../../../workflows/runbook/spec';
import type { DeploymentRequest } from '../../../workflows/runbook/release';
import type { DeploymentReport, Row } from '../../../workflows/runbook/view';
import { aMonth } from '../../workflows/test-follow-ups';
import { testRequest, testSpec } from '../../workflows/test-request';
import { asked, began, deploymentId, digest, inItsFirstDay, minute, reportOf, row, runOf } from '../fixtures';

/** What somebody might write to be obeyed instead of read. */
export const hostile = `<script>alert(1)</script> [x](javascript:alert(1)) \u001b[31m | **bold** "quoted" 'single' &amp;`;

const done = (from: number, to: number) => ({ state: 'done', startedAt: began + from, endedAt: began + to }) as const;
const watched = (id: string, title: string, more: Partial<Row>): Row => row(id, title, { window: 200, planned: 200, ...more });

/** What Temporal knows of a run that has ended. */
function endedWith(request: DeploymentRequest, report: DeploymentReport): Material {
  const { workflowId, runId } = runOf();
  const { endedAt } = report;
  return {
    request,
    report,
    run: { namespace: 'default', workflowId, runId, status: 'completed', startedAt: began, closedAt: endedAt },
    asOf: endedAt,
  };
}

/** A deployment that was put back at 50 %, with something of everything. */
export function rolledBack(): Material {
  const request = testRequest({ planDigest: digest, spec: testSpec({ off: { '1.3': 'no load generator reaches staging' } }) });
  const report = reportOf({
    deploymentId: request.deploymentId,
    outcome: 'ROLLBACK_INCOMPLETE',
    reason: 'watch at 50 %: errors 12.0 % of 400, must stay below 5.0 %.',
    release: {
      tag: 'v1.0.0-analytics',
      commit: 'c'.repeat(40),
      image: `registry.example.com/analytics@sha256:${'b'.repeat(64)}`,
      candidate: { colour: 'blue', deployment: 'analytics-blue', image: 'registry.example.com/analytics:v0.8.0' },
      live: { colour: 'green', deployment: 'analytics-green', image: 'registry.example.com/analytics:v0.9.0' },
      flags: 'analytics-flags-0123456789',
    },
    rows: [
      row('1.1', 'staging deploy', {
        ...done(0, 41_000),
        note: '3 of 3',
        children: [row('1.1.tag', 'tag the release', { ...done(0, 2_000), note: 'created abc' })],
      }),
      row('1.3', 'load test', { state: 'off', note: 'no load generator reaches staging' }),
      row('2.3', 'gradual rollout', {
        state: 'failed',
        startedAt: began + 20 * minute,
        endedAt: began + 41 * minute,
        note: 'interrupted',
        children: [
          watched('2.3.watch-20', 'watch at 20 %', {
            ...done(20 * minute, 30 * minute),
            note: '20.1 % of 12041 requests served · errors 0.4 % · under 500 ms 98.2 % (p95 231 ms)',
            window: 15 * minute,
          }),
          watched('2.3.watch-50', 'watch at 50 %', {
            state: 'failed',
            startedAt: began + 30 * minute,
            endedAt: began + 41 * minute,
            note: 'errors 12.0 % of 400, must stay below 5.0 %; 50.2 % of 800 requests served',
          }),
          watched('2.3.watch-80', 'watch at 80 %', {}),
        ],
      }),
    ],
    decisions: [
      { what: 'approve', by: 'eva', at: began + 12 * minute, comment: hostile, on: 'gate production 3f9a1c0d2b4e' },
      { what: 'skip', by: 'bo', at: began + 9 * minute, comment: 'measured yesterday', on: '1.4.tests' },
    ],
    unlisted: 3,
    undone: [{ subject: 'analytics/httproute/analytics', title: 'traffic back to green', note: 'restored' }],
    left: [
      {
        subject: 'analytics/service/analytics',
        reason: 'forbidden: services "analytics" is forbidden',
        byHand: `kubectl -n analytics patch service analytics -p '{"spec":{"selector":{"color":"green"}}}' && echo \`done\``,
      },
    ],
    forwardOnly: ['git tag v1.0.0-analytics: a tag moves nothing and may stay'],
    asked: { profile: 'hotfix', leftOut: ['without 1.4: the fix is one line'] },
    waivers: ['1.4.tests skipped by bo: measured yesterday'],
    attestations: [
      {
        id: 'team.development',
        title: 'the development team is there',
        owner: 'lead',
        people: ['eva'],
        state: 'attested',
        openedAt: began,
        dueAt: began + 60 * minute,
        onExpiry: 'rollback',
        by: 'eva',
        at: began + 3 * minute,
        note: 'five of us',
        until: null,
      },
    ],
    notices: [
      {
        kind: 'announcement',
        key: 'begins',
        at: began,
        subject: 'analytics v1.0.0 is being deployed',
        sinks: [
          { name: 'team', result: 'delivered', note: '' },
          { name: 'mail', result: 'undelivered', note: 'connection refused' },
        ],
      },
      {
        kind: 'rollback',
        key: 'put-back',
        at: began,
        subject: 'was rolled back',
        sinks: [{ name: 'team', result: 'perhaps twice', note: '' }],
      },
    ],
    unkept: 'The report could not be written to /reports (ENOSPC).',
  });
  return {
    ...endedWith(request, report),
    links: [{ title: 'workflow in the web UI', url: 'http://127.0.0.1:8233/namespaces/default/workflows/x' }],
  };
}

const within = { owner: 'ops', within: 24 * 60 * minute, remind: [], onExpiry: 'rollback' } as const;
const pool = { value: { metric: 'db_pool_in_use', labels: {} }, as: 'value', combine: 'sum', direction: 'below' } as const;

/** A spec that judges success, monitors each kind of signal and has follow-ups. */
export const judged: Partial<Spec> = {
  attestations: {
    'success.security': within,
    'success.training': within,
    'monitoring.cdn': { ...within, onExpiry: 'waive' },
  },
  success: {
    criteria: [
      { id: 'success.smoke', title: 'smoke tests passed', steps: ['1.2'] },
      { id: 'success.errors', title: 'errors stayed below their limit', watches: ['errors'] },
      { id: 'success.accuracy', title: 'the data is right', steps: ['1.4.consistency'] },
      { id: 'success.security', title: 'no critical weakness', attestation: 'success.security' },
      { id: 'success.training', title: 'the team knows the new parts', attestation: 'success.training' },
      { id: 'success.features', title: 'the features do what was wanted', attestation: 'success.features' },
    ],
  },
  monitoring: {
    signals: [
      { id: 'infrastructure.cdn', title: 'CDN', attestation: 'monitoring.cdn' },
      { id: 'deployment.completion', title: 'rollout complete', step: '2.2.rollout' },
      {
        id: 'deployment.pool',
        title: 'database connections in use',
        gauge: { ...pool, among: { metric: 'db_pool_size', labels: {} }, limit: 0.9, absence: 'inconclusive' },
      },
      { id: 'application.errors', title: 'errors', watch: 'errors' },
      { id: 'application.latency', title: 'time of answers', watch: 'latency' },
      { id: 'infrastructure.connections', title: 'database connections', gauge: { ...pool, limit: 100, absence: 'fail' } },
    ],
  },
  followUps: aMonth,
};

/** A deployment that has succeeded, with what was judged, and what comes after. */
export function succeeded(more: Partial<Material> = {}, spec: Partial<Spec> = {}): Material {
  const at = (from: number) => done(from * minute, from * minute + 1_000);
  const request = testRequest({ planDigest: digest, spec: testSpec({ ...judged, ...spec }) });
  const report = reportOf({
    rows: [
      row('2.2', 'blue-green', { ...at(20), children: [row('2.2.rollout', 'candidate rollout', { ...at(20), note: '3 of 3 ready' })] }),
      row('2.3', 'gradual rollout', {
        ...at(30),
        children: [
          watched('2.3.watch-20', 'watch at 20 %', { ...at(30), note: '20.1 % of 12041 requests served · errors 0.4 %' }),
          watched('2.3.watch-50', 'watch at 50 %', {
            ...at(40),
            note: '50.1 % of 12041 requests served · errors 0.2 % · under 500 ms 98.2 % (p95 231 ms)',
          }),
        ],
      }),
      row('monitoring', 'monitoring', {
        ...at(50),
        children: [
          row('monitoring.gauges', 'gauges', { ...at(50), note: 'database connections in use 0.312 · database connections 41' }),
          row('deployment.completion', 'rollout complete', { ...at(50), note: '2.2.rollout: 3 of 3 ready' }),
          row('monitoring.cdn', 'CDN', { ...at(50), note: 'cy' }),
        ],
      }),
      row('success', 'success criteria', {
        ...at(51),
        children: [
          row('success.smoke', 'smoke tests passed', { ...at(51), note: '1.2: 4 of 4' }),
          row('success.errors', 'errors stayed below their limit', { ...at(51), note: 'errors 0.2 %, within its limit in 2 watches' }),
          row('success.accuracy', 'the data is right', {
            ...at(51),
            state: 'skipped',
            note: 'success.accuracy waived by eva until 2026-12-01 00:00 UTC: compared by hand',
          }),
          row('success.security', 'no critical weakness', { ...at(51), note: 'bo: scan of today' }),
          row('success.training', 'the team knows the new parts', { ...at(51), state: 'skipped', note: 'waived by cy: next week' }),
          row('success.features', 'the features do what was wanted', { state: 'off', note: 'the spec does not ask for it' }),
        ],
      }),
      row('follow-up', 'follow-ups', { ...at(58), children: [row('follow-up.begin', 'begin the follow-ups', at(58))] }),
    ],
    attestations: [
      asked('success.security', { state: 'attested', by: 'bo', at: began + 52 * minute, note: 'scan of today' }),
      asked('success.training', { state: 'waived', by: 'cy', at: began + 53 * minute, note: 'next week', until: began + 9_999 * minute }),
      asked('monitoring.cdn', { state: 'attested', by: 'cy', at: began + 54 * minute }),
    ],
  });
  return {
    ...endedWith(request, report),
    ...more,
  };
}

/** Its follow-ups in the first day. */
export const lookedAfter: FollowUpView = inItsFirstDay(began + 58 * minute, {
  alerts: [{ name: 'HighErrors', summary: 'errors 9 %', fingerprint: 'f1', firing: true, at: began + 170 * minute }],
  listensTo: null,
  endsAt: began + 30 * 24 * 60 * minute,
});

/** Their end, where a second look agreed with the first. */
export const rolledBackAfter: FollowUpReport = {
  deploymentId,
  outcome: 'ROLLBACK_STARTED',
  reason: 'The release is not within its limits, seen twice: errors 9.0 %.',
  startedAt: began + 58 * minute,
  endedAt: began + 180 * minute,
  counts: { passed: 1, failed: 2, inconclusive: 0 },
  trend: {},
  alerts: [],
  attestations: [asked('day.alerts', { state: 'closed' })],
  decisions: [],
  rollback: 'analytics-production-rollback-traffic-20261124T020000Z',
};
