import { announced } from '../announced';
import type { RunFacts } from './facts';

/** What users have of it now, in words. */
export function impactOf(facts: RunFacts): string {
  return announced(facts).impact(isExposed(facts) ? facts.share : null);
}

/** Whether users have now what the run changed. */
export function isExposed({ exposure }: RunFacts): boolean {
  return exposure.some(({ until }) => until === null);
}
