import { describe, expect, test } from '@jest/globals';
import { parseMoment, parseTimeOfDay } from '../../spec/times';
import type { Path } from '../../spec/problems';
import { changed, problemsOf } from './written';

const window = (change: object) => [{ name: 'night', days: ['Tue'], from: '02:00', to: '04:00', ...change }];

describe('windows, estimates and profiles', () => {
  test.each<readonly [what: string, path: Path, value: unknown, expected: RegExp]>([
    ['a day that is none', ['windows', 'weekly'], window({ days: ['Tu'] }), /days\[0\] is "Tu": one of Mon, .* Did you mean Tue\?/],
    ['a day twice', ['windows', 'weekly'], window({ days: ['Tue', 'Tue'] }), /days\[1\] is "Tue" like .*each day stands once/],
    ['a time that is none', ['windows', 'weekly'], window({ from: '2:00' }), /from is "2:00": a time of day is UTC and written 02:00/],
    ['a time after the end of the day', ['windows', 'weekly'], window({ to: '24:30' }), /to is "24:30": a time of day/],
    ['an end that is its beginning', ['windows', 'weekly'], window({ to: '02:00' }), /to is when it begins: .* from: 00:00, to: 24:00/],
    ['no window at all', ['windows', 'weekly'], [], /weekly is .*a list of at least 1 windows is expected/],
    [
      'one that lies in peak hours',
      ['windows', 'weekly'],
      [...window({}), ...window({ name: 'day', from: '10:00', to: '12:00' })],
      /weekly\[1\] lies in peak hours/,
    ],
    [
      'one that is too short for the ramp',
      ['windows', 'weekly'],
      window({ to: '03:01' }),
      /weekly has at most 1h1m: the watches .* need 1h2m in one window/,
    ],
    ['a buffer that leaves no room', ['windows', 'buffer'], '80m', /weekly has at most 2h: .* need 2h7m/],
    [
      'a freeze that ends before it begins',
      ['windows', 'freezes'],
      [{ from: '2026-12-24', to: '2026-12-20T10:00Z', reason: 'x' }],
      /freezes\[0\]\.to is 2026-12-20T10:00Z, and it begins 2026-12-24T00:00Z/,
    ],
    [
      'a freeze on a day that no month has',
      ['windows', 'freezes'],
      [{ from: '2026-02-30', to: '2026-03-02', reason: 'x' }],
      /from is "2026-02-30": a moment is UTC/,
    ],
    [
      'a freeze in nobody’s zone',
      ['windows', 'freezes'],
      [{ from: '2026-12-24T10:00', to: '2026-12-26', reason: 'x' }],
      /from is "2026-12-24T10:00": a moment is UTC/,
    ],
    [
      'an unknown time zone',
      ['windows', 'timeZones'],
      ['Europe/Berln'],
      /timeZones\[0\] is "Europe\/Berln": a time zone is an IANA name .* Did you mean Europe\/Berlin\?/,
    ],
    ['an estimate that falls', ['estimates', 'table', 'code'], { least: '60m', most: '30m' }, /code\.most is 30m: it is at least 1h/],
    [
      'a profile called standard',
      ['profiles', 'standard'],
      { about: 'x', gate: { roles: ['lead'] } },
      /profiles\.standard is the whole runbook/,
    ],
    [
      'a profile that leaves out what cannot be',
      ['profiles', 'hotfix', 'off'],
      { '2.2': 'x' },
      /profiles\.hotfix\.off\.2\.2 cannot be off|off\["2\.2"\] cannot be off/,
    ],
    ['a profile that leaves out no step', ['profiles', 'hotfix', 'off'], { '1.33': 'x' }, /is no step/],
    ['a profile whose watch is too short', ['profiles', 'hotfix', 'waits', 'steps'], '5s', /waits\.steps is 5s: a watch lasts at least/],
    [
      'a profile that nobody can approve',
      ['profiles', 'hotfix', 'gate', 'approvals'],
      9,
      /profiles\.hotfix\.gate\.approvals is 9, and only/,
    ],
    [
      'an emergency of an unknown role',
      ['gates', 'emergency', 'roles'],
      ['leed'],
      /gates\.emergency\.roles\[0\] is "leed": .* Did you mean lead\?/,
    ],
  ])('%s is said with its remedy', (_, path, value, expected) => {
    expect(problemsOf(changed(path, value))).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test.each<readonly [what: string, path: Path, value: unknown]>([
    ['no windows', ['windows'], undefined],
    ['no profiles', ['profiles'], undefined],
    ['no estimates', ['estimates'], undefined],
    ['a profile that leaves out a criterion of success', ['profiles', 'hotfix', 'off'], { 'success.duration': 'it is waited for people' }],
    ['no gate for emergencies', ['gates', 'emergency'], undefined],
    ['windows that overlap', ['windows', 'weekly'], [...window({}), ...window({ from: '03:00', to: '05:00' })]],
    ['a window past midnight', ['windows', 'weekly'], window({ from: '23:00', to: '01:00' })],
    ['whole days', ['windows', 'weekly'], window({ from: '00:00', to: '24:00' })],
    ['a freeze', ['windows', 'freezes'], [{ from: '2026-12-18', to: '2027-01-04T06:00Z', reason: 'year end' }]],
  ])('%s is allowed', (_, path, value) => {
    expect(problemsOf(changed(path, value))).toEqual([]);
  });
});

test('times of day and moments are read to the millisecond, and nothing else is', () => {
  expect(['00:00', '02:30', '24:00', '24:01', '2:30', '02:60', ''].map(parseTimeOfDay)).toEqual([
    0,
    9_000_000,
    86_400_000,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(parseMoment('2024-02-29')).toBe(Date.UTC(2024, 1, 29));
  expect(parseMoment('2026-12-31T23:59:59Z')).toBe(Date.UTC(2026, 11, 31, 23, 59, 59));
  expect(['2023-02-29', '2026-12-24T10:00', '2026-12-24T25:00Z', '24.12.2026', ''].map(parseMoment)).toEqual(Array(5).fill(undefined));
});
