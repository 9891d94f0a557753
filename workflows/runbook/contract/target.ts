import type { Releases } from '../rollback/released';
import type { ClusterName, Milliseconds } from '../spec';
import type { Hold, RecordEntry, Recorded, TargetObject, TargetPlace } from '../target';

/** The target: its lock, its record, and who else is at work on its cluster. */
export interface TargetActivities {
  /** 2.0: takes the target's lock and begins its record, before the first production write. */
  takeTarget(request: TakeRequest): Promise<TakeReceipt>;
  /** Gives the lock up and leaves in the record what could not be put back. Stops nothing. */
  releaseTarget(request: ReleaseRequest): Promise<ReleaseReceipt>;
  /** Puts a change on record whose writer has no credentials of the cluster; before it is written. */
  recordChange(request: RecordRequest): Promise<RecordReceipt>;
  /** Which other deployments are open on the same cluster. Says why where it cannot be told. */
  listOpenDeployments(request: OthersRequest): Promise<OthersReceipt>;
}

export interface TakeRequest extends TargetPlace {
  readonly deployment: string;
  /** What will be written there: the new epoch is above all of theirs, also where Lease and record were lost. */
  readonly objects?: readonly TargetObject[];
  /** What was changed before, in staging. */
  readonly entries: readonly RecordEntry[];
  readonly propagation: Milliseconds;
  /** Why the lock is taken although its holder may still be at work, or although its changes are not put back. */
  readonly takeOver?: string;
}
export interface TakeReceipt {
  readonly epoch: number;
  /** From whom it was taken over, and why. */
  readonly note?: string;
}
export interface ReleaseRequest extends TargetPlace {
  readonly deployment: string;
  /** Subjects that could not be put back: the record keeps them. */
  readonly left: readonly string[];
  /** What was found healthy: goes on record for later rollbacks. */
  readonly releases?: Releases;
}
export interface ReleaseReceipt {
  /** Why it could not be given up, or was somebody else's already. */
  readonly note?: string;
}

export interface RecordRequest {
  readonly hold: Hold;
  /** `deploymentId/stepId/forward` */
  readonly key: string;
  readonly entry: Recorded & Pick<RecordEntry, 'change'>;
}
export interface RecordReceipt {
  readonly epoch: number;
}

export interface OthersRequest {
  readonly cluster: ClusterName;
}
export interface OthersReceipt {
  /** Without the one that asks; the newest, at most twenty, the oldest of them first. */
  readonly open: readonly OpenDeployment[];
  /** There are more than these. */
  readonly more?: true;
  /** Why it is not known. */
  readonly unknown?: string;
}
export interface OpenDeployment {
  readonly deploymentId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly requester: string;
  /** Where it stands, or that nobody knows. */
  readonly phase: string;
}
