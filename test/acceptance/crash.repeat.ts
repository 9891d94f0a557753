import { describe, test } from '@jest/globals';
import { crashAt, moments } from './crash';

const times = Array.from({ length: 20 }, (_, time) => time + 1);

describe('a worker killed with SIGKILL changes neither the end nor the number of effects, twenty times of twenty', () => {
  test.concurrent.each(Object.keys(moments).flatMap((moment) => times.map((time) => [moment, time] as const)))(
    '%s, time %i',
    async (moment) => void (await crashAt(moment)),
    240_000,
  );
});
