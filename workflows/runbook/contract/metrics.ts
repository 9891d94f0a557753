import type { SampleTally } from '../judge/evidence';
import type { NamedGauge } from '../monitoring';
import type { CounterSelector, Milliseconds, Percent, SignalSpec } from '../spec';
import type { Hold } from '../target';

/** What /metrics tells: watches, verification, monitoring. */
export interface MetricsActivities {
  /** Samples the signals over a window; answers at the first proof of failure, at its end, or when told to stop. */
  sampleSignals(request: SampleRequest): Promise<SampleTally>;
  /** 2.4: the metric families are present and moving. */
  verifyMetrics(request: MetricsRequest): Promise<MetricsReceipt>;
  /** After 2.4: the signals of the monitoring that /metrics answers, each against its limit. */
  checkGauges(request: GaugesRequest): Promise<GaugesReceipt>;
}

export interface SampleRequest {
  readonly metricsUrl: string;
  readonly signals: readonly SignalSpec[];
  readonly requests: CounterSelector;
  readonly candidate: string;
  readonly live: string;
  /** The share that is set, against which the served split is judged. */
  readonly share: Percent;
  readonly every: Milliseconds;
  /** From the beginning: until then the split is not counted, as the gateway may still serve the one before. */
  readonly propagation?: Milliseconds;
  /** Absent: until told to stop (the guard of a pause). */
  readonly window?: Milliseconds;
  /** The lock whose record says what must still be as it was written. */
  readonly hold?: Hold;
  /** Subjects in which people have accepted what others set. */
  readonly adopted?: readonly string[];
  /** Evidence of an earlier part of the same watch. */
  readonly prior?: SampleTally;
}

export interface MetricsRequest {
  readonly metricsUrl: string;
  readonly families: readonly string[];
  /** Between the two scrapes that must differ. */
  readonly every: Milliseconds;
}
export interface GaugesRequest {
  readonly metricsUrl: string;
  /** The colour that serves: `{colour}` in a selector. */
  readonly colour: string;
  /** Between two scrapes. */
  readonly every: Milliseconds;
  readonly gauges: readonly NamedGauge[];
}
export interface GaugesReceipt {
  /** By the signal's id. */
  readonly values: Readonly<Record<string, number>>;
}
export interface MetricsReceipt {
  /** Families found, with the number of series that moved. */
  readonly families: Readonly<Record<string, number>>;
}
