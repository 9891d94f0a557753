import type { Ports } from '../ports';
import type { Mechanism } from './mechanism';
import { routedMechanism } from './routed';

/** Weights of an Istio VirtualService: by the colour's own Service as host, or by a subset that is named like the colour. */
export function virtualService(ports: Ports): Mechanism {
  return routedMechanism(ports, {
    kind: 'VirtualService',
    field: ['f:spec', 'f:http'],
    layout: {
      backend: (rule, at) => `/spec/http/${rule}/route/${at}`,
      name: 'destination/host',
      silent: 0,
      isOf: ({ name, subset }, { service, colour }) => (subset === undefined ? name === service : subset === colour),
    },
    // It has no status that says so.
    refusal: () => null,
  });
}
