import { expect, test } from '@jest/globals';
import { duplicateFields } from '../../../../sandbox/kubernetes/schema/duplicate-fields';

test('a field that stands twice in one object is named by its path', () => {
  expect(duplicateFields('{"a":1,"b":[{"c":1},{"c":1,"d":{"e":"\\"e\\":","e":2}}],"a":2}')).toEqual(['b[1].d.e', 'a']);
});

test('the same name in different objects, or as a value, is no duplicate', () => {
  expect(duplicateFields('{"a":{"a":"a"},"b":["a","a",["a"]],"c":[{"a":1},{"a":2}], "d": -1.5e3}')).toEqual([]);
});
