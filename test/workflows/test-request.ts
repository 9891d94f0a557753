import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { Spec } from '../../workflows/runbook/spec';

const names = (count: number): readonly string[] => ['stats', 'metrics', 'export', 'cache'].slice(0, count);
const smoke = (count: number): Spec['smoke'] =>
  names(count).map((name) => ({ name, method: 'GET', path: `/${name}`, token: 'user', expect: { status: 200, within: 500 }, after: 0 }));
const verification = (count: number): Spec['verification'] => ({
  requests: names(count).map((name) => ({ name, method: 'GET', path: `/${name}`, expect: { status: 200, within: 500 }, after: 0 })),
  families: ['analytics', 'cache', 'db'],
  dashboard: 'https://monitoring.example.com/d/x',
});
const ramp = (...shares: readonly number[]): Spec['ramp'] => ({
  initial: { share: 10, watch: 100 },
  steps: shares.map((share) => ({ share, watch: 100 })),
  selectorWatch: 100,
  soak: 100,
});

/** As many shares and requests as the runbook has, for tests that are about their number. */
export const asInTheRunbook = { ramp: ramp(20, 50, 80, 100), smoke: smoke(4), verification: verification(3) } satisfies Partial<Spec>;

/** A small spec whose waits are milliseconds, with fewer shares and requests than the runbook has. */
export function testSpec(change: Partial<Spec> = {}): Spec {
  const counter = (metric: string, labels: Record<string, string> = {}) => ({ metric, labels: { color: '{colour}', ...labels } });
  return {
    service: 'analytics',
    environment: 'production',
    tag: {
      name: '{version}-analytics',
      message: 'Analytics {version}',
      remote: 'https://git.example.com/analytics.git',
      ref: 'main',
      tagger: { name: 'deploy', email: 'deploy@example.com' },
      push: true,
    },
    image: { repository: 'registry.example.com/analytics', container: 'analytics' },
    staging: {
      cluster: 'current',
      namespace: 'analytics-staging',
      deployment: 'analytics',
      url: 'https://staging.example.com',
      metricsUrl: 'https://staging.example.com/metrics',
      rollout: { deadline: 60_000 },
    },
    production: {
      cluster: 'current',
      namespace: 'analytics',
      service: 'analytics',
      selectorKey: 'color',
      colours: {
        blue: { deployment: 'analytics-blue', service: 'analytics-blue' },
        green: { deployment: 'analytics-green', service: 'analytics-green' },
      },
      traffic: { mechanism: 'httproute', route: 'analytics', propagation: 0 },
      url: 'https://api.example.com',
      metricsUrl: 'https://api.example.com/metrics',
      rollout: { deadline: 60_000 },
      settle: 0,
    },
    smoke: smoke(2),
    load: {
      duration: 1_000,
      connections: 2,
      rate: 10,
      path: '/stats',
      limits: { p95: 500, errors: 0.01, minimumRequests: 10 },
    },
    integration: { command: ['node', '--test'], directory: '.', environment: {}, timeout: 10_000 },
    consistency: { requests: [{ name: 'stats', method: 'GET', path: '/stats' }] },
    flags: { configMap: 'analytics-flags', values: { A: 'true' }, rollout: { name: 'PERCENT', percentage: 10 } },
    ramp: ramp(50, 100),
    watching: { every: 50, extendAtMost: 400, requests: counter('requests_total') },
    signals: [
      {
        id: 'errors',
        title: 'errors',
        part: counter('requests_total', { status: '/5../' }),
        among: counter('requests_total'),
        direction: 'below',
        limit: 0.05,
        minimum: 20,
        absence: 'zero',
      },
      {
        id: 'latency',
        title: 'under 500 ms',
        part: counter('duration_bucket', { le: '0.5' }),
        among: counter('duration_count'),
        direction: 'above',
        limit: 0.95,
        minimum: 20,
        absence: 'inconclusive',
      },
    ],
    verification: verification(2),
    roles: { lead: ['ana', 'eva'], ops: ['bo', 'cy'] },
    gates: { production: { approvals: 2, roles: ['lead', 'ops'], expires: 60_000, onExpiry: 'rollback' } },
    attention: { deadline: 60_000, undoDeadline: 60_000 },
    rollback: { minimumReady: 0.5 },
    tokens: { user: 'env:USER_TOKEN' },
    sinks: [],
    off: {},
    ...change,
  };
}

export function testRequest(change: Partial<DeploymentRequest> = {}): DeploymentRequest {
  return {
    deploymentId: 'analytics-production-v1.0.0-20261124T020000Z',
    version: 'v1.0.0',
    requester: 'ana',
    planDigest: '3f9a1c0000000000',
    spec: testSpec(),
    searchAttributes: false,
    taskQueues: { control: 'control', exec: 'exec' },
    ...change,
  };
}
