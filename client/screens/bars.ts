import type { Evidence, SampleTally } from '../../workflows/runbook/judge/evidence';
import type { Look } from './look';

const width = 20;

/** The split between candidate and live as a bar of twenty. */
export function shareBar({ unicode }: Look, share: number): string {
  const filled = Math.round((Math.min(100, Math.max(0, share)) / 100) * width);
  return (unicode ? '█' : '#').repeat(filled) + (unicode ? '░' : '-').repeat(width - filled);
}

/** The latest shares of each signal, oldest first; what a sparkline shows. */
export type Trend = Readonly<Record<string, readonly number[]>>;

const remembered = 12;

/** Adds what the newest sample said; a sample that was seen before adds nothing. */
export function addToTrend(trend: Trend, before: SampleTally | null, now: SampleTally | null): Trend {
  if (!now) return {};
  const restarted = before === null || now.samples < before.samples;
  if (!restarted && now.samples === before.samples) return trend;
  const base: Trend = restarted ? {} : trend;
  return Object.fromEntries(
    now.signals.map(({ signal, latest }) => [signal, [...(base[signal] ?? []), ...shareOf(latest)].slice(-remembered)]),
  );
}

function shareOf({ part, among }: Evidence): readonly number[] {
  return among > 0 ? [part / among] : [];
}

const heights = { unicode: '▁▂▃▄▅▆▇█', ascii: '_.-=+*#@' } as const;

/** Small bars for fractions, against the full scale that matters: twice the limit for what must stay below it, else one. */
export function sparkline({ unicode }: Look, values: readonly number[], full: number): string {
  const steps = [...heights[unicode ? 'unicode' : 'ascii']];
  return values.map((value) => steps[Math.min(steps.length - 1, Math.floor((Math.max(0, value) / full) * steps.length))]).join('');
}
