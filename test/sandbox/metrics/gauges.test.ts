import { describe, expect, test } from '@jest/globals';
import { readGauges } from '../../../activities/gauges';
import { parseExposition } from '../../../activities/ports/metrics/exposition';
import { Meter } from '../../../sandbox/metrics/meter';
import { planMetrics } from '../../../sandbox/metrics/plan';
import { readSeries, relabel, renderPage } from '../../../sandbox/metrics/relabel';
import { gaugesOf, monitoringGroups, type MonitoringGroup } from '../../../workflows/runbook/monitoring';
import { judgeGauge } from '../../../workflows/runbook/judge/gauges';
import { fakePorts } from '../../fakes/ports';
import { analyticsSpec } from '../specs';

/** The verdicts on three pods of a colour, with some groups broken. */
async function verdicts(broken: readonly MonitoringGroup[]) {
  const spec = analyticsSpec();
  const plan = planMetrics(spec);
  const histograms = plan.histograms.map(({ metric }) => metric);
  const pods = ['a', 'b', 'c'].map((pod) => ({ pod, meter: new Meter(plan) }));
  const ports = fakePorts({
    metrics: {
      scrape: () => {
        const now = ports.clock.time;
        const pages = pods.map(({ pod, meter }) => {
          for (let request = 0; request < 20; request++) meter.countRequest({ path: '/stats', status: 200, seconds: 0.02 }, 'blue');
          const page = meter.render() + meter.renderGauges((group) => broken.includes(group), 'blue', now);
          return readSeries(page).map((series) => relabel(series, { pod }));
        });
        return Promise.resolve(parseExposition(renderPage(pages.flat(), histograms)));
      },
    },
  });
  const gauges = gaugesOf(spec);
  const request = { metricsUrl: 'http://metrics', colour: 'blue', every: 2_000, gauges };
  const readings = await readGauges(ports, request, new AbortController().signal, () => undefined);
  return gauges.map((gauge) => ({ id: gauge.id, kind: judgeGauge(gauge, readings[gauge.id] ?? { kind: 'unknown', reason: '' }).kind }));
}

describe('the values that the application tells of itself', () => {
  test('are those of the monitoring, and all within their limits where nothing is broken', async () => {
    const found = await verdicts([]);
    expect(found.length).toBeGreaterThanOrEqual(10);
    expect(found.filter(({ kind }) => kind !== 'pass')).toEqual([]);
  });

  test.each(monitoringGroups)('go beyond a limit of the group %s where that group is broken, and of no other', async (group) => {
    const failed = (await verdicts([group])).filter(({ kind }) => kind !== 'pass');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.filter(({ id, kind }) => kind !== 'fail' || !id.startsWith(`${group}.`))).toEqual([]);
  });
});
