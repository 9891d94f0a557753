/** A deployment's workflow, as a lock names its holder. */
export interface Running {
  /** Temporal namespace. */
  readonly namespace: string;
  readonly workflowId: string;
  /** The run that took it: on another server the same id may be another deployment's. Absent in locks from before. */
  readonly runId?: string;
}

/** Other deployments, as Temporal knows them. */
export interface Deployments {
  /** The deployment that asks. */
  own(): Running;
  /** Whether the deployment of that id is still open there, in that run or in one that it was reset to; `unknown` where Temporal does not know, or does not tell us. */
  stateOf(running: Running, deploymentId: string): Promise<'open' | 'closed' | 'unknown'>;
}
