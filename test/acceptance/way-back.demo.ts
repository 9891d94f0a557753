import { describe, test } from '@jest/globals';
import { bringsBack, situations } from './way-back';

describe('an abort at 50 % brings the traffic back at once', () => {
  test.each(situations)('%s', (_, replicas, situation) => bringsBack(replicas, situation), 240_000);
});
