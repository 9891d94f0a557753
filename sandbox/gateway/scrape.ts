import type { MetricsPlan } from '../metrics/plan';
import { readSeries, relabel, type Series } from '../metrics/relabel';
import type { Target } from './backends';

/** A pod that does not answer in this time is left out of the page, in milliseconds. */
const timeout = 500;

/** Reads the metrics of ready pods and labels each series with its pod, and its colour where there is one. */
export async function scrapePods(targets: readonly Target[], colour: string | null, plan: MetricsPlan): Promise<readonly Series[]> {
  const pages = await Promise.all(targets.map(scrape));
  return pages.flatMap((page, index) => {
    const pod = targets[index]?.pod ?? '';
    const labels = { ...(colour === null ? {} : { [plan.colourLabel]: colour }), pod };
    return readSeries(page).map((series) => relabel(series, labels));
  });
}

async function scrape({ port }: Target): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(timeout) });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}

/** The families that the gateway measures itself, so that a request is not counted twice. */
export function isMeasured(plan: MetricsPlan, metric: string): boolean {
  const counted = plan.counters.some((counter) => counter.keptBy === 'gateway' && counter.metric === metric);
  return counted || plan.histograms.some((histogram) => metric.replace(/_(bucket|sum|count)$/, '') === histogram.metric);
}
