import type { Milliseconds } from './values';

/** After a deployment that has succeeded (runbook, "post-deployment activities"): a look every hour, every day, every week. */
export interface FollowUpsSpec {
  /** How long one look samples the signals. */
  readonly window: Milliseconds;
  readonly phases: readonly FollowUpPhaseSpec[];
  readonly onFailure: FollowUpFailureSpec;
  /** Alertmanager's push between two looks; absent: it is not taken. */
  readonly alerts?: { /** Labels that an alert must have to be this release's. */ readonly labels: Readonly<Record<string, string>> };
}

export interface FollowUpPhaseSpec {
  readonly id: string;
  readonly title: string;
  /** Time between two looks. */
  readonly every: Milliseconds;
  /** Its end, since the follow-ups began. */
  readonly until: Milliseconds;
  /** Time between two digests. */
  readonly digest: Milliseconds;
  /** What people are asked to attest from its beginning on, by id. */
  readonly attestations: readonly string[];
}

/** What a look does that finds the release beyond its limits, beside telling people. */
export interface FollowUpFailureSpec {
  readonly then: 'notice' | 'rollback';
  /** The rung of the rollback ladder. */
  readonly level: 'traffic' | 'flags' | 'system';
}
