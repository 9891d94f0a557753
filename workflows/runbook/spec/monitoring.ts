import type { CounterSelector } from './counter';

/** The runbook's monitoring checklist. */
export interface MonitoringSpec {
  readonly signals: readonly MonitoringSignalSpec[];
}

/** One signal; exactly one of the last four says what it is known by. */
export interface MonitoringSignalSpec {
  /** Its group, a dot, its name: `deployment.pool`. */
  readonly id: string;
  readonly title: string;
  /** A signal of the watches, by id. */
  readonly watch?: string;
  /** A step or section of the plan that judges it. */
  readonly step?: string;
  readonly gauge?: GaugeSpec;
  /** Of the closed list: no machine can look. */
  readonly attestation?: string;
}

/** A value on /metrics with its limit. */
export interface GaugeSpec {
  readonly value: CounterSelector;
  /** Divided by this, where it is a part of something. */
  readonly among?: CounterSelector;
  /** `value`: as it stands. `rate`: its growth per second. */
  readonly as: 'value' | 'rate';
  /** What is made of several series; rates are summed. */
  readonly combine: 'sum' | 'highest' | 'lowest';
  readonly direction: 'below' | 'above';
  readonly limit: number;
  /** What it means that there is no series. */
  readonly absence: 'inconclusive' | 'fail';
}
