import { describe, test } from '@jest/globals';
import { bringsBack, situations } from './way-back';

const times = Array.from({ length: 20 }, (_, time) => time + 1);

describe('an abort at 50 % brings the traffic back, twenty times of twenty', () => {
  test.each(situations.flatMap(([name, replicas, situation]) => times.map((time) => [name, time, replicas, situation] as const)))(
    '%s, time %i',
    (_, __, replicas, situation) => bringsBack(replicas, situation),
    240_000,
  );
});
