import type { Material } from '../../../workflows/runbook/report/model';
import type { Row } from '../../../workflows/runbook/view';
import { testRequest, testSpec } from '../../workflows/test-request';
import { began, digest, minute, reportOf, row, runOf } from '../fixtures';

/** What somebody might write to be obeyed instead of read. */
export const hostile = `<script>alert(1)</script> [x](javascript:alert(1)) \u001b[31m | **bold** "quoted" 'single' &amp;`;

const done = (from: number, to: number) => ({ state: 'done', startedAt: began + from, endedAt: began + to }) as const;
const watched = (id: string, title: string, more: Partial<Row>): Row => row(id, title, { window: 200, planned: 200, ...more });

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
  const { workflowId, runId } = runOf();
  return {
    request,
    report,
    run: { namespace: 'default', workflowId, runId, status: 'completed', startedAt: began, closedAt: report.endedAt },
    asOf: report.endedAt,
    links: [{ title: 'workflow in the web UI', url: 'http://127.0.0.1:8233/namespaces/default/workflows/x' }],
  };
}
