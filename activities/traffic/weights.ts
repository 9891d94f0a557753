import type { ColourTarget, TrafficChange } from '../../workflows/runbook/contract';
import { failure } from '../failures';
import type { Backend, Operation } from '../ports/kubernetes';

/** Weight by colour. */
export type Weights = Readonly<Record<string, number>>;
/** Both sides of a move. */
export type Sides = Pick<TrafficChange, 'candidate' | 'live' | 'namespace' | 'shared'>;

/** Rules with weighted backends, as a route keeps them. */
export interface Rules {
  readonly meta: { readonly name: string };
  readonly rules: readonly { readonly backends: readonly Backend[] }[];
}
/** Where a kind of route keeps its rules, and what it means by silence. */
export interface Layout {
  /** JSON pointer of one backend. */
  readonly backend: (rule: number, at: number) => string;
  /** Below it: what names the backend. */
  readonly name: string;
  /** The weight of a backend that states none. */
  readonly silent: number;
  /** Whether a backend is that of a colour. */
  readonly isOf: (backend: Backend, side: ColourTarget, sides: Sides) => boolean;
}

interface Split {
  readonly rule: number;
  readonly sides: readonly { readonly colour: string; readonly at: number; readonly backend: Backend }[];
}

/** The weights that a share means: parts of a hundred. */
export function targetWeights({ candidate, live, candidateShare }: TrafficChange): Weights {
  return { [candidate.colour]: candidateShare, [live.colour]: 100 - candidateShare };
}

/** `blue 20, green 80`. */
export function describeWeights(weights: Weights): string {
  return Object.entries(weights)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([colour, weight]) => `${colour} ${weight}`)
    .join(', ');
}

export function isEqual(a: Weights, b: Weights): boolean {
  return Object.keys({ ...a, ...b }).every((colour) => (a[colour] ?? 0) === (b[colour] ?? 0));
}

/** Reads and writes the weights of the rules that hold both colours; other backends and rules with one colour stay as they are. */
export function weightsBy(layout: Layout) {
  function splits({ rules }: Rules, both: Sides): readonly Split[] {
    return rules.flatMap(({ backends }, rule) => {
      const sides = [side(backends, both.candidate, both), side(backends, both.live, both)].flatMap((found) => (found ? [found] : []));
      return sides.length === 2 ? [{ rule, sides }] : [];
    });
  }
  function side(backends: readonly Backend[], target: ColourTarget, both: Sides): Split['sides'][number] | null {
    const at = backends.findIndex((backend) => layout.isOf(backend, target, both));
    const backend = backends[at];
    return backend ? { colour: target.colour, at, backend } : null;
  }
  function weightsOf({ sides }: Split): Weights {
    return Object.fromEntries(sides.map(({ colour, backend }) => [colour, backend.weight ?? layout.silent]));
  }

  return {
    /** The rules must agree, as one weight is what is recorded and put back. */
    read(route: Rules, sides: Sides): Weights {
      const all = splits(route, sides).map(weightsOf);
      const [first] = all;
      const { name } = route.meta;
      if (!first) {
        throw failure(
          'Misconfigured',
          `No rule of route ${name} has both ${sides.live.service} and ${sides.candidate.service} as backends`,
          {
            remedy: "Add both colours' Services to the route's backends.",
          },
        );
      }
      if (all.some((weights) => !isEqual(weights, first))) {
        throw failure('Misconfigured', `The rules of route ${name} hold different weights: ${all.map(describeWeights).join(' and ')}`, {
          remedy: 'Give all rules with both colours the same weights.',
        });
      }
      return first;
    },

    isAt(route: Rules, sides: Sides, weights: Weights): boolean {
      const all = splits(route, sides);
      return all.length > 0 && all.every((split) => isEqual(weightsOf(split), weights));
    },

    /** True where any rule with both colours sends traffic to the given one. */
    sendsTo(route: Rules, sides: Sides, { colour }: ColourTarget): boolean {
      return splits(route, sides).some((split) => (weightsOf(split)[colour] ?? 0) > 0);
    },

    /** True where no rule holds both colours any more and one sends traffic to the given one. */
    isLeftAloneWith(route: Rules, sides: Sides, target: ColourTarget): boolean {
      const serves = (backend: Backend) => layout.isOf(backend, target, sides) && (backend.weight ?? 1) > 0;
      return splits(route, sides).length === 0 && route.rules.some(({ backends }) => backends.some(serves));
    },

    set(route: Rules, sides: Sides, weights: Weights): readonly Operation[] {
      return splits(route, sides).flatMap(({ rule, sides }) =>
        sides.flatMap(({ colour, at, backend }): readonly Operation[] => {
          const path = layout.backend(rule, at);
          return [
            { op: 'test', path: `${path}/${layout.name}`, value: backend.host ?? backend.name },
            ...(backend.weight === null ? [] : [{ op: 'test', path: `${path}/weight`, value: backend.weight } as const]),
            { op: 'add', path: `${path}/weight`, value: weights[colour] ?? 0 },
          ];
        }),
      );
    },

    /** The patch that sets these weights again, for people without this tool. */
    byHand(route: Rules, sides: Sides, weights: Weights): string {
      const operations = splits(route, sides).flatMap(({ rule, sides }) =>
        sides.map(({ colour, at }) => ({ op: 'add', path: `${layout.backend(rule, at)}/weight`, value: weights[colour] ?? 0 })),
      );
      return JSON.stringify(operations);
    },

    describe(route: Rules, sides: Sides): string {
      const all = [...new Set(splits(route, sides).map((split) => describeWeights(weightsOf(split))))];
      return all.length === 0 ? 'no rule with both colours' : `weights ${all.join(' and ')}`;
    },
  };
}
