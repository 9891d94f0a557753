import type { Ports } from '../ports';
import type { Mechanism } from './mechanism';
import { weightedMechanism } from './weighted';
import { weightsBy } from './weights';

/** Weights of an Istio VirtualService: by the colour's own Service as host, or by a subset that is named like the colour. */
const weights = weightsBy({
  backend: (rule, at) => `/spec/http/${rule}/route/${at}`,
  name: 'destination/host',
  silent: 0,
  isOf: ({ name, subset }, { service, colour }) => (subset === undefined ? name === service : subset === colour),
});

export function virtualService(ports: Ports): Mechanism {
  return weightedMechanism(ports, {
    kind: 'VirtualService',
    name: ({ route }) => route,
    field: ['f:spec', 'f:http'],
    read(route, change) {
      const now = weights.read(route, change);
      return { weights: now, patch: weights.byHand(route, change, now) };
    },
    isAt: (route, change, split) => weights.isAt(route, change, split.weights),
    sendsTo: weights.sendsTo,
    isLeftAloneWith: weights.isLeftAloneWith,
    set: (route, change, split) => ({ operations: weights.set(route, change, split.weights) }),
    describe: weights.describe,
    // It has no status that says so.
    refusal: () => null,
  });
}
