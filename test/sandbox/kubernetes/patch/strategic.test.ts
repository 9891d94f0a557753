import { describe, expect, test } from '@jest/globals';
import { strategicPatch } from '../../../../sandbox/kubernetes/patch/strategic';

const target = {
  spec: {
    containers: [
      { name: 'a', image: '1', args: ['x', 'y'] },
      { name: 'b', image: '1' },
    ],
    tolerations: [{ key: 'k' }],
  },
};

describe('a strategic merge', () => {
  test('adds entries that are not there and replaces plain lists', () => {
    const patch = {
      spec: {
        containers: [
          { name: 'c', image: '2' },
          { name: 'a', args: ['z'] },
        ],
      },
    };
    expect(strategicPatch(target, patch)).toEqual({
      spec: {
        containers: [
          { name: 'a', image: '1', args: ['z'] },
          { name: 'b', image: '1' },
          { name: 'c', image: '2' },
        ],
        tolerations: [{ key: 'k' }],
      },
    });
  });

  test('deletes an entry on `$patch: delete`, replaces a list on `$patch: replace`', () => {
    expect(strategicPatch(target, { spec: { containers: [{ name: 'a', $patch: 'delete' }] } })).toMatchObject({
      spec: { containers: [{ name: 'b' }] },
    });
    expect(strategicPatch(target, { spec: { containers: [{ $patch: 'replace' }, { name: 'z' }] } })).toMatchObject({
      spec: { containers: [{ name: 'z' }] },
    });
  });

  test('keeps only the named fields on `$retainKeys`', () => {
    const strategy = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } };
    expect(strategicPatch(strategy, { strategy: { $retainKeys: ['type'], type: 'Recreate' } })).toEqual({ strategy: { type: 'Recreate' } });
  });

  test('orders a list as `$setElementOrder` says', () => {
    const patch = { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'b', image: '2' }] } };
    expect(strategicPatch(target, patch)).toMatchObject({ spec: { containers: [{ name: 'b', image: '2' }, { name: 'a' }] } });
  });

  test('treats finalizers as a set, with deletions named apart', () => {
    const held = { metadata: { finalizers: ['a', 'b'] } };
    expect(strategicPatch(held, { metadata: { finalizers: ['b', 'c'] } })).toEqual({ metadata: { finalizers: ['a', 'b', 'c'] } });
    expect(strategicPatch(held, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } })).toEqual({
      metadata: { finalizers: ['b'] },
    });
  });
});
