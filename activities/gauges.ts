import type { GaugesReceipt, GaugesRequest } from '../workflows/runbook/contract';
import { judgeGauge, type GaugeReading } from '../workflows/runbook/judge/gauges';
import type { Verdict } from '../workflows/runbook/judge/judge';
import type { CounterSelector, GaugeSpec, Milliseconds } from '../workflows/runbook/spec';
import type { Attempt } from './activity';
import { growth, matcher } from './counters';
import { failure } from './failures';
import type { Ports } from './ports';
import { identify } from './ports/metrics/exposition';
import type { Scrape, Series } from './ports/metrics';

const deadline = 10_000;
/** Scrapes until everything is known, so that a moment without metrics is no question to people. */
const most = 6;

/** One scrape and when it was taken; epoch milliseconds. */
interface Taken {
  readonly series: readonly Series[];
  readonly at: number;
}

/** The signals of the monitoring that /metrics answers (runbook, "monitoring checklist"): each value against its limit. */
export function gaugeActivities(ports: Ports) {
  return {
    async checkGauges(request: GaugesRequest, { signal, heartbeat }: Attempt): Promise<GaugesReceipt> {
      const { gauges } = request;
      const readings = await readGauges(ports, request, signal, () => heartbeat(null));
      const verdicts = gauges.map(
        (gauge) => [gauge, judgeGauge(gauge, readings[gauge.id] ?? { kind: 'unknown', reason: 'never read' })] as const,
      );
      const failed = reasons(verdicts, 'fail');
      const unknown = reasons(verdicts, 'inconclusive');
      if (failed.length > 0) {
        throw failure('CheckFailed', [...failed, ...unknown].join('; '), { remedy: 'Look at what is beyond its limit.' });
      }
      if (unknown.length > 0) {
        throw failure('Inconclusive', unknown.join('; '), { remedy: 'Check that the application exports them, then retry.' });
      }
      const values = Object.entries(readings).flatMap(([id, reading]) => (reading.kind === 'value' ? [[id, reading.value] as const] : []));
      return { values: Object.fromEntries(values) };
    },
  };
}

/** Reads all gauges from the same scrapes: the newest one, and for rates the first one too. */
export async function readGauges(
  { metrics, clock }: Pick<Ports, 'metrics' | 'clock'>,
  { metricsUrl, colour, every, gauges }: GaugesRequest,
  signal: AbortSignal,
  beat: () => void,
): Promise<Readonly<Record<string, GaugeReading>>> {
  const needsTwo = gauges.some(({ as }) => as === 'rate');
  let first: Taken | null = null;
  let readings: Readonly<Record<string, GaugeReading>> = {};
  for (let scrape = 1; scrape <= most; scrape++) {
    if (scrape > 1) await clock.sleep(every, signal);
    beat();
    const answer: Scrape = await metrics.scrape(metricsUrl, deadline, signal);
    if (answer.kind !== 'series') {
      readings = Object.fromEntries(
        gauges.map(({ id }) => [id, readings[id]?.kind === 'value' ? readings[id] : { kind: 'unknown', reason: answer.reason }]),
      );
      continue;
    }
    const now: Taken = { series: answer.series, at: clock.now() };
    const before: Taken | null = first;
    first ??= now;
    readings = Object.fromEntries(gauges.map((gauge) => [gauge.id, readGauge(gauge, colour, before, now)]));
    if ((before !== null || !needsTwo) && Object.values(readings).every(({ kind }) => kind === 'value')) break;
  }
  return readings;
}

function readGauge({ value, among, as, combine }: GaugeSpec, colour: string, before: Taken | null, now: Taken): GaugeReading {
  const part = as === 'rate' ? rateOf(value, colour, before, now) : valueOf(value, colour, combine, now);
  if (part.kind !== 'value' || !among) return part;
  const whole = as === 'rate' ? rateOf(among, colour, before, now) : valueOf(among, colour, combine, now);
  if (whole.kind !== 'value') return whole;
  return whole.value > 0
    ? { kind: 'value', value: part.value / whole.value }
    : { kind: 'unknown', reason: `${among.metric} is ${whole.value}` };
}

const combined: Readonly<Record<GaugeSpec['combine'], (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  highest: (values) => Math.max(...values),
  lowest: (values) => Math.min(...values),
};

function valueOf(selector: CounterSelector, colour: string, combine: GaugeSpec['combine'], { series }: Taken): GaugeReading {
  const values = series.filter(matcher(selector, colour)).map(({ value }) => value);
  if (values.length === 0) return absent(selector);
  return values.every(Number.isFinite)
    ? { kind: 'value', value: combined[combine](values) }
    : { kind: 'unknown', reason: `${selector.metric} is not a number` };
}

/** Growth per second of all series together; one that fell was reset, and one that is new has counted from zero. */
function rateOf(selector: CounterSelector, colour: string, before: Taken | null, now: Taken): GaugeReading {
  const values = now.series.filter(matcher(selector, colour));
  if (values.length === 0) return absent(selector);
  if (!values.every(({ value }) => Number.isFinite(value))) return { kind: 'unknown', reason: `${selector.metric} is not a number` };
  const seconds: Milliseconds = before === null ? 0 : (now.at - before.at) / 1_000;
  if (before === null || seconds <= 0) return { kind: 'unknown', reason: `${selector.metric} was read only once` };
  const known = new Map(before.series.map((series) => [identify(series), series.value]));
  const grown = values.reduce((sum, series) => sum + growth(known.get(identify(series)), series.value), 0);
  return { kind: 'value', value: grown / seconds };
}

const absent = ({ metric }: CounterSelector): GaugeReading => ({ kind: 'absent', reason: `no series of ${metric}` });

function reasons(verdicts: readonly (readonly [unknown, Verdict])[], kind: 'fail' | 'inconclusive'): readonly string[] {
  return verdicts.flatMap(([, verdict]) => (verdict.kind === kind ? [verdict.reason] : []));
}
