/** Runbook, phase 2, step 2.4: the endpoints answer, the metric families move, the dashboard is there. */
import type { MetricsReceipt, MetricsRequest } from '../contract';
import { sendAll } from '../requests';
import type { Check, Section } from '../step';
import type { RequestSpec } from '../spec';

export const verifyMetrics: Check<MetricsRequest, MetricsReceipt> = {
  kind: 'check',
  id: '2.4.metrics',
  title: 'metrics collection',
  does: 'verifyMetrics',
  policy: 'wait',
  summary: ({ families }) => `metric families ${families.join(', ')} move`,
  takes: ({ every }) => 2 * every,
  ifItFails: 'roll back',
  receipt: ({ families }) =>
    Object.entries(families)
      .map(([name, series]) => `${name} ${series}`)
      .join(', '),
};

export const verification: Section = {
  id: '2.4',
  title: 'verification',
  phase: 'phase 2: production',
  async run(runbook, { request: { spec } }) {
    const { verification: verify, production, tokens, watching } = spec;
    await runbook.together([
      () => sendAll(runbook, '2.4', production.url, verify.requests, tokens, 'roll back'),
      ...(verify.families.length === 0
        ? []
        : [() => runbook.check(verifyMetrics, { metricsUrl: production.metricsUrl, families: verify.families, every: watching.every })]),
      ...(verify.dashboard === undefined
        ? []
        : [() => sendAll(runbook, '2.4.dashboard', verify.dashboard ?? '', [dashboardAnswers], tokens, 'roll back')]),
    ]);
  },
};

const dashboardAnswers: RequestSpec = { name: 'dashboard', method: 'GET', path: '', expect: { status: 200, within: 10_000 }, after: 0 };
