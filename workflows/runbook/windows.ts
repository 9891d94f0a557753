/** Runbook, "Deployment Windows": when production may be written. Half-open intervals in UTC; nothing here knows what time it is. */
import { weekdays, type FreezeSpec, type Milliseconds, type WeeklyHours, type WindowsSpec } from './spec';
import { between, moment, span, timeOfDay } from './words';

/** From `opens` until `closes`, not included; epoch milliseconds. */
export interface Opening {
  readonly opens: number;
  readonly closes: number;
  /** Of the windows that it is made of. */
  readonly name: string;
}

/** What a window must hold: everything from the first production write to the end of the selector's watch, and the way back from there. */
export interface WindowNeeds {
  /** Work and waits, as foreseen. */
  readonly run: Milliseconds;
  /** For what takes longer than foreseen. */
  readonly buffer: Milliseconds;
  /** The longest way back. */
  readonly rollback: Milliseconds;
}
export type Standing =
  | { readonly kind: 'fits'; readonly opening: Opening }
  /** Of the openings to come the first in which it fits, and why it does not begin now. */
  | { readonly kind: 'later'; readonly opening: Opening; readonly why: string }
  /** No opening is long enough for as far as is looked ahead. */
  | { readonly kind: 'never'; readonly why: string };

const day = 86_400_000;
const week = 7 * day;
/** How far ahead is looked for an opening: a year and its freezes. */
export const lookAhead: Milliseconds = 400 * day;
/** Monday, 5 January 1970. */
const aMonday = 4 * day;

interface Interval {
  readonly opens: number;
  readonly closes: number;
}

/**
 * The openings that are not over at `from`, in order, each cut where peak hours or a freeze begin. Windows that overlap or touch are one opening.
 *
 * @param ahead milliseconds after `from` before which an opening must begin.
 */
export function openings(from: number, windows: WindowsSpec, ahead: Milliseconds = lookAhead): readonly Opening[] {
  const { weekly, peak, freezes } = windows;
  const until = from + ahead;
  // What begins later still cuts, or continues, an opening that begins before.
  const horizon = until + week;
  const open = joined(weekly.flatMap((window) => occurrences(window, from, horizon).map((at) => ({ ...at, name: window.name }))));
  const shut = joined(
    [...(peak ? occurrences(peak, from, horizon) : []), ...freezes.map(({ from: opens, to: closes }) => ({ opens, closes }))].map((at) => ({
      ...at,
      name: '',
    })),
  );
  return without(open, shut).filter(({ opens, closes }) => closes > from && opens < until);
}

/** How long a window must be. */
export function needed({ run, buffer, rollback }: WindowNeeds): Milliseconds {
  return run + buffer + rollback;
}

/** Whether all of it fits into an opening, begun at `from` or, where that is earlier, when it opens. */
export function fits(from: number, { opens, closes }: Interval, needs: WindowNeeds): boolean {
  return Math.max(from, opens) + needed(needs) <= closes;
}

/** Whether production may be begun now; if not, when and why not now. */
export function standingAt(now: number, windows: WindowsSpec, needs: WindowNeeds): Standing {
  const all = openings(now, windows);
  const opening = all.find((candidate) => fits(now, candidate, needs));
  if (!opening) {
    const longest = Math.max(0, ...all.map(({ opens, closes }) => closes - Math.max(now, opens)));
    const has = longest === 0 ? 'no window opens' : `the longest opening has ${span(longest)}`;
    return { kind: 'never', why: `production needs ${inParts(needs)}, and within ${lookAhead / day} days ${has}` };
  }
  return opening.opens <= now ? { kind: 'fits', opening } : { kind: 'later', opening, why: whyNotYet(now, all, opening, windows, needs) };
}

/** `1 h 9 min (52 min, 15 min buffer, 2 min for the way back)` */
export function inParts(needs: WindowNeeds): string {
  const { run, buffer, rollback } = needs;
  return `${span(needed(needs))} (${span(run)}, ${span(buffer)} buffer, ${span(rollback)} for the way back)`;
}

/** `Tue 24 Nov 02:00–04:00 UTC (weekday)` */
export function openingInWords({ opens, closes, name }: Opening): string {
  return `${between(opens, closes)} (${name})`;
}

/** `Tue–Thu 02:00–04:00 UTC (weekday)` */
export function hoursInWords({ days, from, to, ...named }: WeeklyHours & { readonly name?: string }): string {
  const time = (at: Milliseconds) => (at === day ? '24:00' : timeOfDay(at));
  return `${daysInWords(days)} ${time(from)}–${time(to)} UTC${named.name === undefined ? '' : ` (${named.name})`}`;
}

/** Days that follow each other by their first and last. */
function daysInWords(days: WeeklyHours['days']): string {
  const places = weekdays.flatMap((name, place) => (days.includes(name) ? [place] : []));
  const runs = places.reduce<readonly (readonly number[])[]>((made, place) => {
    const last = made.at(-1);
    return last && place === (last.at(-1) ?? -2) + 1 ? [...made.slice(0, -1), [...last, place]] : [...made, [place]];
  }, []);
  const names = (run: readonly number[]) => [...new Set([run[0], run.at(-1)])].map((place) => weekdays[place ?? 0]);
  return runs.map((run) => names(run).join('–')).join(', ');
}

/** The freeze in which a moment lies. */
export function freezeAt(at: number, freezes: readonly FreezeSpec[]): FreezeSpec | undefined {
  return freezes.find(({ from, to }) => from <= at && at < to);
}

/** Whether a moment lies in hours of the week. */
export function isWithin(at: number, hours: WeeklyHours): boolean {
  return occurrences(hours, at, at + 1).some(({ opens, closes }) => opens <= at && at < closes);
}

function whyNotYet(now: number, all: readonly Opening[], opening: Opening, windows: WindowsSpec, needs: WindowNeeds): string {
  const running = all.find(({ opens }) => opens <= now);
  const tooShort = all.filter(({ opens }) => opens > now && opens < opening.opens);
  return [
    running
      ? `${running.name} is open until ${timeOfDay(running.closes)} UTC, ${span(running.closes - now)} are left, and production needs ${inParts(needs)}`
      : whyShut(now, windows),
    ...(tooShort.length > 0
      ? [`${tooShort.length === 1 ? 'one opening' : `${tooShort.length} openings`} before it would be too short`]
      : []),
  ].join('; ');
}

function whyShut(now: number, { peak, freezes }: WindowsSpec): string {
  const freeze = freezeAt(now, freezes);
  if (freeze) return `frozen until ${moment(freeze.to)}: ${freeze.reason}`;
  return peak && isWithin(now, peak) ? `peak hours until ${timeOfDay(peak.to)} UTC` : 'no window is open';
}

/** Each time the hours come in a stretch, also those that began before it. */
function occurrences({ days, from, to }: WeeklyHours, begin: number, end: number): readonly Interval[] {
  const length = to > from ? to - from : to + day - from;
  // Hours last a day at most, so that those of the week before the stretch's own cover its beginning.
  const first = Math.floor((begin - aMonday) / week) - 1;
  const last = Math.floor((end - aMonday) / week);
  return Array.from({ length: last - first + 1 }, (_, place) => aMonday + (first + place) * week).flatMap((monday) =>
    days.map((name) => {
      const opens = monday + weekdays.indexOf(name) * day + from;
      return { opens, closes: opens + length };
    }),
  );
}

/** In order; what overlaps or touches is one. */
function joined(intervals: readonly Opening[]): readonly Opening[] {
  const result: Opening[] = [];
  for (const next of intervals.toSorted((a, b) => a.opens - b.opens || a.closes - b.closes)) {
    const last = result.at(-1);
    if (!last || next.opens > last.closes) result.push(next);
    else
      result[result.length - 1] = { opens: last.opens, closes: Math.max(last.closes, next.closes), name: bothNames(last.name, next.name) };
  }
  return result;
}

function bothNames(one: string, other: string): string {
  return one.split(' and ').includes(other) ? one : `${one} and ${other}`;
}

/** What of the openings is left where `shut` is taken out; both in order and apart. */
function without(open: readonly Opening[], shut: readonly Interval[]): readonly Opening[] {
  let first = 0;
  return open.flatMap((opening) => {
    while ((shut[first]?.closes ?? Infinity) <= opening.opens) first++;
    const parts: Opening[] = [];
    let opens = opening.opens;
    for (let place = first; place < shut.length; place++) {
      const { opens: shuts, closes: reopens } = shut[place] ?? opening;
      if (shuts >= opening.closes) break;
      if (shuts > opens) parts.push({ ...opening, opens, closes: shuts });
      opens = Math.max(opens, reopens);
    }
    return opens < opening.closes ? [...parts, { ...opening, opens }] : parts;
  });
}
