import type { Ports } from '../ports';
import type { Mechanism } from './mechanism';
import { weightedMechanism } from './weighted';
import { weightsBy } from './weights';

/** Weights of a Gateway API HTTPRoute (KUBERNETES: `spec.rules[i].backendRefs[j].weight`, 1 where none is stated). */
const weights = weightsBy({
  backend: (rule, at) => `/spec/rules/${rule}/backendRefs/${at}`,
  name: 'name',
  silent: 1,
  isOf: ({ name }, { service }) => name === service,
});

export function httpRoute(ports: Ports): Mechanism {
  return weightedMechanism(ports, {
    kind: 'HTTPRoute',
    name: ({ route }) => route,
    field: ['f:spec', 'f:rules'],
    read(route, change) {
      const now = weights.read(route, change);
      return { weights: now, patch: weights.byHand(route, change, now) };
    },
    isAt: (route, change, split) => weights.isAt(route, change, split.weights),
    sendsTo: weights.sendsTo,
    isLeftAloneWith: weights.isLeftAloneWith,
    set: (route, change, split) => ({ operations: weights.set(route, change, split.weights) }),
    describe: weights.describe,
    refusal({ accepted }) {
      const refusal = accepted.find((condition) => condition?.status === 'False');
      return refusal ? `${refusal.reason} ${refusal.message}`.trim() : null;
    },
  });
}
