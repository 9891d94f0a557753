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
      isOf({ name, host = name, subset }, { service, colour }, { namespace, shared }) {
        const [, named] = host.split('.');
        if (named !== undefined && named !== namespace) return false;
        // Subsets of other services may be named like the colours: they are somebody else's.
        return subset === undefined ? name === service : subset === colour && (name === service || name === shared);
      },
    },
    // It has no status that says so.
    refusal: () => null,
    isJudged: () => true,
  });
}
