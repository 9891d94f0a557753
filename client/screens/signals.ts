import type { SampleTally, SignalTally } from '../../workflows/runbook/judge/evidence';
import type { SignalSpec } from '../../workflows/runbook/spec';
import { sparkline, type Trend } from './bars';
import { pad, type Look } from './look';
import { percent } from './words';

export interface Watched {
  readonly tally: SampleTally;
  readonly trend: Trend;
  /** Limits and titles, where the deployment's request could be read. */
  readonly signals: readonly SignalSpec[];
}

/** One line per signal of the running watch, then what is missing. */
export function signalLines(look: Look, { tally, trend, signals }: Watched): readonly string[] {
  const lines = tally.signals.map((counts) => {
    const spec = signals.find(({ id }) => id === counts.signal);
    const values = trend[counts.signal] ?? [];
    const full = spec?.direction === 'below' ? 2 * spec.limit : 1;
    return `${pad(signalText(spec, counts), 46)} ${sparkline(look, values, full)}`.trimEnd();
  });
  const { missing, split } = tally;
  return [
    ...lines,
    ...(split.among === 0 ? ['no request counted yet'] : []),
    ...(missing > 0 ? [`${Math.round(missing / 1000)} s without samples`] : []),
  ];
}

function signalText(spec: SignalSpec | undefined, { signal, candidate, quantile, unknown }: SignalTally): string {
  const title = spec?.title ?? signal;
  if (unknown !== null) return `${title}: ${unknown}`;
  if (candidate.among === 0) return `${title}: nothing to judge yet`;
  const limit = spec ? ` ${spec.direction === 'below' ? '<' : '>'} ${percent(spec.limit)}` : '';
  const shown = quantile === null || !spec?.quantile ? '' : `, p${Math.round(spec.quantile.q * 100)} ${Math.round(quantile * 1000)} ms`;
  const few = spec && candidate.among < spec.minimum ? ` (${candidate.among} of ${spec.minimum})` : '';
  return `${title} ${percent(candidate.part / candidate.among)}${limit}${shown}${few}`;
}
