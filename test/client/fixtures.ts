import type { SampleTally } from '../../workflows/runbook/judge/evidence';
import { attestations, type AttestationId } from '../../workflows/runbook/attestations';
import type { FollowUpView } from '../../workflows/runbook/post-deployment/follow-up';
import type { AttentionView, AttestationView, DeploymentReport, DeploymentView, GateView, Row } from '../../workflows/runbook/view';
import type { Look } from '../../client/screens/look';
import type { Situation } from '../../client/situation';
import type { Run } from '../../client/temporal/engine';

export const began = Date.UTC(2026, 10, 24, 2, 0, 0);
export const deploymentId = 'analytics-production-v1.0.0-20261124T020000Z';
export const digest = '3f9a1c0d2b4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8';
export const minute = 60_000;

/** A terminal of 80 columns, as tests read it: no colours. */
export const wide: Look = { width: 80, unicode: true, colour: false };
export const ascii: Look = { ...wide, unicode: false };

export function row(id: string, title: string, more: Partial<Row> = {}): Row {
  return { id, title, state: 'pending', startedAt: null, endedAt: null, window: null, note: '', children: [], ...more };
}

/** A deployment in the middle of the ramp, at 50 %. */
export function ramping(more: Partial<DeploymentView> = {}): DeploymentView {
  const done = (from: number, to: number) => ({ state: 'done', startedAt: began + from, endedAt: began + to }) as const;
  return {
    deploymentId,
    service: 'analytics',
    environment: 'production',
    version: 'v1.0.0',
    requester: 'ana',
    state: 'running',
    phase: 'phase 2: production',
    startedAt: began,
    endsAt: began + 51 * minute,
    planDigest: digest,
    releaseDigest: digest,
    candidate: { colour: 'blue', image: 'v1.0.0' },
    live: { colour: 'green', image: 'analytics@sha256:0123abcd' },
    share: 50,
    rows: [
      row('1.1', 'staging deploy', { ...done(0, 41_000), note: 'created' }),
      row('1.3', 'load test', {
        ...done(minute, 11 * minute),
        note: 'p95 212 ms · errors 0.11 % · cache hits 86 % · 48210 requests',
      }),
      row('gate', 'gate: go to production', { ...done(11 * minute, 12 * minute), note: 'eva (lead), bo (ops)' }),
      row('2.3', 'gradual rollout', {
        state: 'running',
        startedAt: began + 20 * minute,
        children: [
          row('2.3.watch-20', 'watch at 20 %', { ...done(20 * minute, 30 * minute), window: 10 * minute }),
          row('2.3.watch-50', 'watch at 50 %', { state: 'running', startedAt: began + 30 * minute, window: 10 * minute }),
          row('2.3.watch-80', 'watch at 80 %', { window: 10 * minute }),
        ],
      }),
      row('2.4', 'verification'),
    ],
    gate: null,
    attention: null,
    paused: null,
    byHand: ['kubectl -n shop edit httproute analytics'],
    ifStoppedNow: ['traffic back to green', 'analytics-blue: image, replicas and flags as before', 'analytics-flags-1a2b deleted'],
    undos: [],
    refusals: [],
    decisions: [],
    unlisted: 0,
    waivers: [],
    report: null,
    ...more,
  };
}

export function openGate(more: Partial<GateView> = {}): GateView {
  return {
    id: 'production',
    title: 'go to production',
    approvals: 2,
    roles: ['lead', 'ops'],
    candidates: ['eva (lead)', 'bo (ops)', 'cy (ops)'],
    approved: [{ by: 'bo', at: began + 5 * minute, comment: 'looks good' }],
    openedAt: began + 4 * minute,
    expiresAt: began + 120 * minute,
    onExpiry: 'rollback',
    digest,
    shows: ['v1.0.0 as gcr.io/project/analytics@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'],
    changed: [],
    ...more,
  };
}

export function tallyOf(more: Partial<SampleTally> = {}): SampleTally {
  const counts = (part: number, among: number) => ({ part, among });
  return {
    samples: 4,
    missing: 0,
    signals: [
      { signal: 'errors', candidate: counts(24, 6000), control: counts(20, 6000), latest: counts(6, 1500), quantile: null, unknown: null },
      {
        signal: 'latency',
        candidate: counts(5900, 6000),
        control: counts(5900, 6000),
        latest: counts(1480, 1500),
        quantile: 0.231,
        unknown: null,
      },
    ],
    split: { part: 5972, among: 12_041 },
    failure: null,
    ...more,
  };
}

export function reportOf(more: Partial<DeploymentReport> = {}): DeploymentReport {
  return {
    deploymentId,
    outcome: 'SUCCEEDED',
    reason: 'Every step is done.',
    service: 'analytics',
    environment: 'production',
    version: 'v1.0.0',
    requester: 'ana',
    releaseDigest: digest,
    startedAt: began,
    endedAt: began + 58 * minute,
    rows: [],
    decisions: [],
    unlisted: 0,
    undone: [],
    left: [],
    forwardOnly: [],
    waivers: [],
    ...more,
  };
}

export function runOf(more: Partial<Run> = {}): Run {
  return {
    workflowId: 'deploy:analytics:production',
    runId: 'run-1',
    status: 'running',
    startedAt: began,
    closedAt: null,
    memo: { deploymentId, planDigest: digest, requester: 'ana', version: 'v1.0.0', service: 'analytics', environment: 'production' },
    taskQueue: 'analytics-deploy',
    events: 120,
    activities: [],
    taskAttempt: 0,
    ...more,
  };
}

export function situationOf(more: Partial<Situation> = {}): Situation {
  return { run: runOf(), view: ramping(), missing: null, report: null, tally: null, trouble: [], ...more };
}

/** An attestation that waits for operations. */
export function asked(id: AttestationId, more: Partial<AttestationView> = {}): AttestationView {
  const times = { openedAt: began, dueAt: began + 60 * minute, at: null, until: null };
  const open = {
    id,
    title: attestations[id].title,
    owner: 'ops',
    people: ['bo', 'cy'],
    state: 'open',
    onExpiry: 'rollback',
    by: null,
    note: '',
  } as const;
  return { ...open, ...times, ...more };
}

/** A checklist whose named lines have failed. */
export function failedLines(...ids: readonly string[]): AttentionView {
  return {
    ...{
      step: 'checklist',
      title: 'checklist',
      reason: `${ids.length} failed`,
      since: began,
      deadline: began + 30 * minute,
      onDeadline: 'rollback',
    },
    choices: ['retry', 'waive', 'rollback'],
    lines: ids.map((id) => ({ id, title: id, reason: `${id} says no.`, waived: null })),
  };
}

/** Follow-ups in their first day: the newest look has failed, an alert fires, one thing is asked for. */
export function inItsFirstDay(startedAt: number, more: Partial<FollowUpView> = {}): FollowUpView {
  return {
    deploymentId,
    service: 'analytics',
    environment: 'production',
    version: 'v1.0.0',
    state: 'failing',
    phase: 'first day',
    startedAt,
    nextAt: startedAt + 180 * minute,
    endsAt: startedAt + 30 * 24 * 60 * minute,
    done: 2,
    planned: 34,
    counts: { passed: 1, failed: 1, inconclusive: 0 },
    failing: { verdict: 'fail', since: startedAt + 120 * minute, times: 1, reasons: ['errors 9.0 %'], told: 'fail' },
    recent: [
      { at: startedAt + 60 * minute, verdict: 'pass', note: 'errors 0.1 %' },
      { at: startedAt + 120 * minute, verdict: 'fail', note: 'errors 9.0 % of 900, must stay below 5.0 %' },
    ],
    alerts: [{ name: 'HighErrors', summary: 'errors 9 %', fingerprint: 'f1', firing: true, at: startedAt + 110 * minute }],
    listensTo: { service: 'analytics' },
    attestations: [asked('day.alerts', { onExpiry: 'listed as not given' })],
    decisions: [],
    unlisted: 0,
    refusals: [],
    report: null,
    ...more,
  };
}
