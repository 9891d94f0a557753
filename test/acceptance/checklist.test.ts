import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import { createPorts } from '../../activities/ports/create';
import type { StandingKind } from '../../sandbox/faults';
import { type Sandbox, startSandbox } from '../../sandbox/world';
import { environmentLines } from '../../workflows/runbook/pre-deployment/environment';
import type { ChecklistLineId } from '../../workflows/runbook/pre-deployment/ids';
import { infrastructureLines } from '../../workflows/runbook/pre-deployment/infrastructure';
import { resolveRequest } from '../../workflows/runbook/resolve';
import type { Check } from '../../workflows/runbook/step';
import { failing, run } from '../activities/run';
import { analyticsSpec } from '../sandbox/specs';
import { testRequest } from '../workflows/test-request';

let directory: string;
let sandbox: Sandbox;
let lines: Readonly<Partial<Record<ChecklistLineId, () => Promise<unknown>>>>;

/** Lines of this test: those of databases and code have worlds of their own. */
const looked: readonly ChecklistLineId[] = [
  'checklist.redis',
  'checklist.dashboards',
  'checklist.alerts',
  'checklist.flags',
  'checklist.variables',
  'checklist.certificates',
  'checklist.redis-cluster',
  'checklist.routing',
  'checklist.monitoring',
];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checklist-'));
  sandbox = await startSandbox({ spec: analyticsSpec(), dir: directory, rate: 5 });
  const activities = createActivities(createPorts({ ...process.env, KUBECONFIG: sandbox.kubeconfigPath }));
  const request = testRequest({ spec: sandbox.spec });
  const release = await run(activities.resolveRelease, resolveRequest(request));
  const context = { request, release };
  const checker = {
    check: async <In, Out>(step: Check<In, Out>, input: In): Promise<void> => {
      await run(activities[step.does] as (input: In) => Promise<Out>, input);
    },
    prove: () => Promise.reject(new Error('nothing here is judged on what the deployment has done')),
  };
  const all = [...environmentLines(context), ...infrastructureLines(context)];
  lines = Object.fromEntries(
    all.filter(({ id }) => (looked as readonly string[]).includes(id)).map((line) => [line.id, () => line.perform(checker)]),
  );
}, 60_000);
afterEach(() => sandbox.clearFaults());
afterAll(async () => {
  await sandbox.stop();
  await rm(directory, { recursive: true, force: true });
});

/** What fails of all lines that are made side by side: their sentences by id. */
async function failures(): Promise<Readonly<Record<string, string>>> {
  const made = Object.entries(lines).map(async ([id, perform]) => {
    const isWell = await perform().then(
      () => true,
      () => false,
    );
    return isWell ? [] : [[id, (await failing(perform())).message] as const];
  });
  return Object.fromEntries((await Promise.all(made)).flat());
}

describe('the checklist of the default spec, before a deployment', () => {
  test('passes in a world that is in order', async () => {
    expect(Object.keys(lines).sort()).toEqual([...looked].sort());
    expect(await failures()).toEqual({});
  });

  const sentences: readonly (readonly [StandingKind, ChecklistLineId, RegExp])[] = [
    ['redis', 'checklist.redis', /^Redis at redis:\/\/127\.0\.0\.1:\d+ uses 99 % of its maxmemory, below 80 % is allowed\. Make room/],
    ['dashboard', 'checklist.dashboards', /^Grafana has no dashboard analytics-overview\. Create or restore it/],
    [
      'alert-rule',
      'checklist.alerts',
      /^the alert rule AnalyticsErrors of group analytics is not healthy \(err\): found duplicate series .*\. Correct/,
    ],
    [
      'flag',
      'checklist.flags',
      /^flag ANALYTICS_ENABLE_ML_ANALYSIS is true in analytics-flags-\w+, which live pods read: its initial value is false\. Set/,
    ],
    [
      'certificate',
      'checklist.certificates',
      /^the certificate of localhost:\d+ ends in 3 days \(.*\), at least 14 days are asked for\. Renew it/,
    ],
    ['alert', 'checklist.monitoring', /^1 alert is active \(severity="critical", service="analytics"\): SandboxAlert since .*\. Mend/],
  ];

  test.each(sentences)('%s: exactly %s fails, with its own sentence', async (kind, id, said) => {
    await sandbox.setFault({ kind });
    const failed = await failures();
    expect(Object.keys(failed)).toEqual([id]);
    expect(failed[id]).toMatch(said);
  });

  test('several at once give as many sentences in one run', async () => {
    for (const [kind] of sentences) await sandbox.setFault({ kind });
    const failed = await failures();
    expect(Object.keys(failed).sort()).toEqual(sentences.map(([, id]) => id).sort());
    for (const [, id, said] of sentences) expect(failed[id]).toMatch(said);
    expect(JSON.stringify(failed)).not.toContain('[object');
  });
});
