import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { weekdays, type Weekday, type WindowsSpec } from '../../../workflows/runbook/spec';
import { fits, hoursInWords, needed, openings, standingAt, type Opening } from '../../../workflows/runbook/windows';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const at = (iso: string): number => Date.parse(`${iso}Z`);

/** The runbook's own: Tue to Thu 02:00 to 04:00, Sat and Sun 01:00 to 03:00, never from 9 to 18. */
const runbook: WindowsSpec = {
  weekly: [
    { name: 'weekday', days: ['Tue', 'Wed', 'Thu'], from: 2 * hour, to: 4 * hour },
    { name: 'weekend', days: ['Sat', 'Sun'], from: hour, to: 3 * hour },
  ],
  peak: { days: [...weekdays], from: 9 * hour, to: 18 * hour },
  freezes: [],
  buffer: 15 * minute,
  timeZones: [],
};
const needs = (total: number) => ({ run: total, buffer: 0, rollback: 0 });
const isOpen = (now: number, windows = runbook): boolean => openings(now, windows, 1).some(({ opens }) => opens <= now);
const stamps = (list: readonly Opening[]) =>
  list.map(({ opens, closes }) => `${new Date(opens).toISOString().slice(0, 16)} ${new Date(closes).toISOString().slice(0, 16)}`);

describe('the edges of a window', () => {
  test.each([
    ['Tuesday 02:00', '2026-11-24T02:00', 'opens'],
    ['Thursday 04:00', '2026-11-26T04:00', 'closes'],
    ['Saturday 01:00', '2026-11-28T01:00', 'opens'],
    ['Sunday 03:00', '2026-11-29T03:00', 'closes'],
    ['the last day of a year', '2026-12-31T02:00', 'opens'],
    ['the first days of a year', '2027-01-02T03:00', 'closes'],
    ['the leap day', '2024-02-29T02:00', 'opens'],
    ['the end of the leap day', '2024-02-29T04:00', 'closes'],
    ['the day on which Europe puts its clocks forward', '2026-03-29T01:00', 'opens'],
    ['the day on which Europe puts its clocks back', '2026-10-25T03:00', 'closes'],
  ] as const)('%s (%s) %s to the millisecond', (_, moment, what) => {
    const edge = at(moment);
    expect([edge - 1, edge, edge + 1].map((now) => isOpen(now))).toEqual(what === 'opens' ? [false, true, true] : [true, false, false]);
  });

  test('after Sunday 03:00 the next one is that of Tuesday', () => {
    expect(stamps(openings(at('2026-11-29T03:00'), runbook).slice(0, 2))).toEqual([
      '2026-12-01T02:00 2026-12-01T04:00',
      '2026-12-02T02:00 2026-12-02T04:00',
    ]);
  });

  test('across the end of a year the week goes on', () => {
    expect(stamps(openings(at('2026-12-31T03:59'), runbook).slice(0, 3))).toEqual([
      '2026-12-31T02:00 2026-12-31T04:00',
      '2027-01-02T01:00 2027-01-02T03:00',
      '2027-01-03T01:00 2027-01-03T03:00',
    ]);
  });
});

describe('openings', () => {
  const nightly = { name: 'night', days: ['Fri'] as const, from: 23 * hour, to: hour };

  test('a window past midnight ends on the next day, and is found after midnight too', () => {
    const windows = { ...runbook, weekly: [nightly] };
    expect(stamps(openings(at('2026-11-28T00:30'), windows).slice(0, 1))).toEqual(['2026-11-27T23:00 2026-11-28T01:00']);
  });

  test('windows that overlap or touch are one, by both names', () => {
    const weekly = [
      { name: 'early', days: ['Tue'] as const, from: 2 * hour, to: 4 * hour },
      { name: 'late', days: ['Tue'] as const, from: 3 * hour, to: 5 * hour },
      { name: 'late', days: ['Tue'] as const, from: 5 * hour, to: 6 * hour },
    ];
    expect(openings(at('2026-11-24T00:00'), { ...runbook, weekly }).slice(0, 1)).toEqual([
      { name: 'early and late', opens: at('2026-11-24T02:00'), closes: at('2026-11-24T06:00') },
    ]);
  });

  test('peak hours and freezes cut a window, and what is left on both sides stays', () => {
    const weekly = [{ name: 'day', days: ['Tue'] as const, from: 6 * hour, to: 22 * hour }];
    const freezes = [{ from: at('2026-11-24T20:00'), to: at('2026-11-24T21:00'), reason: 'sale' }];
    expect(stamps(openings(at('2026-11-24T00:00'), { ...runbook, weekly, freezes }).slice(0, 3))).toEqual([
      '2026-11-24T06:00 2026-11-24T09:00',
      '2026-11-24T18:00 2026-11-24T20:00',
      '2026-11-24T21:00 2026-11-24T22:00',
    ]);
  });

  test('a freeze over many weeks leaves the first window after it', () => {
    const freezes = [{ from: at('2026-12-18T00:00'), to: at('2027-01-12T03:00'), reason: 'year end' }];
    expect(stamps(openings(at('2026-12-20T00:00'), { ...runbook, freezes }).slice(0, 1))).toEqual(['2027-01-12T03:00 2027-01-12T04:00']);
  });

  test('are in words what the runbook writes', () => {
    expect(runbook.weekly.map(hoursInWords)).toEqual(['Tue–Thu 02:00–04:00 UTC (weekday)', 'Sat–Sun 01:00–03:00 UTC (weekend)']);
    expect(hoursInWords({ days: ['Mon', 'Wed', 'Thu', 'Sun'], from: 0, to: day })).toBe('Mon, Wed–Thu, Sun 00:00–24:00 UTC');
  });
});

describe('where production stands', () => {
  const production = { run: 52 * minute, buffer: 15 * minute, rollback: 2 * minute };

  test('it begins in a window that holds it to the last millisecond, and not one later', () => {
    const last = at('2026-11-24T04:00') - needed(production);
    expect(standingAt(last, runbook, production)).toMatchObject({ kind: 'fits', opening: { closes: at('2026-11-24T04:00') } });
    expect(standingAt(last + 1, runbook, production)).toMatchObject({ kind: 'later', opening: { opens: at('2026-11-25T02:00') } });
  });

  test('with 30 minutes left it waits for the next opening that fits, and says why', () => {
    expect(standingAt(at('2026-11-26T03:30'), runbook, production)).toMatchObject({
      kind: 'later',
      opening: { opens: at('2026-11-28T01:00'), name: 'weekend' },
      why: 'weekday is open until 04:00 UTC, 30 min are left, and production needs 69 min (52 min, 15 min buffer, 2 min for the way back)',
    });
  });

  test('outside of every window, at peak hours and in a freeze it says so', () => {
    const why = (now: number, windows = runbook) => {
      const standing = standingAt(now, windows, production);
      return standing.kind === 'fits' ? '' : standing.why;
    };
    expect(why(at('2026-11-24T08:00'))).toBe('no window is open');
    expect(why(at('2026-11-24T10:00'))).toBe('peak hours until 18:00 UTC');
    const freezes = [{ from: at('2026-11-23T00:00'), to: at('2026-11-25T00:00'), reason: 'audit' }];
    expect(why(at('2026-11-24T02:30'), { ...runbook, freezes })).toBe('frozen until Wed 25 Nov 00:00 UTC: audit');
  });

  test('openings that are too short are passed over, and counted', () => {
    const freezes = [{ from: at('2026-11-25T02:30'), to: at('2026-11-26T03:30'), reason: 'audit' }];
    expect(standingAt(at('2026-11-24T05:00'), { ...runbook, freezes }, production)).toMatchObject({
      opening: { opens: at('2026-11-28T01:00') },
      why: 'no window is open; 2 openings before it would be too short',
    });
  });

  test('what fits into no window at all never begins', () => {
    expect(standingAt(at('2026-11-24T02:00'), runbook, needs(2 * hour + 1))).toMatchObject({
      kind: 'never',
      why: expect.stringContaining('the longest opening has 2 h'),
    });
    const freezes = [{ from: 0, to: at('2100-01-01T00:00'), reason: 'for good' }];
    expect(standingAt(at('2026-11-24T02:00'), { ...runbook, freezes }, production)).toMatchObject({
      kind: 'never',
      why: expect.stringContaining('no window opens'),
    });
  });
});

describe('whatever the windows are', () => {
  const quarter = 15 * minute;
  const hours = fc
    .record({
      days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }),
      from: fc.nat(95),
      length: fc.integer({ min: 1, max: 96 }),
    })
    .map(({ days, from, length }) => ({ days, from: from * quarter, to: timeAfter(from + length) }));
  const timeAfter = (quarters: number): number => (quarters === 96 ? day : (quarters % 96) * quarter);
  const begin = at('2026-12-28T00:00');
  const freeze = fc
    .record({ from: fc.nat(4 * 24 * 14), length: fc.integer({ min: 1, max: 400 }) })
    .map(({ from, length }) => ({ from: begin + from * quarter, to: begin + (from + length) * quarter, reason: 'x' }));
  const anyWindows: fc.Arbitrary<WindowsSpec> = fc.record({
    weekly: fc.array(
      hours.map((one) => ({ ...one, name: 'w' })),
      { minLength: 1, maxLength: 4 },
    ),
    peak: hours,
    freezes: fc.array(freeze, { maxLength: 3 }),
    buffer: fc.constant(0),
    timeZones: fc.constant([]),
  });
  const moment = fc.integer({ min: 0, max: 14 * day }).map((after) => begin + after);

  /** A slow reference: is this millisecond in the hours of the day, by the calendar? */
  const isIn = (
    now: number,
    { days, from, to }: { readonly days: readonly Weekday[]; readonly from: number; readonly to: number },
  ): boolean => {
    const names: readonly Weekday[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
    const dayOf = (time: number) => names[new Date(time).getUTCDay()] ?? 'Mon';
    const time = now % day;
    if (from < to) return days.includes(dayOf(now)) && time >= from && time < to;
    return (days.includes(dayOf(now)) && time >= from) || (days.includes(dayOf(now - day)) && time < to);
  };
  const reference = (now: number, { weekly, peak, freezes }: WindowsSpec): boolean =>
    weekly.some((window) => isIn(now, window)) && !(peak && isIn(now, peak)) && !freezes.some(({ from, to }) => from <= now && now < to);

  test('a moment is open exactly where the calendar says so, also at the edges', () => {
    fc.assert(
      fc.property(anyWindows, moment, fc.constantFrom(-1, 0, 1), (windows, now, beside) => {
        expect(isOpen(now, windows)).toBe(reference(now, windows));
        const edges = openings(now, windows, 3 * day).flatMap(({ opens, closes }) => [opens, closes]);
        for (const edge of edges) expect(isOpen(edge + beside, windows)).toBe(reference(edge + beside, windows));
      }),
      { numRuns: 300 },
    );
  });

  test('openings come in order, apart from each other, none empty, none over', () => {
    fc.assert(
      fc.property(anyWindows, moment, (windows, now) => {
        const list = openings(now, windows, 14 * day);
        list.forEach(({ opens, closes }, place) => {
          expect(opens).toBeLessThan(closes);
          expect(closes).toBeGreaterThan(now);
          expect(opens).toBeGreaterThan(list[place - 1]?.closes ?? -Infinity);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('production begins only where all of it is open, and at the first such opening', () => {
    fc.assert(
      fc.property(anyWindows, moment, fc.integer({ min: 1, max: 40 }), (windows, now, quarters) => {
        const wanted = needs(quarters * quarter);
        const standing = standingAt(now, windows, wanted);
        const all = openings(now, windows);
        if (standing.kind === 'never') expect(all.some((opening) => fits(now, opening, wanted))).toBe(false);
        else {
          const from = Math.max(now, standing.opening.opens);
          for (let time = from; time < from + needed(wanted); time += quarter) expect(reference(time, windows)).toBe(true);
          expect(reference(from + needed(wanted) - 1, windows)).toBe(true);
          expect(standing.kind).toBe(from === now ? 'fits' : 'later');
          expect(all.find((opening) => fits(now, opening, wanted))).toEqual(standing.opening);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('an opening at the end of what is looked ahead is cut by peak hours that begin after it', () => {
    const hours = { days: ['Sun'] as const, from: 18 * hour, to: quarter };
    const sunday = Date.UTC(2026, 10, 29);
    const windows = {
      weekly: [{ ...hours, name: 'night' }],
      peak: { days: ['Mon'] as const, from: 0, to: quarter },
      freezes: [],
      buffer: 0,
      timeZones: [],
    };
    const [opening] = openings(sunday, windows, day);
    expect(opening).toMatchObject({ opens: sunday + 18 * hour, closes: sunday + day });
  });

  test('what fits still fits where less is needed, and an earlier begin never needs a later window', () => {
    fc.assert(
      fc.property(anyWindows, moment, fc.nat(8 * 4), fc.nat(day), (windows, now, quarters, later) => {
        const begins = (time: number, total: number): number => {
          const standing = standingAt(time, windows, needs(total));
          return standing.kind === 'never' ? Infinity : Math.max(time, standing.opening.opens);
        };
        expect(begins(now, quarters * quarter)).toBeLessThanOrEqual(begins(now, (quarters + 1) * quarter));
        expect(begins(now, quarters * quarter)).toBeLessThanOrEqual(begins(now + later, quarters * quarter));
      }),
      { numRuns: 200 },
    );
  });
});
