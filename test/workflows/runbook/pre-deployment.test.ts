import { describe, expect, test } from '@jest/globals';
import { environmentLines } from '../../../workflows/runbook/pre-deployment/environment';
import { hostsOf, othersOf } from '../../../workflows/runbook/pre-deployment/hosts';
import { infrastructureLines } from '../../../workflows/runbook/pre-deployment/infrastructure';
import { plannedRelease } from '../../../workflows/runbook/release';
import type { Check, ChecklistLine } from '../../../workflows/runbook/step';
import type { Spec } from '../../../workflows/runbook/spec';
import { analyticsSpec } from '../../sandbox/specs';
import { testRequest, testSpec } from '../test-request';

/** Each line's id with what it asks of which activity. */
async function askedBy(
  lines: readonly ChecklistLine[],
): Promise<Readonly<Record<string, { does: string; input: unknown; words: string }>>> {
  const asked: Record<string, { does: string; input: unknown; words: string }> = {};
  const checker = {
    check: async <In, Out>(step: Check<In, Out>, input: In): Promise<void> => {
      asked[step.id] = { does: step.does, input, words: `${step.title}: ${step.summary(input)}` };
    },
    prove: () => Promise.reject(new Error('nothing here is judged on what the deployment has done')),
  };
  for (const line of lines) await line.perform(checker);
  return asked;
}
const linesOf = (spec: Spec) => {
  const request = testRequest({ spec });
  const context = { request, release: plannedRelease(request) };
  return askedBy([...environmentLines(context), ...infrastructureLines(context)]);
};

describe('environment and infrastructure in the checklist', () => {
  test('are a line each, by the default spec', async () => {
    const asked = await linesOf(analyticsSpec());
    const mine = Object.entries(asked).map(([id, { does }]) => [id, does]);
    expect(mine).toEqual(
      expect.arrayContaining([
        ['checklist.redis', 'checkRedis'],
        ['checklist.dashboards', 'checkDashboards'],
        ['checklist.alerts', 'checkAlerts'],
        ['checklist.flags', 'checkFlags'],
        ['checklist.variables', 'checkVariables'],
        ['checklist.certificates', 'checkCertificates'],
        ['checklist.redis-cluster', 'checkRedisCluster'],
        ['checklist.routing', 'checkRouting'],
        ['checklist.monitoring', 'checkMonitoring'],
      ]),
    );
    for (const { words } of Object.values(asked)) expect(words).not.toMatch(/undefined|\[object/);
  });

  test('pass the reference of a secret on, never a name nobody knows', async () => {
    const asked = await linesOf(analyticsSpec());
    expect(asked['checklist.redis']?.input).toMatchObject({ token: 'env:ANALYTICS_REDIS_PASSWORD' });
    expect(asked['checklist.alerts']?.input).not.toHaveProperty('token');
  });

  test('are none without their part of the spec', async () => {
    expect(await linesOf(testSpec())).toEqual({});
    expect(Object.keys(await linesOf(testSpec({ checklist: { environment: {} } })))).toEqual(['checklist.flags']);
  });

  test('plan the invalidation by a command, where the spec has one', async () => {
    const cdn = { command: ['node', 'plan.js'], directory: '.', environment: {}, timeout: 60_000 };
    const asked = await linesOf(testSpec({ checklist: { infrastructure: { cdn } } }));
    expect(asked['checklist.cdn']).toMatchObject({ does: 'runCommand', input: { command: cdn, version: 'v1.0.0' } });
  });

  test('judge flags by their declared initial values, else by those of the release', async () => {
    const flags = { initial: { A: 'false' } };
    const declared = await linesOf(testSpec({ checklist: { environment: { flags } } }));
    expect(declared['checklist.flags']?.input).toMatchObject({ initial: { A: 'false' }, isDeclared: true });
    const usual = await linesOf(testSpec({ checklist: { environment: {} } }));
    expect(usual['checklist.flags']?.input).toMatchObject({ initial: { A: 'true' }, isDeclared: false, live: null });
  });
});

describe('hosts whose certificates count', () => {
  test('are those of all addresses with TLS of the service and those that are named, each once', () => {
    expect(hostsOf(analyticsSpec(), ['cdn.example.com', 'api.example.com'])).toEqual([
      'staging-api.example.com',
      'api.example.com',
      'monitoring.example.com',
      'prometheus.example.com',
      'alertmanager.example.com',
      'cache.example.com:6379',
      'cdn.example.com',
    ]);
  });

  test('are those of git, registry and sinks as well, each with what it is to the deployment', () => {
    expect(othersOf(analyticsSpec(), ['prometheus.example.com'])).toEqual([
      { host: 'git.example.com', whose: 'git' },
      { host: 'gcr.io', whose: 'registry' },
      { host: 'slack.com', whose: 'sink chat' },
      { host: 'smtp.example.com:587', whose: 'sink mail', startTls: true },
      { host: 'pager.example.com', whose: 'sink pager' },
    ]);
  });

  test('of others are no host of the service, no address without TLS, and no host twice', () => {
    const spec: Spec = {
      ...analyticsSpec(),
      tag: { ...analyticsSpec().tag, remote: 'https://deploy@git.example.com:8443/a.git' },
      image: { ...analyticsSpec().image, repository: 'analytics', registry: 'http://registry.local:5000' },
      sinks: [
        { kind: 'slack', name: 'hooked', hook: 'chat', api: 'https://slack.com/api' },
        { kind: 'mail', name: 'mail', host: 'smtp.local', port: 25, security: 'none', from: 'a@b', to: ['c@d'] },
        { kind: 'mail', name: 'tls', host: 'smtp.local', port: 465, security: 'tls', from: 'a@b', to: ['c@d'] },
        { kind: 'webhook', name: 'own', url: 'https://api.example.com/notices' },
        { kind: 'webhook', name: 'again', url: 'https://git.example.com:8443/hooks' },
      ],
    };
    expect(othersOf(spec, ['api.example.com'])).toEqual([
      { host: 'git.example.com:8443', whose: 'git' },
      { host: 'smtp.local:465', whose: 'sink tls' },
    ]);
  });

  test('keep a port that is not the usual one, and are none without TLS', () => {
    const spec = testSpec();
    const at = (url: string) =>
      hostsOf(
        {
          ...spec,
          staging: { ...spec.staging, url, metricsUrl: url },
          production: { ...spec.production, url, metricsUrl: url },
          verification: { requests: [], families: [] },
        },
        [],
      );
    expect(at('https://api.example:8443/x')).toEqual(['api.example:8443']);
    expect(at('https://api.example:443')).toEqual(['api.example']);
    expect(at('https://[::1]:8443/')).toEqual(['[::1]:8443']);
    expect(at('http://127.0.0.1:8080')).toEqual([]);
  });
});
