import { percent } from '../announcement-words';
import type { Metric, Served } from '../announcements';
import type { Evidence } from '../judge/evidence';
import { meetsLimit } from '../judge/judge';
import type { SignalSpec } from '../spec';
import type { RunFacts } from './facts';

/** Every signal of the spec, counted over all watches of the run, and the quantiles of the newest. */
export function metricsOf({ request, watches }: Pick<RunFacts, 'request' | 'watches'>): readonly Metric[] {
  return request.spec.signals.flatMap((signal) => [shareOf(signal, watches), ...quantileOf(signal, watches)]);
}

function shareOf(signal: SignalSpec, watches: RunFacts['watches']): Metric {
  const evidence = countedOf(signal, watches, 'candidate');
  return {
    title: signal.title,
    target: `${signal.direction} ${percent(signal.limit)}`,
    measured:
      evidence.among === 0
        ? { kind: 'not measured' }
        : {
            kind: 'measured',
            words: `${percent(evidence.part / evidence.among)} of ${evidence.among}`,
            isMet: meetsLimit(signal, evidence),
          },
  };
}

/** The signal `errors` of both versions, counted over all watches of the run. */
export function servedOf({ request, watches }: Pick<RunFacts, 'request' | 'watches'>): Served {
  const errors = request.spec.signals.find(({ id }) => id === 'errors');
  if (!errors) return { before: nothing, after: nothing, isWell: false };
  const [before, after] = [countedOf(errors, watches, 'control'), countedOf(errors, watches, 'candidate')];
  return {
    before,
    after,
    isWell: [before, after].every((one) => meetsLimit(errors, one)) && watches.every(({ tally }) => tally.missing === 0),
  };
}
const nothing: Evidence = { part: 0, among: 0 };

function countedOf({ id }: SignalSpec, watches: RunFacts['watches'], whose: 'candidate' | 'control'): Evidence {
  const counts = watches.flatMap(({ tally }) => tally.signals.filter(({ signal }) => signal === id).map((counted) => counted[whose]));
  return { part: sum(counts.map(({ part }) => part)), among: sum(counts.map(({ among }) => among)) };
}

/** A limit on a bucket is a limit on the quantile: 95 % within 500 ms is a p95 below 500 ms. */
function quantileOf(signal: SignalSpec, watches: RunFacts['watches']): readonly Metric[] {
  const { quantile, part, limit, direction } = signal;
  if (!quantile) return [];
  const seconds = watches
    .flatMap(({ tally }) => tally.signals.filter(({ signal: id }) => id === signal.id).map((counts) => counts.quantile))
    .findLast((value) => value !== null);
  const bound = direction === 'above' && limit === quantile.q ? Number(part.labels['le']) : NaN;
  const isBound = Number.isFinite(bound);
  return [
    {
      title: `p${Math.round(quantile.q * 100)}`,
      target: isBound ? `below ${Math.round(bound * 1000)} ms` : 'none in the spec',
      measured:
        seconds === undefined
          ? { kind: 'not measured' }
          : { kind: 'measured', words: `${Math.round(seconds * 1000)} ms`, isMet: !isBound || seconds < bound },
    },
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
