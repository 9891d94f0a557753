import type { Answer, FollowUpMessages, Messages } from '../../workflows/messages';
import type { FollowUpReport, FollowUpView } from '../../workflows/runbook/post-deployment/follow-up';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { Happened } from '../../workflows/runbook/report/from-history';
import type { DeploymentReport, DeploymentView } from '../../workflows/runbook/view';

/** Every message that a workflow of ours takes, and what it carries. */
export type AllMessages = Messages & FollowUpMessages;

/** All that the commands ask of Temporal: one small port, so that they can be tried without a server. */
export interface Engine {
  /** Where it is connected to, for messages. */
  readonly address: string;
  readonly namespace: string;
  start(request: DeploymentRequest, words: StartWords): Promise<Started>;
  /** The newest run of a workflow id, or the run that is named; null where there is none. */
  describe(run: RunName): Promise<Run | null>;
  /** Deployments by id, newest first, with what visibility knows of them. */
  find(deploymentId: string): Promise<RunName | null>;
  /** All deployments that run. */
  open(): Promise<readonly Run[]>;
  /** All follow-ups that run, each of a deployment that has ended. */
  openFollowUps(): Promise<readonly Run[]>;
  /** The workflow's own view; throws `NoAnswer` where no worker answers in time. */
  view(run: RunName): Promise<DeploymentView>;
  /** What the deployment was started with. */
  request(run: RunName): Promise<DeploymentRequest>;
  /** The result of a completed run. */
  report(run: RunName): Promise<DeploymentReport>;
  /** What the history says without the deployment's own word. */
  happened(run: RunName): Promise<Happened>;
  /** As `view` and `report`, of the follow-ups of a deployment. */
  followUpView(run: RunName): Promise<FollowUpView>;
  followUpReport(run: RunName): Promise<FollowUpReport>;
  update<Name extends keyof AllMessages>(run: RunName, name: Name, message: AllMessages[Name]): Promise<Delivery>;
  signal<Name extends keyof AllMessages>(run: RunName, name: Name, message: AllMessages[Name]): Promise<'sent' | 'ended'>;
  /** Workers that asked a task queue for workflow tasks (or activities) lately. */
  pollers(queue: string, kind: 'workflow' | 'activity'): Promise<readonly Poller[]>;
  /** Names of the search attributes that the namespace knows. */
  searchAttributes(): Promise<ReadonlySet<string>>;
  /** The error of the last workflow task that failed. */
  lastTaskFailure(run: RunName): Promise<string | null>;
  /** For how long the namespace keeps runs that have ended, in milliseconds; null where it does not say. */
  retention(): Promise<number | null>;
  /** The server's version. */
  version(): Promise<string>;
  close(): Promise<void>;
}

export interface RunName {
  readonly workflowId: string;
  /** Absent: the newest. */
  readonly runId?: string;
}

export interface StartWords {
  readonly summary: string;
  readonly details: string;
}
export type Started = { readonly kind: 'started'; readonly runId: string } | { readonly kind: 'already running' };

/** How an update went. */
export type Delivery =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody answered in time; it may still happen, so that whatever follows must carry the same request id. */
  | { readonly kind: 'no answer' }
  | { readonly kind: 'ended' };

/** What the memo of a deployment holds, from the first moment on. */
export interface Memo {
  readonly deploymentId: string;
  readonly planDigest: string;
  readonly requester: string;
  readonly version: string;
  readonly service: string;
  readonly environment: string;
}

/** One run as the server describes it: works while no worker is up. Times are epoch milliseconds. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: RunStatus;
  readonly startedAt: number;
  readonly closedAt: number | null;
  readonly memo: Partial<Memo>;
  /** Phase and status as last told to Temporal; absent where the namespace does not know our search attributes. */
  readonly told?: { readonly phase?: string; readonly status?: string };
  readonly taskQueue: string;
  readonly events: number;
  /** Bytes of the history, where the server tells. */
  readonly historyBytes?: number;
  readonly activities: readonly PendingActivity[];
  /** Attempts of the workflow task that is open; above 1 something is wrong with our code or its build. */
  readonly taskAttempt: number;
}
export type RunStatus = 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed out' | 'continued';

export interface PendingActivity {
  readonly id: string;
  readonly type: string;
  readonly attempt: number;
  readonly lastFailure: string | null;
  readonly heartbeat: unknown;
  readonly nextAttemptAt: number | null;
}
export interface Poller {
  readonly identity: string;
  readonly lastAccessAt: number;
}

/** No worker answered a query in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}
