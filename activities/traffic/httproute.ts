import type { Ports } from '../ports';
import type { Mechanism } from './mechanism';
import { routedMechanism } from './routed';

/** Weights of a Gateway API HTTPRoute: `spec.rules[i].backendRefs[j].weight`, 1 where none is stated. */
export function httpRoute(ports: Ports): Mechanism {
  return routedMechanism(ports, {
    kind: 'HTTPRoute',
    field: ['f:spec', 'f:rules'],
    layout: {
      backend: (rule, at) => `/spec/rules/${rule}/backendRefs/${at}`,
      name: 'name',
      silent: 1,
      isOf: ({ name }, { service }) => name === service,
    },
    isJudged: ({ accepted }) => accepted.every((condition) => condition !== null),
    refusal({ accepted }) {
      const refusal = accepted.find((condition) => condition?.status === 'False');
      return refusal ? `${refusal.reason} ${refusal.message}`.trim() : null;
    },
  });
}
