import type { ColourTarget, TrafficChange } from '../workflows/runbook/contract';
import { failure } from './failures';
import type { Backend, HttpRoute, Operation } from './ports/kubernetes';

/** Weight by colour. */
export type Weights = Readonly<Record<string, number>>;
/** Both sides of a move. */
export type Sides = Pick<TrafficChange, 'candidate' | 'live'>;

interface Split {
  readonly rule: number;
  readonly sides: readonly { readonly colour: string; readonly at: number; readonly backend: Backend }[];
}

/** The weights that a share means: parts of a hundred. */
export function targetWeights({ candidate, live, candidateShare }: TrafficChange): Weights {
  return { [candidate.colour]: candidateShare, [live.colour]: 100 - candidateShare };
}

/** The weights of the rules that hold both colours; they must agree, as one weight is what is recorded and put back. */
export function readWeights(route: HttpRoute, sides: Sides): Weights {
  const all = splits(route, sides).map(weightsOf);
  const [first] = all;
  if (!first) {
    throw failure(
      'Misconfigured',
      `No rule of route ${route.meta.name} has both ${sides.live.service} and ${sides.candidate.service} as backends`,
      {
        remedy: "Add both colours' Services to the route's backendRefs.",
      },
    );
  }
  if (all.some((weights) => !isEqual(weights, first))) {
    throw failure(
      'Misconfigured',
      `The rules of route ${route.meta.name} hold different weights: ${all.map(describeWeights).join(' and ')}`,
      {
        remedy: 'Give all rules with both colours the same weights.',
      },
    );
  }
  return first;
}

/** True where every rule with both colours holds these weights. */
export function isAt(route: HttpRoute, sides: Sides, weights: Weights): boolean {
  const all = splits(route, sides);
  return all.length > 0 && all.every((split) => isEqual(weightsOf(split), weights));
}

/** True where any rule with both colours sends traffic to the given one. */
export function sendsTo(route: HttpRoute, sides: Sides, { colour }: ColourTarget): boolean {
  return splits(route, sides).some((split) => (weightsOf(split)[colour] ?? 0) > 0);
}

/** True where no rule holds both colours any more and one sends traffic to the given one: there is no weight left to move it away with. */
export function isLeftAloneWith(route: HttpRoute, sides: Sides, { service }: ColourTarget): boolean {
  const serves = ({ name, weight }: Backend) => name === service && (weight ?? 1) > 0;
  return splits(route, sides).length === 0 && route.rules.some(({ backends }) => backends.some(serves));
}

/** Operations that set the weights where both colours are, and nothing else: other backends and rules with one colour stay as they are. */
export function setWeights(route: HttpRoute, sides: Sides, weights: Weights): readonly Operation[] {
  return splits(route, sides).flatMap(({ rule, sides }) =>
    sides.flatMap(({ colour, at, backend }): readonly Operation[] => {
      const path = `/spec/rules/${rule}/backendRefs/${at}`;
      return [
        { op: 'test', path: `${path}/name`, value: backend.name },
        ...(backend.weight === null ? [] : [{ op: 'test', path: `${path}/weight`, value: backend.weight } as const]),
        { op: 'add', path: `${path}/weight`, value: weights[colour] ?? 0 },
      ];
    }),
  );
}

/** `blue 20, green 80`. */
export function describeWeights(weights: Weights): string {
  return Object.entries(weights)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([colour, weight]) => `${colour} ${weight}`)
    .join(', ');
}

/** The weights of all rules with both colours, in words. */
export function describeRoute(route: HttpRoute, sides: Sides): string {
  const all = [...new Set(splits(route, sides).map((split) => describeWeights(weightsOf(split))))];
  return all.length === 0 ? 'no rule with both colours' : `weights ${all.join(' and ')}`;
}

function splits({ rules }: HttpRoute, { candidate, live }: Sides): readonly Split[] {
  return rules.flatMap(({ backends }, rule) => {
    const sides = [side(backends, candidate), side(backends, live)].flatMap((found) => (found ? [found] : []));
    return sides.length === 2 ? [{ rule, sides }] : [];
  });
}

function side(backends: readonly Backend[], { colour, service }: ColourTarget): Split['sides'][number] | null {
  const at = backends.findIndex(({ name }) => name === service);
  const backend = backends[at];
  return backend ? { colour, at, backend } : null;
}

/** The Gateway API's weight is 1 where none is stated. */
function weightsOf({ sides }: Split): Weights {
  return Object.fromEntries(sides.map(({ colour, backend }) => [colour, backend.weight ?? 1]));
}
function isEqual(a: Weights, b: Weights): boolean {
  return Object.keys({ ...a, ...b }).every((colour) => (a[colour] ?? 0) === (b[colour] ?? 0));
}
