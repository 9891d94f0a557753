import { createHash } from 'node:crypto';
import type { SampleRequest } from '../workflows/runbook/contract';
import type { Apart, Evidence, SampleTally, SignalTally } from '../workflows/runbook/judge/evidence';
import { suspectsOf, worstOf } from '../workflows/runbook/judge/judge';
import type { CounterSelector, SignalSpec } from '../workflows/runbook/spec';
import { growth, matcher, readCounters, type Reading } from './counters';
import { quote } from './failures';
import { identify } from './ports/metrics/exposition';
import type { Scrape, Series } from './ports/metrics';
import { quantileOf, type Buckets } from './quantile';

/** What a sampler carries from one sample to the next, and in heartbeat details across crashes. Times are epoch milliseconds. */
export interface SamplerState {
  readonly startedAt: number;
  /** The last scrape that could be read. */
  readonly lastSampleAt: number | null;
  readonly tally: SampleTally;
  /** Last values by slot and series: what the next growth is measured from. A slot without an entry has no baseline yet. */
  readonly baselines: Readonly<Record<string, Baseline>>;
  /** Growth of each bucket since the start, by signal. */
  readonly buckets: Readonly<Record<string, Buckets>>;
  /** The candidate's counts by value of the label by which a signal is judged apart, by signal. */
  readonly apart: Readonly<Record<string, readonly Apart[]>>;
  /** Hash of the last answer: one that is given again and again is a copy, not a sample. */
  readonly answer: string;
}
/** Value by a short hash of the series' identity. */
type Baseline = Readonly<Record<string, number>>;

/** Slots of histograms end so: they serve people only, and are the first to stay behind where details grow too large. */
export const quantileSlot = 'q';

/** What is sampled: the part of the request that tells which series matter. */
export type Sampled = Pick<SampleRequest, 'signals' | 'requests' | 'candidate' | 'live' | 'every' | 'propagation' | 'prior'>;

const nothing: Evidence = { part: 0, among: 0 };
/** Letters of a label's value that are told. */
const longestValue = 80;

/** Before the first sample: the evidence of an earlier part of the same watch, if there is one. */
export function initialState({ signals, prior }: Sampled, now: number): SamplerState {
  const counted = (signal: SignalSpec): SignalTally => {
    const before = prior?.signals.find((tally) => tally.signal === signal.id);
    return {
      ...(before ?? { candidate: nothing, control: nothing, quantile: null }),
      signal: signal.id,
      latest: nothing,
      unknown: 'never sampled',
    };
  };
  const tally: SampleTally = {
    samples: prior?.samples ?? 0,
    missing: prior?.missing ?? 0,
    signals: signals.map(counted),
    split: prior?.split ?? nothing,
    failure: null,
  };
  return { startedAt: now, lastSampleAt: null, tally, baselines: {}, buckets: {}, apart: {}, answer: '' };
}

/** One scrape taken in. One that cannot be read, or that repeats the one before, leaves the counts as they are and says why at every signal. */
export function absorb(state: SamplerState, sampled: Sampled, scrape: Scrape, now: number): SamplerState {
  if (scrape.kind !== 'series') {
    const reason = scrape.kind === 'malformed' ? `metrics are malformed at line ${scrape.line}: ${scrape.reason}` : scrape.reason;
    return blind(state, () => reason);
  }
  const answer = fingerprint(scrape.series);
  if (answer === state.answer) {
    // An application that nobody calls may repeat itself for a moment.
    return uncovered(state, sampled.every, now) > 0 ? blind(state, (known) => known ?? repeating) : state;
  }
  const growths = new Growths(state.baselines, scrape.series, now);
  const buckets: Record<string, Buckets> = { ...state.buckets };
  const apart: Record<string, readonly Apart[]> = { ...state.apart };
  const signals = sampled.signals.map((signal, place) => {
    const before = state.tally.signals[place];
    const counted = before ? countSignal(signal, place, before, state.apart[place] ?? carried(before), growths, sampled) : null;
    if (counted && signal.by !== undefined) apart[place] = counted.values;
    const { sums, quantile } = countBuckets(signal, place, buckets[place] ?? {}, growths, sampled.candidate);
    buckets[place] = sums;
    return counted && { ...counted.tally, quantile: quantile ?? counted.tally.quantile };
  });
  return {
    ...state,
    lastSampleAt: now,
    answer,
    baselines: growths.baselines,
    buckets,
    apart,
    tally: {
      ...state.tally,
      samples: state.tally.samples + 1,
      missing: state.tally.missing + uncovered(state, sampled.every, now),
      signals: signals.flatMap((tally) => (tally ? [tally] : [])),
      split: splitSoFar(state, sampled, growths),
    },
  };
}

const repeating = 'metrics stand still: the same answer again and again';

/** Nothing was learned, and why; the reason that is known already may say more. */
function blind(state: SamplerState, reason: (known: string | null) => string): SamplerState {
  const signals = state.tally.signals.map((tally) => ({ ...tally, latest: nothing, unknown: reason(tally.unknown) }));
  return { ...state, tally: { ...state.tally, signals } };
}

/** The tally of a part of a watch that ends now: with what no sample covers up to here, and with what the next part goes on from. */
export function closed(state: SamplerState, { signals, every }: Sampled, now: number): SampleTally {
  return { ...carrying(state, signals), missing: state.tally.missing + uncovered(state, every, now) };
}

/** The tally with the few values that it takes to go on without the counts of all. */
export function carrying({ tally, apart }: SamplerState, signals: readonly SignalSpec[]): SampleTally {
  const carries = (counts: SignalTally, place: number): SignalTally => {
    const signal = signals[place];
    const suspects = signal ? suspectsOf(signal, apart[place] ?? carried(counts)) : [];
    return suspects.length > 0 ? { ...counts, suspects } : counts;
  };
  return { ...tally, signals: tally.signals.map(carries) };
}

/** The values that a tally has counts of: the worst is often one of the suspects, and then the same. */
function carried({ worst, suspects = [] }: SignalTally): readonly Apart[] {
  return worst ? [worst, ...suspects.filter(({ value }) => value !== worst.value)] : suspects;
}

/** Time since the last sample, where it is an outage: longer than two intervals. */
function uncovered({ startedAt, lastSampleAt, baselines }: SamplerState, every: number, now: number): number {
  const gap = now - (lastSampleAt ?? startedAt);
  const isResumedBlind = lastSampleAt !== null && Object.keys(baselines).length === 0;
  return gap > 2 * every || isResumedBlind ? gap : 0;
}

function countSignal(
  signal: SignalSpec,
  place: number,
  before: SignalTally,
  known: readonly Apart[],
  growths: Growths,
  { candidate, live }: Sampled,
): { readonly tally: SignalTally; readonly values: readonly Apart[] } {
  const counted = countPair(signal, `${place}c`, growths, candidate);
  const control = countPair(signal, `${place}l`, growths, live);
  const tally = { ...before, control: typeof control === 'string' ? before.control : add(before.control, sums(control)) };
  if (typeof counted === 'string') return { tally: { ...tally, latest: nothing, unknown: counted }, values: known };
  const latest = sums(counted);
  const all = add(before.candidate, latest);
  const unknown = unknownApart(signal, counted);
  // What cannot be told apart is no value's: counted for one, it would acquit or convict it.
  const values = unknown === null ? addValues(signal, known, counted) : known;
  const worst = worstOf(signal, values);
  return { tally: { ...tally, candidate: all, latest, ...(worst ? { worst } : {}), unknown }, values };
}

/** Counts by value of the label by which the signal is judged apart; none where it is not. */
function addValues({ by }: SignalSpec, known: readonly Apart[], counted: Pair): readonly Apart[] {
  if (by === undefined) return [];
  const values = new Map(known.map((one) => [one.value, one]));
  for (const kind of ['part', 'among'] as const) {
    for (const [{ labels }, more] of counted[kind]) {
      const value = quote(labels[by] ?? '', longestValue);
      const one = values.get(value) ?? { value, ...nothing };
      if (more > 0) values.set(value, { ...one, [kind]: one[kind] + more });
    }
  }
  return [...values.values()];
}

/** Why a signal cannot be judged by value, although all of them together can: a metric that has series, and none with the label. */
function unknownApart({ by, part, among }: SignalSpec, counted: Pair): string | null {
  if (by === undefined) return null;
  const isUnlabelled = (grown: Grown): boolean => grown.every(([{ labels }]) => labels[by] === undefined);
  if (isUnlabelled(counted.among)) return `${among.metric} has no label ${by}`;
  // Of the same metric, the few that the part counts may well be those without a value.
  const isOther = part.metric !== among.metric && counted.part.length > 0;
  return isOther && isUnlabelled(counted.part) ? `${part.metric} has no label ${by}` : null;
}

/** How much each series of one signal has grown. */
interface Pair {
  readonly part: Grown;
  readonly among: Grown;
}
type Grown = readonly (readonly [Series, number])[];

const total = (grown: Grown): number => grown.reduce((sum, [, more]) => sum + more, 0);
const sums = ({ part, among }: Pair): Evidence => ({ part: total(part), among: total(among) });

/** Part and whole of one signal for one colour, or why they are not known. Both move on together or not at all. */
function countPair(signal: SignalSpec, slot: string, growths: Growths, colour: string): Pair | string {
  const part = growths.read(signal.part, colour);
  const among = growths.read(signal.among, colour);
  if (part.kind === 'unknown') return part.reason;
  if (among.kind === 'unknown') return among.reason;
  const unheard = unheardLabel(signal, part.values, among.values);
  if (unheard !== null) return `${signal.part.metric} has no label ${unheard}`;
  const absent =
    among.values.length === 0 ? signal.among : part.values.length === 0 && signal.absence === 'inconclusive' ? signal.part : null;
  // Series that appear later have counted from zero: an absence is a baseline too, but only the first time.
  if (absent && growths.hasBaseline(`${slot}a`)) return `no series of ${absent.metric}`;
  const counted = { part: growths.each(`${slot}p`, part.values), among: growths.each(`${slot}a`, among.values) };
  return absent ? `no series of ${absent.metric}` : counted;
}

/**
 * A label of the part that no series of the same metric has: a slip of the pen, that would count nothing bad for ever where an absent part means zero.
 */
function unheardLabel({ part, among }: SignalSpec, parts: readonly Series[], wholes: readonly Series[]): string | null {
  if (parts.length > 0 || wholes.length === 0 || part.metric !== among.metric) return null;
  return Object.keys(part.labels).find((name) => wholes.every(({ labels }) => labels[name] === undefined)) ?? null;
}

/** Counted in the intervals that began when the gateway served the weights that are set, and not the ones before. */
function splitSoFar({ startedAt, lastSampleAt, tally }: SamplerState, sampled: Sampled, growths: Growths): Evidence {
  const counted = countSplit(growths, sampled);
  const isServed = (lastSampleAt ?? startedAt) - startedAt >= (sampled.propagation ?? 0);
  return isServed ? add(tally.split, counted) : tally.split;
}

function countSplit(growths: Growths, { requests, candidate, live }: Sampled): Evidence {
  const [ours, theirs] = [growths.read(requests, candidate), growths.read(requests, live)];
  if (ours.kind === 'unknown' || theirs.kind === 'unknown') return nothing;
  const part = growths.count('sc', ours.values);
  return { part, among: part + growths.count('sl', theirs.values) };
}

function countBuckets({ quantile }: SignalSpec, place: number, sums: Buckets, growths: Growths, colour: string) {
  if (!quantile) return { sums, quantile: null };
  const reading = growths.read({ metric: `${quantile.histogram}_bucket`, labels: quantile.labels }, colour);
  if (reading.kind === 'unknown') return { sums, quantile: quantileOf(sums, quantile.q) };
  const grown: Record<string, number> = { ...sums };
  for (const [series, more] of growths.each(`${place}${quantileSlot}`, reading.values)) {
    const bound = series.labels.le ?? '';
    grown[bound] = (grown[bound] ?? 0) + more;
  }
  return { sums: grown, quantile: quantileOf(grown, quantile.q) };
}

/** The growth of every slot between two scrapes. Mutable: it collects the baselines of the next. */
class Growths {
  readonly baselines: Record<string, Baseline>;

  constructor(
    private readonly before: Readonly<Record<string, Baseline>>,
    private readonly series: readonly Series[],
    private readonly now: number,
  ) {
    this.baselines = { ...before };
  }

  read(selector: CounterSelector, colour: string): Reading {
    return readCounters(this.series, matcher(selector, colour), this.now);
  }

  hasBaseline(slot: string): boolean {
    return this.before[slot] !== undefined;
  }

  /** Sum of the growth since the slot's baseline, 0 where this is its first. */
  count(slot: string, values: readonly Series[]): number {
    return total(this.each(slot, values));
  }

  /** Growth of each series. Series that are gone for now keep their last value. */
  each(slot: string, values: readonly Series[]): Grown {
    const before = this.before[slot];
    const named = values.map((series) => [shortId(series), series] as const);
    this.baselines[slot] = { ...before, ...Object.fromEntries(named.map(([id, { value }]) => [id, value])) };
    return named.map(([id, series]) => [series, before ? growth(before[id], series.value) : 0]);
  }
}

function fingerprint(series: readonly Series[]): string {
  const hash = createHash('sha256');
  for (const one of series) hash.update(`${identify(one)} ${one.value} ${one.at ?? ''}\n`);
  return hash.digest('base64').slice(0, 12);
}

/** Six characters of 64: short, as every series travels in every heartbeat. */
function shortId(series: Series): string {
  return createHash('sha256').update(identify(series)).digest('base64').slice(0, 6);
}

function add(a: Evidence, b: Evidence): Evidence {
  return { part: a.part + b.part, among: a.among + b.among };
}
