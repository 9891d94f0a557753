import type { Milliseconds } from './values';

export interface RolloutSpec {
  /** Our own deadline for a rollout, beside the Deployment's progress deadline. */
  readonly deadline: Milliseconds;
}
