import type { Ports } from '../ports';
import type { Kinds } from '../ports/kubernetes';
import type { Mechanism } from './mechanism';
import { weightedMechanism, type Weighted } from './weighted';
import { weightsBy, type Layout } from './weights';

/** The kinds whose rules hold weighted backends. */
type Routed = 'HTTPRoute' | 'VirtualService';

/** A mechanism by the weights in the rules of one route. */
export function routedMechanism<K extends Routed>(
  ports: Ports,
  { kind, field, layout, refusal, isJudged }: Pick<Weighted<K>, 'kind' | 'field' | 'refusal' | 'isJudged'> & { readonly layout: Layout },
): Mechanism {
  const weights = weightsBy(layout);
  return weightedMechanism<K>(ports, {
    kind,
    field,
    refusal,
    isJudged,
    name: ({ route }) => route,
    read(route: Kinds[K], change) {
      const now = weights.read(route, change);
      return { weights: now, patch: weights.byHand(route, change, now) };
    },
    isAt: (route, change, split) => weights.isAt(route, change, split.weights),
    sendsTo: weights.sendsTo,
    isLeftAloneWith: weights.isLeftAloneWith,
    set: (route, change, split) => ({ operations: weights.set(route, change, split.weights) }),
    describe: weights.describe,
  });
}
