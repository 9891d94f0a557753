import type { FollowUpCheck, FollowUpReceipt } from '../post-deployment/follow-up';
import type { DeploymentRequest } from '../release';

/** After a deployment: its report, and the looks at what it released. */
export interface AfterwardsActivities {
  /** Keeps a file of the report of the deployment that asks, for when its history is dropped. Never fails the deployment. */
  keepReport(request: KeepRequest): Promise<KeepReceipt>;
  /** What a deployment was started with, as its own history has it. */
  readRequest(deployment: RunOf): Promise<DeploymentRequest>;
  /** After the deployment: one look at the release, which may carry the digest. */
  lookAfter(check: FollowUpCheck): Promise<FollowUpReceipt>;
}

/** A deployment's run in the namespace of the one that asks. */
export interface RunOf {
  readonly workflowId: string;
  readonly runId: string;
}

/** Small on purpose: the report is read from the deployment itself, so that its history does not hold it twice. */
export interface KeepRequest {
  readonly deploymentId: string;
}
export interface KeepReceipt {
  /** The file, as the worker names it. */
  readonly file: string;
}
