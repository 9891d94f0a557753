import type { BackendRef, HttpRoute, RouteRule } from '../cluster/objects';
import type { Chance } from './chance';

/** A backend without a weight has 1, as the Gateway API says. */
export const weightOf = ({ weight = 1 }: BackendRef): number => weight;

/** The rule for a path: the first that matches exactly or by prefix; one without matches takes every path. */
export function ruleFor(route: HttpRoute | undefined, path: string): RouteRule | undefined {
  return route?.spec.rules?.find(
    ({ matches = [] }) =>
      matches.length === 0 ||
      matches.some(({ path: match = {} }) => {
        const { type = 'PathPrefix', value = '/' } = match;
        const prefix = value.endsWith('/') ? value : `${value}/`;
        return type === 'Exact' ? path === value : path === value || path.startsWith(prefix);
      }),
  );
}

/** Chooses a backend by weight; undefined where no backend has any. */
export function chooseBackend(backends: readonly BackendRef[], chance: Chance): BackendRef | undefined {
  const sum = backends.reduce((total, backend) => total + weightOf(backend), 0);
  let left = chance() * sum;
  return backends.find((backend) => {
    left -= weightOf(backend);
    return weightOf(backend) > 0 && left < 0;
  });
}

/** Percentage of each backend, by Service name. */
export function sharesOf(backends: readonly BackendRef[] = []): Readonly<Record<string, number>> {
  const sum = backends.reduce((total, backend) => total + weightOf(backend), 0);
  return Object.fromEntries(backends.map((backend) => [backend.name, sum === 0 ? 0 : (100 * weightOf(backend)) / sum]));
}
