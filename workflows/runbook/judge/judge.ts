import type { SignalSpec } from '../spec';
import type { Apart, Evidence, SampleTally, SignalTally } from './evidence';
import { percent } from '../words';

/** What a judge may say. Unknown is never a number, and no evidence is never a pass. */
export type Verdict =
  | { readonly kind: 'pass'; readonly note: string }
  | { readonly kind: 'fail'; readonly reason: string }
  | { readonly kind: 'inconclusive'; readonly reason: string };

/** The one signature behind which judges are exchanged: a signal's rule and what was counted, at one look or at the end. */
export type Judge = (signal: SignalSpec, tally: SignalTally) => Verdict;

/** z of a one-sided 99.99 % bound: a watch is looked at hundreds of times, and each look may be wrong. */
const zOfProof = 3.719;
/** Below so many events one interval alone proves nothing. */
const leastInterval = 50;
/** Below so many events one value of a label alone proves nothing. */
const leastApart = 20;

/** So many values of a label go on from one part of a watch to the next: they lie in the history with each. */
const mostSuspects = 5;

/** Fraction of all requests by which the split served may differ from the one set, however many there are. */
const scatter = 0.005;

/** Lower end of the one-sided Wilson interval of `part / among`. */
export function lowerBound({ part, among }: Evidence): number {
  if (among <= 0) return 0;
  const share = part / among;
  const z2 = zOfProof * zOfProof;
  const centre = share + z2 / (2 * among);
  const spread = zOfProof * Math.sqrt((share * (1 - share)) / among + z2 / (4 * among * among));
  return Math.max(0, (centre - spread) / (1 + z2 / among));
}

/** The guard before the end of a window: fails only on proof, in the whole window or in its latest interval alone. */
export const guard: Judge = (signal, tally) => {
  if (tally.candidate.among < signal.minimum) return { kind: 'inconclusive', reason: tooFew(signal, tally.candidate) };
  const proven = [tally.candidate, tally.latest].find(
    (evidence) => (evidence === tally.candidate || evidence.among >= leastInterval) && isProven(signal, evidence),
  );
  if (proven) return { kind: 'fail', reason: beyond(signal, proven) };
  const apart = tally.worst && verdictApart(signal, tally.worst);
  return apart?.kind === 'fail' ? apart : { kind: 'pass', note: measured(signal, tally) };
};

/** Of counts by value the one that decides: what is proven to be beyond the limit, what seems so by enough events, and then the largest share. */
export function worstOf(signal: SignalSpec, values: readonly Apart[]): Apart | undefined {
  const rank = (value: Apart): number => (isProven(signal, value) ? 2 : verdictApart(signal, value) ? 1 : 0);
  const share = (value: Apart): number => badAmong(signal, value).part / value.among;
  const told = values.filter(({ among }) => among >= leastApart);
  return told.sort((a, b) => rank(b) - rank(a) || share(b) - share(a))[0];
}

/** Of counts by value the few that must not be forgotten: of those with anything bad, the ones with most beyond what the limit allows them. */
export function suspectsOf(signal: SignalSpec, values: readonly Apart[]): readonly Apart[] {
  const bad = (value: Apart): number => badAmong(signal, value).part;
  const excess = (value: Apart): number => bad(value) - badLimit(signal) * value.among;
  const suspects = values.filter((value) => bad(value) > 0);
  return suspects.sort((a, b) => excess(b) - excess(a)).slice(0, mostSuspects);
}

/** Whether counts are within a signal's limit, as at the end of a window. */
export function meetsLimit(signal: SignalSpec, evidence: Evidence): boolean {
  const bad = badAmong(signal, evidence);
  return bad.among > 0 && bad.part / bad.among < badLimit(signal);
}

/** The verdict at the end of a window: the runbook's limit on all that was counted. */
export const verdictAtEnd: Judge = (signal, tally) => {
  if (tally.unknown !== null) return { kind: 'inconclusive', reason: `${signal.title}: ${tally.unknown}` };
  if (tally.candidate.among < signal.minimum) return { kind: 'inconclusive', reason: tooFew(signal, tally.candidate) };
  if (!meetsLimit(signal, tally.candidate)) return { kind: 'fail', reason: beyond(signal, tally.candidate) };
  return (tally.worst && verdictApart(signal, tally.worst)) ?? { kind: 'pass', note: measured(signal, tally) };
};

/** One value by itself, null where nothing speaks against it. There are many, and one of them is beyond the limit by chance: it fails only on proof. */
function verdictApart(signal: SignalSpec, value: Apart): Verdict | null {
  if (isProven(signal, value)) return { kind: 'fail', reason: beyond(signal, value, ofValue(signal, value)) };
  if (meetsLimit(signal, value) || value.among < signal.minimum) return null;
  const share = `${percent(value.part / value.among)} of ${value.among}`;
  return {
    kind: 'inconclusive',
    reason: `${signal.title}:${ofValue(signal, value)} ${share}, too few to tell it from ${percent(signal.limit)}`,
  };
}

/** The first signal that is proven to be beyond its limit, as a sentence; null while there is none. */
export function firstFailure(signals: readonly SignalSpec[], tally: SampleTally, judge: Judge = guard): string | null {
  for (const [signal, counts] of pairs(signals, tally)) {
    const verdict = counts && judge(signal, counts);
    if (verdict?.kind === 'fail') return verdict.reason;
  }
  return null;
}

/** Every signal's verdict once a window is over, and whether the window was covered. */
export function judgeSignals(
  signals: readonly SignalSpec[],
  tally: SampleTally,
  every: number,
  judge: Judge = verdictAtEnd,
): readonly Verdict[] {
  return [
    ...pairs(signals, tally).map(([signal, counts]): Verdict =>
      counts ? judge(signal, counts) : { kind: 'inconclusive', reason: `${signal.title}: never sampled` },
    ),
    tally.missing > 2 * every
      ? { kind: 'inconclusive', reason: `${Math.ceil(tally.missing / 1000)} s of the watch have no samples` }
      : { kind: 'pass', note: '' },
  ];
}

/** The watch's verdict once its window is over: the worst of its signals, its coverage and the served split. */
export function judgeWatch(
  signals: readonly SignalSpec[],
  tally: SampleTally,
  share: number,
  every: number,
  judge: Judge = verdictAtEnd,
): Verdict {
  if (tally.failure !== null) return { kind: 'fail', reason: tally.failure };
  const verdicts = [...judgeSignals(signals, tally, every, judge), judgeSplit(tally.split, share)];
  const worst = verdicts.find(({ kind }) => kind === 'fail') ?? verdicts.find(({ kind }) => kind === 'inconclusive');
  return worst ?? { kind: 'pass', note: describeTally(signals, tally) };
}

/**
 * The split served against the share set: more than three standard deviations away says that we do not measure what we set. Never fewer than
 * three requests, nor than what balancers that are right scatter among many: then chance is not what sets them apart.
 */
export function judgeSplit({ part, among }: Evidence, share: number): Verdict {
  if (among === 0) return { kind: 'inconclusive', reason: 'split: no request was counted' };
  const set = share / 100;
  const deviation = Math.sqrt(set * (1 - set) * among);
  return Math.abs(part - set * among) > Math.max(3 * deviation, 3, scatter * among)
    ? { kind: 'inconclusive', reason: `split: ${percent(part / among)} of ${among} requests served by the candidate, ${share} % set` }
    : { kind: 'pass', note: describeSplit({ part, among }) };
}

/** The numbers that matter, in one line. */
export function describeTally(signals: readonly SignalSpec[], tally: SampleTally): string {
  const known = pairs(signals, tally).flatMap(([signal, counts]) =>
    counts && counts.candidate.among > 0 ? [measured(signal, counts)] : [],
  );
  return [...(tally.split.among > 0 ? [describeSplit(tally.split)] : []), ...known].join(' · ');
}

/** Signals of the spec beside what was counted for them. */
function pairs(signals: readonly SignalSpec[], tally: SampleTally): readonly (readonly [SignalSpec, SignalTally | undefined])[] {
  return signals.map((signal) => [signal, tally.signals.find((counts) => counts.signal === signal.id)] as const);
}

function badAmong(signal: SignalSpec, { part, among }: Evidence): Evidence {
  return { part: signal.direction === 'below' ? part : among - part, among };
}
function badLimit(signal: SignalSpec): number {
  return signal.direction === 'below' ? signal.limit : 1 - signal.limit;
}
function isProven(signal: SignalSpec, evidence: Evidence): boolean {
  return lowerBound(badAmong(signal, evidence)) > badLimit(signal);
}
/** ` of path /api/stats` */
function ofValue({ by = '' }: SignalSpec, { value }: Apart): string {
  return ` of ${by} ${value === '' ? '(none)' : value}`;
}
function tooFew(signal: SignalSpec, { among }: Evidence): string {
  return `${signal.title}: ${among} of at least ${signal.minimum} events`;
}
function beyond(signal: SignalSpec, evidence: Evidence, of = ''): string {
  const sign = signal.direction === 'below' ? 'must stay below' : 'must stay above';
  return `${signal.title}${of} ${percent(evidence.part / evidence.among)} of ${evidence.among}, ${sign} ${percent(signal.limit)}`;
}
function measured(signal: SignalSpec, { candidate, quantile, worst }: SignalTally): string {
  const shown = quantile === null || !signal.quantile ? '' : ` (p${Math.round(signal.quantile.q * 100)} ${Math.round(quantile * 1000)} ms)`;
  const apart = worst ? `, worst${ofValue(signal, worst)} ${percent(worst.part / worst.among)}` : '';
  return `${signal.title} ${percent(candidate.part / candidate.among)}${shown}${apart}`;
}
function describeSplit({ part, among }: Evidence): string {
  return `${percent(part / among)} of ${among} requests served`;
}
