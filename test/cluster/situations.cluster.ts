import { describe, test } from '@jest/globals';
import { bringsBack, situations } from '../acceptance/way-back';
import { repeats, testCluster } from './test-cluster';

describe(`an abort at 50 % on a real control plane, ${repeats} times`, () => {
  test.each(situations)(
    'brings the traffic back at once %s, and nothing is written afterwards',
    (_, replicas, situation) => bringsBack(replicas, situation, { cluster: testCluster, times: repeats, isStill: true }),
    120_000 + repeats * 40_000,
  );
});
