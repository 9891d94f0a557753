import type { Milliseconds } from './values';

export interface AttentionSpec {
  /** How long a step waits for a decision before the deployment rolls back. */
  readonly deadline: Milliseconds;
  /** How long an undo that cannot be done waits for a decision before it is listed as left. */
  readonly undoDeadline: Milliseconds;
  /** How long a pause may last before the deployment rolls back; a day where it is absent. */
  readonly pauseDeadline?: Milliseconds;
}
