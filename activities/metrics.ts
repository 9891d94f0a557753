import type { MetricsReceipt, MetricsRequest } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { failure } from './failures';
import type { Ports } from './ports';
import { identify } from './ports/metrics/exposition';
import type { Series } from './ports/metrics';

const scrapes = 6;
const deadline = 10_000;

/** The metric families are present and moving (runbook, step 2.4): two scrapes differ, or up to six where a family is slow. */
export function metricsActivities({ metrics, clock }: Ports) {
  return {
    async verifyMetrics({ metricsUrl, families, every }: MetricsRequest, { signal, heartbeat }: Attempt): Promise<MetricsReceipt> {
      const first = new Map<string, number>();
      const moved = new Map<string, Set<string>>(families.map((family) => [family, new Set()]));
      const present = new Set<string>();
      let outage: string | null = null;
      for (let scrape = 1; scrape <= scrapes; scrape++) {
        if (scrape > 1) await clock.sleep(every, signal);
        const answer = await metrics.scrape(metricsUrl, deadline, signal);
        outage = answer.kind === 'series' ? null : answer.reason;
        if (answer.kind === 'series') compare(answer.series);
        heartbeat({ scrape, still: families.filter((family) => moved.get(family)?.size === 0) });
        if (families.every((family) => (moved.get(family)?.size ?? 0) > 0)) break;
      }
      const problems = families
        .filter((family) => moved.get(family)?.size === 0)
        .map((family) => `${family}: ${present.has(family) ? 'does not move' : 'no series'}`);
      if (problems.length === 0) return { families: Object.fromEntries([...moved].map(([family, series]) => [family, series.size])) };
      throw failure('CheckFailed', `Metrics: ${problems.join(', ')}${outage === null ? '' : ` (${outage})`}`, {
        remedy: 'Check that the application exports them and is used, then retry.',
      });

      function compare(series: readonly Series[]): void {
        for (const one of series) {
          for (const family of families.filter((prefix) => one.metric.startsWith(prefix))) {
            present.add(family);
            const id = identify(one);
            const before = first.get(id);
            if (before === undefined) first.set(id, one.value);
            else if (!Object.is(before, one.value)) moved.get(family)?.add(id);
          }
        }
      }
    },
  };
}
