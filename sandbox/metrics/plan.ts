import { gaugesOf, monitoringGroups, type MonitoringGroup, type NamedGauge } from '../../workflows/runbook/monitoring';
import type { CounterSelector, SignalSpec, Spec } from '../../workflows/runbook/spec';

/**
 * What the world must count so that the spec's own metric names and labels find something: a service with other metrics is
 * another spec, not another sandbox.
 */
export interface MetricsPlan {
  /** What the application tells of itself and of what it stands on, beside what it counts. */
  readonly gauges: readonly GaugePlan[];
  readonly counters: readonly CounterPlan[];
  readonly histograms: readonly HistogramPlan[];
  /** Label that carries the colour where the spec names none for a metric. */
  readonly colourLabel: string;
}
/** `request`: one HTTP answer, measured where it leaves. `lookup`: one look into the cache, measured in the application. */
export type Event = 'request' | 'lookup';
export interface CounterPlan {
  readonly metric: string;
  readonly event: Event;
  /** Which of the events it counts. */
  readonly counts: 'all' | 'good' | 'bad';
  readonly labels: Readonly<Record<string, Label>>;
  /** Where the metric is kept: activity of the application alone is never measured by the gateway. */
  readonly keptBy: 'gateway' | 'application';
}
export interface HistogramPlan {
  readonly metric: string;
  readonly labels: Readonly<Record<string, Label>>;
  /** Upper bounds in seconds, as the spec writes them. */
  readonly buckets: readonly string[];
}
/** A value that the application tells: one when it is well, another one while its group of the monitoring is broken. */
export interface GaugePlan {
  readonly metric: string;
  readonly labels: Readonly<Record<string, Label>>;
  readonly group: MonitoringGroup;
  /** `value`: as it stands. `rate`: what it grows by in a second. */
  readonly as: 'value' | 'rate';
  readonly well: number;
  readonly broken: number;
}
export type Label =
  | { readonly kind: 'constant'; readonly value: string }
  /** `{colour}` in it is replaced. */
  | { readonly kind: 'colour'; readonly template: string }
  | { readonly kind: 'status' }
  /** What was asked for. */
  | { readonly kind: 'path' }
  | { readonly kind: 'outcome'; readonly good: string; readonly bad: string };

const standardBuckets = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5'];
/** Metric names people expect for a family that the spec names by its prefix only. */
const familiar: Readonly<Record<string, string>> = {
  analytics: 'analytics_events_total',
  cache: 'cache_operations_total',
  db: 'db_queries_total',
};
const histogramSuffix = /_(bucket|count|sum)$/;

/** Reads off the spec what is to be counted. */
export function planMetrics(spec: Pick<Spec, 'signals' | 'watching' | 'verification' | 'load' | 'monitoring'>): MetricsPlan {
  const hits = spec.load?.limits.cacheHits;
  const found = [
    countAll(spec.watching.requests),
    ...spec.signals.flatMap(measuresOf),
    ...(hits ? pairOf(hits.hits, hits.lookups, 'lookup', 'good') : []),
  ];
  const histograms = mergeHistograms(found.filter(isHistogramPlan));
  const isHistogram = (metric: string): boolean => histograms.some((histogram) => histogram.metric === metric.replace(histogramSuffix, ''));
  const counters = mergeCounters(found.filter(isCounterPlan).filter(({ metric }) => !isHistogram(metric)));
  const names = [...counters, ...histograms].map((measure) => measure.metric);
  const families = spec.verification.families.filter((prefix) => !names.some((name) => name.startsWith(prefix)));
  const counted = [...counters, ...families.map(activityOf)];
  const isCounted = (metric: string): boolean => isHistogram(metric) || counted.some((counter) => counter.metric === metric);
  const gauges = gaugesOf(spec)
    .flatMap(gaugePlans)
    .filter(({ metric }) => !isCounted(metric));
  return { gauges, counters: counted, histograms, colourLabel: colourLabelOf(found) ?? 'color' };
}

/** What the whole is of which a gauge is a part: nothing depends on how much that is. */
const whole = 100;

/** A gauge's part and whole, well within its limit or beyond it. Pods add up: each tells little of what must stay below. */
function gaugePlans({ id, value, among, as, direction, limit }: NamedGauge): readonly GaugePlan[] {
  const group = monitoringGroups.find((name) => id.startsWith(`${name}.`)) ?? 'application';
  const [well, broken] =
    direction === 'below' ? [limit * (among ? 0.5 : 0.05), limit * 2] : [among ? (limit + 1) / 2 : limit * 2, limit / 20];
  const plan = (selector: CounterSelector, values: Pick<GaugePlan, 'well' | 'broken'>): GaugePlan => ({
    metric: selector.metric,
    labels: labelsOf(selector.labels),
    group,
    as,
    ...values,
  });
  if (!among) return [plan(value, { well, broken })];
  return [plan(value, { well: well * whole, broken: broken * whole }), plan(among, { well: whole, broken: whole })];
}

type CounterMeasure = { readonly kind: 'counter' } & CounterPlan;
type HistogramMeasure = { readonly kind: 'histogram' } & HistogramPlan;
type Measure = CounterMeasure | HistogramMeasure;
const isCounterPlan = (measure: Measure): measure is CounterMeasure => measure.kind === 'counter';
const isHistogramPlan = (measure: Measure): measure is HistogramMeasure => measure.kind === 'histogram';

function measuresOf(signal: SignalSpec): readonly Measure[] {
  const { by } = signal;
  const measures = countsOf(signal);
  return by === undefined ? measures : measures.map((measure) => ({ ...measure, labels: { ...measure.labels, [by]: { kind: 'path' } } }));
}

function countsOf({ part, among, direction, quantile }: SignalSpec): readonly Measure[] {
  const shown = quantile ? [histogramOf(quantile.histogram, quantile.labels)] : [];
  if (part.metric.endsWith('_bucket')) {
    const { le, ...labels } = part.labels;
    const whole = histogramSuffix.test(among.metric) ? histogramOf(among.metric, among.labels) : countAll(among);
    return [histogramOf(part.metric, labels, le), whole, ...shown];
  }
  const words = [part.metric, ...Object.values(part.labels)].join(' ');
  const event: Event = /cache|hit|miss|lookup/i.test(words) ? 'lookup' : 'request';
  return [...pairOf(part, among, event, direction === 'above' ? 'good' : 'bad'), ...shown];
}

/** A part and its whole: told apart by a label of one metric, or by two metrics. */
function pairOf(part: CounterSelector, among: CounterSelector, event: Event, is: 'good' | 'bad'): readonly Measure[] {
  const apart = part.metric !== among.metric;
  const labels = Object.entries(part.labels).map(([key, value]): [string, Label] => {
    const tellsApart = !apart && among.labels[key] !== value;
    return [key, tellsApart ? outcomeOf(value, among.labels[key], is) : labelOf(value)];
  });
  return [
    counter(part.metric, event, apart ? is : 'all', Object.fromEntries(labels)),
    counter(among.metric, event, 'all', labelsOf(among.labels)),
  ];
}

function countAll({ metric, labels }: CounterSelector): Measure {
  return histogramSuffix.test(metric) ? histogramOf(metric, labels) : counter(metric, 'request', 'all', labelsOf(labels));
}

function counter(metric: string, event: Event, counts: CounterPlan['counts'], labels: CounterPlan['labels']): Measure {
  return { kind: 'counter', metric, event, counts, labels, keptBy: event === 'request' ? 'gateway' : 'application' };
}

function histogramOf(metric: string, labels: Readonly<Record<string, string>>, le?: string): Measure {
  const { le: bound, ...rest } = labels;
  const bounds = [le, bound].filter((value) => value !== undefined && !isPattern(value) && value !== '+Inf') as readonly string[];
  return {
    kind: 'histogram',
    metric: metric.replace(histogramSuffix, ''),
    labels: labelsOf(rest),
    buckets: [...standardBuckets, ...bounds],
  };
}

function activityOf(prefix: string): CounterPlan {
  const metric = familiar[prefix] ?? (prefix.endsWith('_total') ? prefix : `${prefix.replace(/_$/, '')}_operations_total`);
  return { metric, event: 'request', counts: 'all', labels: {}, keptBy: 'application' };
}

const labelsOf = (labels: Readonly<Record<string, string>>): Readonly<Record<string, Label>> =>
  Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, labelOf(value)]));

function labelOf(value: string): Label {
  if (value.includes('{colour}')) return { kind: 'colour', template: value };
  if (isStatus(value)) return { kind: 'status' };
  return { kind: 'constant', value: isPattern(value) ? (exampleOf(value) ?? 'other') : value };
}

/** A value that selects status codes: `500`, or a pattern that takes some codes and no word. */
function isStatus(value: string): boolean {
  if (!isPattern(value)) return /^[1-5]\d\d$/.test(value);
  return ['200', '404', '500', '503'].some((code) => matches(value, code)) && !matches(value, 'word');
}

function outcomeOf(value: string, whole: string | undefined, is: 'good' | 'bad'): Label {
  if (isStatus(value)) return { kind: 'status' };
  const own = isPattern(value) ? (exampleOf(value) ?? 'yes') : value;
  const opposites: Readonly<Record<string, string>> = {
    hit: 'miss',
    miss: 'hit',
    true: 'false',
    false: 'true',
    error: 'ok',
    failure: 'success',
  };
  const other =
    [...alternatives(whole), opposites[own], `not-${own}`].find((candidate) => candidate !== undefined && candidate !== own) ?? '';
  return { kind: 'outcome', ...(is === 'good' ? { good: own, bad: other } : { good: other, bad: own }) };
}

const isPattern = (value: string): boolean => value.length > 2 && value.startsWith('/') && value.endsWith('/');
const matches = (pattern: string, text: string): boolean => new RegExp(`^(?:${pattern.slice(1, -1)})$`).test(text);
/** A word that the pattern takes, where it lists some or takes common ones. */
const exampleOf = (pattern: string): string | undefined =>
  [...alternatives(pattern), 'GET', 'ok', 'default', 'main', 'api'].find((word) => matches(pattern, word));
const alternatives = (pattern: string | undefined): readonly string[] =>
  pattern && isPattern(pattern)
    ? pattern
        .slice(1, -1)
        .split('|')
        .map((word) => word.replace(/[()^$?:]/g, ''))
    : [];

/** The same metric asked for twice is one metric with the labels of both; the more telling label wins. */
function mergeCounters(found: readonly CounterPlan[]): readonly CounterPlan[] {
  const merged = new Map<string, CounterPlan>();
  for (const { metric, event, counts, labels, keptBy } of found) {
    const known = merged.get(metric);
    merged.set(
      metric,
      known
        ? {
            ...known,
            event: event === 'lookup' ? event : known.event,
            keptBy: keptBy === 'application' ? keptBy : known.keptBy,
            labels: mergeLabels(known.labels, labels),
          }
        : { metric, event, counts, labels, keptBy },
    );
  }
  return [...merged.values()];
}

function mergeHistograms(found: readonly HistogramPlan[]): readonly HistogramPlan[] {
  const merged = new Map<string, HistogramPlan>();
  for (const { metric, labels, buckets } of found) {
    const known = merged.get(metric);
    const bounds = [...new Set([...(known?.buckets ?? []), ...buckets])].sort((a, b) => Number(a) - Number(b));
    merged.set(metric, { metric, labels: mergeLabels(known?.labels ?? {}, labels), buckets: bounds });
  }
  return [...merged.values()];
}

function mergeLabels(one: CounterPlan['labels'], other: CounterPlan['labels']): CounterPlan['labels'] {
  const weaker = Object.entries(other).filter(([key, label]) => !(key in one) || one[key]?.kind === 'constant' || label.kind === 'outcome');
  return { ...one, ...Object.fromEntries(weaker) };
}

function colourLabelOf(found: readonly Measure[]): string | undefined {
  return found.flatMap((measure) => Object.entries(measure.labels)).find(([, label]) => label.kind === 'colour')?.[0];
}
