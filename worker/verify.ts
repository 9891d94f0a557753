import { Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { FOLLOW_UP_TYPE, LAST_NOTICES_TYPE, searchAttributes, WORKFLOW_TYPE } from '../workflows/messages';
import { buildId, prebuiltBundle } from './bundle';
import { quietRuntime } from './log';

/** One open deployment that this build cannot go on with. */
export interface Unreplayed {
  readonly workflowId: string;
  readonly runId: string;
  /** The build that went on with it last. */
  readonly neededBuild: string;
  readonly reason: string;
}
export interface Verified {
  readonly build: string;
  readonly open: number;
  readonly replayed: number;
  readonly failed: readonly Unreplayed[];
}

/** Most histories that are replayed: some of every build and phase. */
const most = 50;

/**
 * Replays open deployments of a task queue with this build's workflows. The init step of a new build: what does not replay here would stand still.
 *
 * @throws where Temporal cannot be reached.
 */
export async function verify(taskQueue: string): Promise<Verified> {
  quietRuntime();
  const workflowBundle = prebuiltBundle();
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  try {
    const client = new Client({ connection, namespace });
    const query = `WorkflowType IN ('${WORKFLOW_TYPE}', '${FOLLOW_UP_TYPE}', '${LAST_NOTICES_TYPE}') AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
    const open: WorkflowExecutionInfo[] = [];
    for await (const info of client.workflow.list({ query })) open.push(info);
    const failed: Unreplayed[] = [];
    const sample = ofEveryKind(open, most);
    for (const { workflowId, runId } of sample) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      try {
        await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failed.push({ workflowId, runId, neededBuild: lastBuild(history.events ?? []), reason: reason.slice(0, 300) });
      }
    }
    return { build: buildId(), open: open.length, replayed: sample.length, failed };
  } finally {
    await connection.close();
  }
}

/** At most so many, from each build and phase in turn. */
export function ofEveryKind<T extends Pick<WorkflowExecutionInfo, 'typedSearchAttributes' | 'raw'>>(
  open: readonly T[],
  atMost: number,
): readonly T[] {
  const kinds = new Map<string, T[]>();
  for (const info of open) {
    const phase = info.typedSearchAttributes.getAll().find(({ key }) => key.name === searchAttributes.phase)?.value;
    const kind = `${info.raw.mostRecentWorkerVersionStamp?.buildId ?? ''} ${String(phase ?? '')}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), info]);
  }
  const taken: T[] = [];
  for (let round = 0; taken.length < Math.min(atMost, open.length); round++) {
    for (const of of kinds.values()) {
      const next = of[round];
      if (next !== undefined && taken.length < atMost) taken.push(next);
    }
  }
  return taken;
}

interface Completed {
  readonly workflowTaskCompletedEventAttributes?: {
    readonly identity?: string | null;
    readonly workerVersion?: { readonly buildId?: string | null } | null;
    readonly deploymentVersion?: { readonly buildId?: string | null } | null;
  } | null;
}

function lastBuild(events: readonly Completed[]): string {
  const completed = events.flatMap(({ workflowTaskCompletedEventAttributes: task }) => (task ? [task] : [])).at(-1);
  return completed?.deploymentVersion?.buildId || completed?.workerVersion?.buildId || `that of ${completed?.identity ?? 'nobody known'}`;
}
