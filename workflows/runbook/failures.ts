/**
 * The failures that cross from activities to the workflow, by stable `type`. Retry intent belongs to the type: the adapter
 * that meets a problem names it once, and nobody else decides.
 */
export const failureTypes = {
  /** A check judged, and the answer is no. */
  CheckFailed: { retry: false },
  /** A check could not judge: no evidence is neither a pass nor a failure, and a person is asked. */
  Inconclusive: { retry: true },
  /** The destination has no ready endpoints, or not the released pods: nothing was written. */
  NotHealthy: { retry: false },
  /** Our own fields hold a value that is neither ours nor the recorded one: nothing was written. */
  Foreign: { retry: false },
  /** Somebody raised the target's epoch: what this deployment still wants to write is refused, for good. */
  TakenOver: { retry: false },
  /** Another deployment holds the target, or has left it changed. */
  Locked: { retry: false },
  /** A rung of the rollback ladder does not apply: nothing was done. */
  NotApplicable: { retry: false },
  /** The rollout cannot finish: a pod blocks it, or a deadline passed. */
  RolloutFailed: { retry: false },
  /** A command of the spec ended with a code other than 0, or exceeded its time. */
  CommandFailed: { retry: false },
  /** The tag exists with another commit. */
  TagConflict: { retry: false },
  /** 400, 405 or 422: the server will never take it. */
  Invalid: { retry: false },
  /** 404 for something that must exist. */
  NotFound: { retry: false },
  /** 401 or 403. */
  Forbidden: { retry: false },
  /** A secret reference that cannot be read, or a host that is not allowed. */
  Misconfigured: { retry: false },
  /** 409: read again. */
  Conflict: { retry: true },
  /** 429 with the server's delay. */
  RateLimited: { retry: true },
  /** 5xx, refused or broken connections, time-outs. */
  Unavailable: { retry: true },
  /** A defect in an activity of ours. Never a reason to roll back by itself. */
  Unexpected: { retry: true },
} as const;
export type FailureType = keyof typeof failureTypes;

/** What a failed activity tells beside its message; the details of its ApplicationFailure. */
export interface FailureDetails {
  /** What to do next: the message's last sentence. */
  readonly remedy?: string;
  /** False only where the activity proved that no write of it can have happened. */
  readonly wrote?: boolean;
  /** For `Foreign`: who wrote, and what is there. */
  readonly foreign?: { readonly by: string; readonly found: string; readonly expected: string };
}

/** Thrown by the runner where a step has failed for good: what unwinds. */
export type EndingKind =
  'failed' | 'aborted' | 'rolled-back-by-person' | 'rejected' | 'superseded' | 'expired' | 'handed-over' | 'cancelled';
