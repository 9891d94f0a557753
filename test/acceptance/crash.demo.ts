import { describe, test } from '@jest/globals';
import { crashAt, moments } from './crash';

describe('a worker killed with SIGKILL changes neither the end nor the number of effects', () => {
  test.each(Object.keys(moments))('%s', async (moment) => void (await crashAt(moment)), 240_000);
});
