import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from '../../spec';

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['0s', 0],
  ['30d', 2_592_000_000],
])('%s is %d ms', (text, expected) => expect(parseDuration(text)).toBe(expected));

test.each(['', '10', 'm', '10 m', '30m1h', '-5m', '31d', '1e3s', '10M', '1h30'])('%j is no duration', (text) =>
  expect(parseDuration(text)).toBeUndefined(),
);

test('what is written is read back', () => {
  fc.assert(fc.property(fc.nat({ max: 2_592_000_000 }), (duration) => parseDuration(formatDuration(duration)) === duration));
});
