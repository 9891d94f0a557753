/** Runbook, phase 1, step 3: load on staging; p95, errors and cache hits within the limits. */
import type { LoadReceipt, LoadRequest } from '../contract';
import type { Check, Section } from '../step';

export const runLoadTest: Check<LoadRequest, LoadReceipt> = {
  kind: 'check',
  id: '1.3.load',
  title: 'load on staging',
  does: 'runLoadTest',
  policy: 'execute',
  summary: ({ load }) => `load ${load.rate} requests/s for ${load.duration / 1000} s`,
  takes: ({ load }) => load.duration + 2_000,
  ifItFails: 'ask',
  measures: true,
  receipt: ({ p95, errors, requests, cacheHits }) =>
    `p95 ${Math.round(p95)} ms · errors ${((100 * errors) / requests).toFixed(2)} %${cacheHits === null ? '' : ` · cache hits ${Math.round(cacheHits * 100)} %`} · ${requests} requests`,
};

export const loadTest: Section = {
  id: '1.3',
  title: 'load test',
  phase: 'phase 1: staging',
  async run(runbook, { request: { spec } }) {
    const { load, staging, tokens } = spec;
    if (!load) return;
    const token = load.token === undefined ? undefined : tokens[load.token];
    await runbook.check(runLoadTest, { url: staging.url, metricsUrl: staging.metricsUrl, load, ...(token ? { token } : {}) });
  },
};
