import { describe, expect, test } from '@jest/globals';
import { addToTrend, shareBar, sparkline } from '../../../client/screens/bars';
import { beside, commandLines, wrap } from '../../../client/screens/look';
import { clock, shortDigest, span, timeOfDay } from '../../../client/screens/words';
import { ascii, tallyOf, wide } from '../fixtures';

describe('words of the screens', () => {
  test.each([
    [41_000, '0:41'],
    [602_000, '10:02'],
    [3_723_000, '1:02:03'],
    [-5, '0:00'],
  ])('%i ms read %s on a clock', (time, text) => expect(clock(time)).toBe(text));

  test.each([
    [500, '500 ms'],
    [40_000, '40 s'],
    [100_000, '1 min 40 s'],
    [58 * 60_000, '58 min'],
    [125 * 60_000, '2 h 5 min'],
    [0, '0 s'],
  ])('%i ms are said as %s', (time, text) => expect(span(time)).toBe(text));

  test('another day is named', () => {
    expect(timeOfDay(Date.UTC(2026, 10, 25, 4), Date.UTC(2026, 10, 24, 4))).toBe('2026-11-25 04:00 UTC');
  });

  test('a digest is shown as far as it must be typed', () => {
    expect(shortDigest('sha256:0123456789abcdef')).toBe('0123456789ab');
  });

  test('bars and sparklines have an ASCII form', () => {
    expect([shareBar(wide, 50), shareBar(ascii, 10)]).toEqual(['██████████░░░░░░░░░░', '##------------------']);
    expect([sparkline(wide, [0, 0.5, 1], 1), sparkline(ascii, [0, 0.5, 1], 1)]).toEqual(['▁▅█', '_+@']);
  });

  test('a trend grows with each new sample and begins anew with each new watch', () => {
    const first = addToTrend({}, null, tallyOf());
    expect(addToTrend(first, tallyOf(), tallyOf())['errors']).toHaveLength(1);
    expect(addToTrend(first, tallyOf(), tallyOf({ samples: 5 }))['errors']).toHaveLength(2);
    expect(addToTrend(first, tallyOf(), tallyOf({ samples: 1 }))['errors']).toHaveLength(1);
  });

  test('a command that is too long is continued with a backslash, never within quotes', () => {
    expect(commandLines('kubectl patch service a -p \'{"a b": 1}\'', 2, 30)).toEqual([
      '  kubectl patch service a -p \\',
      '    \'{"a b": 1}\'',
    ]);
  });

  test('long text goes on below where it began', () => {
    expect(beside('digest: ', 'one two three', 20 + 8)).toEqual(['digest: one two three']);
    expect(beside('digest: ', 'one two three four five six', 28)).toEqual(['digest: one two three four', '        five six']);
    expect(wrap('word', 2)).toEqual(['word']);
  });
});
