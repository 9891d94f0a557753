import { expect, test } from '@jest/globals';
import { planDigest, readSpec, starterSpec } from '../../spec';
import { canonicalJson } from '../../spec/digest';
import { changed } from './written';

const digestOf = (text: string): string => {
  const read = readSpec(text, 'analytics.yaml');
  if (!read.ok) throw new Error('The spec of this test is wrong.');
  return planDigest(read.spec);
};

test('the plan digest is the same however the file is written, and another for other rules', () => {
  const digest = digestOf(starterSpec());
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(digestOf(changed(['ramp', 'soak'], '60m'))).toBe(digest);
  expect(digestOf(changed(['ramp', 'soak'], '61m'))).not.toBe(digest);
});

test('the order of keys says nothing, the order of lists does', () => {
  expect(canonicalJson({ b: 1, a: { d: undefined, c: [2, 1] } })).toBe('{"a":{"c":[2,1]},"b":1}');
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});
