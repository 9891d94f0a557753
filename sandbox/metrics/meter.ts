import { assertNever } from '../assert-never';
import type { MonitoringGroup } from '../../workflows/runbook/monitoring';
import type { CounterPlan, Event, GaugePlan, HistogramPlan, Label, MetricsPlan } from './plan';

/** One HTTP answer. */
export interface Answer {
  readonly path: string;
  readonly status: number;
  readonly seconds: number;
}

/** Counts what the plan asks for. Mutable: it is the memory of one process's metrics. */
export class Meter {
  private readonly series = new Map<string, Map<string, number>>();
  /** What rates have grown to, and when they were told last; epoch milliseconds. */
  private readonly grown = new Map<string, { readonly value: number; readonly at: number }>();

  /** @param keeps which counters of the plan this meter keeps. */
  constructor(
    private readonly plan: MetricsPlan,
    private readonly keeps: (counter: CounterPlan) => boolean = () => true,
  ) {
    for (const counter of this.counters()) if (Object.keys(counter.labels).length === 0) this.add(counter.metric, '', 0);
  }

  countRequest({ path, status, seconds }: Answer, colour?: string): void {
    const facts = { good: status < 500, status, path, colour };
    this.count('request', facts);
    for (const histogram of this.plan.histograms) this.observe(histogram, seconds, facts);
  }

  countLookup(hit: boolean, path: string, colour?: string): void {
    this.count('lookup', { good: hit, status: hit ? 200 : 404, path, colour });
  }

  /** All series in the Prometheus text format. */
  render(): string {
    const counters = this.counters().map(({ metric }) => `# TYPE ${metric} counter\n${this.lines(metric)}`);
    const histograms = this.plan.histograms.map(
      ({ metric }) =>
        `# TYPE ${metric} histogram\n${this.lines(`${metric}_bucket`)}${this.lines(`${metric}_sum`)}${this.lines(`${metric}_count`)}`,
    );
    return [...counters, ...histograms].join('');
  }

  /** What the application tells of itself, in the text format. */
  renderGauges(isBroken: (group: MonitoringGroup) => boolean, colour: string | undefined, now = Date.now()): string {
    return this.plan.gauges
      .map((gauge) => {
        const labels = render(gauge.labels, { good: true, status: 200, path: '', colour });
        const value = gauge.as === 'value' ? valueNow(gauge, isBroken) : this.grow(gauge, isBroken, now);
        return `# TYPE ${gauge.metric} ${gauge.as === 'value' ? 'gauge' : 'counter'}\n${gauge.metric}${labels === '' ? '' : `{${labels}}`} ${value}\n`;
      })
      .join('');
  }

  private grow(gauge: GaugePlan, isBroken: (group: MonitoringGroup) => boolean, now: number): number {
    const before = this.grown.get(gauge.metric) ?? { value: 0, at: now };
    const value = before.value + (valueNow(gauge, isBroken) * (now - before.at)) / 1_000;
    this.grown.set(gauge.metric, { value, at: now });
    return value;
  }

  private counters(): readonly CounterPlan[] {
    return this.plan.counters.filter(this.keeps);
  }

  private count(event: Event, facts: Facts): void {
    for (const counter of this.counters()) {
      const counted = counter.counts === 'all' || (counter.counts === 'good') === facts.good;
      if (counter.event === event && counted) this.add(counter.metric, render(counter.labels, facts), 1);
    }
  }

  private observe({ metric, labels, buckets }: HistogramPlan, seconds: number, facts: Facts): void {
    const text = render(labels, facts);
    const comma = text === '' ? '' : ',';
    for (const le of [...buckets, '+Inf']) {
      this.add(`${metric}_bucket`, `${text}${comma}le="${le}"`, le === '+Inf' || seconds <= Number(le) ? 1 : 0);
    }
    this.add(`${metric}_sum`, text, seconds);
    this.add(`${metric}_count`, text, 1);
  }

  private add(metric: string, labels: string, by: number): void {
    const family = this.series.get(metric) ?? new Map<string, number>();
    family.set(labels, (family.get(labels) ?? 0) + by);
    this.series.set(metric, family);
  }

  private lines(metric: string): string {
    return [...(this.series.get(metric) ?? [])]
      .map(([labels, value]) => `${metric}${labels === '' ? '' : `{${labels}}`} ${value}\n`)
      .join('');
  }
}

function valueNow({ group, well, broken }: GaugePlan, isBroken: (group: MonitoringGroup) => boolean): number {
  return isBroken(group) ? broken : well;
}

interface Facts {
  readonly good: boolean;
  readonly status: number;
  readonly path: string;
  readonly colour: string | undefined;
}

function render(labels: Readonly<Record<string, Label>>, facts: Facts): string {
  return Object.entries(labels)
    .flatMap(([key, label]) => {
      const value = valueOf(label, facts);
      return value === null ? [] : [labelText(key, value)];
    })
    .join(',');
}

function valueOf(label: Label, { good, status, path, colour }: Facts): string | null {
  switch (label.kind) {
    case 'constant':
      return label.value;
    case 'colour':
      return colour === undefined ? null : label.template.replaceAll('{colour}', colour);
    case 'status':
      return String(status);
    case 'path':
      return path;
    case 'outcome':
      return good ? label.good : label.bad;
    default:
      return assertNever(label);
  }
}

export const labelText = (key: string, value: string): string =>
  `${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
