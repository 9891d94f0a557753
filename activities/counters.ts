import type { CounterSelector } from '../workflows/runbook/spec';
import { failure } from './failures';
import type { Series } from './ports/metrics';

/** A selector with its colour filled in, ready to be asked of many series. */
export type Matcher = (series: Series) => boolean;

/** The selector as a question to a series. `{colour}` is replaced; a value in slashes is an anchored regular expression. */
export function matcher({ metric, labels }: CounterSelector, colour: string): Matcher {
  const fill = (text: string) => text.replaceAll('{colour}', colour);
  const name = fill(metric);
  const tests = Object.entries(labels).map(([label, value]) => [label, valueTest(fill(value), label)] as const);
  // As in PromQL, a label that is not there is an empty one.
  return (series) => series.metric === name && tests.every(([label, test]) => test(series.labels[label] ?? ''));
}

function valueTest(value: string, label: string): (text: string) => boolean {
  if (value.length < 2 || !value.startsWith('/') || !value.endsWith('/')) return (text) => text === value;
  try {
    const pattern = new RegExp(`^(?:${value.slice(1, -1)})$`, 'u');
    return (text) => pattern.test(text);
  } catch {
    throw failure('Misconfigured', `Label ${label} has no valid regular expression ${value}`, { remedy: 'Correct it in the spec.' });
  }
}

/** What a set of series says at one moment: their values, or why they say nothing. */
export type Reading =
  { readonly kind: 'values'; readonly values: readonly Series[] } | { readonly kind: 'unknown'; readonly reason: string };

/** After so long without a new value a series counts as stale, as in Prometheus. */
const staleAfter = 5 * 60_000;

/** The series that a matcher picks; unknown where one of them is no usable counter. */
export function readCounters(series: readonly Series[], matches: Matcher, now: number): Reading {
  const values = series.filter(matches);
  for (const { metric, value, at } of values) {
    if (!Number.isFinite(value)) return { kind: 'unknown', reason: `${metric} is not a number` };
    if (value < 0) return { kind: 'unknown', reason: `${metric} is negative` };
    if (at !== null && now - at > staleAfter) return { kind: 'unknown', reason: `${metric} is stale since ${new Date(at).toISOString()}` };
  }
  return { kind: 'values', values };
}

/** The growth of a counter; one that fell was reset and has counted from zero. A series that is new has counted from zero too. */
export function growth(before: number | undefined, now: number): number {
  return before === undefined || now < before ? now : now - before;
}
