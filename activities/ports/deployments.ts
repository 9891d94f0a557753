import type { RunOf } from '../../workflows/runbook/contract';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { DeploymentReport } from '../../workflows/runbook/view';

/** A deployment's workflow, as a lock names its holder. */
export interface Running {
  /** Temporal namespace. */
  readonly namespace: string;
  readonly workflowId: string;
  /** The run that took it: on another server the same id may be another deployment's. Absent in locks from before. */
  readonly runId?: string;
}

/** An open deployment by what it was started with and what it has told since; empty where it has not. */
export interface Open {
  readonly workflowId: string;
  readonly startedAt: number;
  readonly told: Readonly<Record<string, string>>;
}

/** Other deployments, as Temporal knows them. */
export interface Deployments {
  /** The deployment that asks. */
  own(): Running;
  /**
   * Deployments that are open in the namespace of the one that asks, without that one, and are meant by what they told: at most so many, the newest
   * of them; the oldest first.
   *
   * @throws whatever the server answers: where it has no visibility store the question cannot be answered.
   */
  open(most: number, isMeant: (told: Open['told']) => boolean): Promise<readonly Open[]>;
  /** What a deployment of our namespace was started with. Fails with `Unavailable` where Temporal does not tell. */
  requestOf(run: RunOf): Promise<DeploymentRequest>;
  /** How the deployment that asks has ended, by its own word: null while it has not. Fails with `Unavailable` where it does not answer. */
  ownReport(): Promise<DeploymentReport | null>;
  /** Whether the deployment of that id is still open there, in that run or in one that it was reset to; `unknown` where Temporal does not know, or does not tell us. */
  stateOf(running: Running, deploymentId: string): Promise<'open' | 'closed' | 'unknown'>;
}
