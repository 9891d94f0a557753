import type { WorkflowExecutionDescription, WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client';
import { defaultPayloadConverter, fromPayloadsAtIndex, type TypedSearchAttributes } from '@temporalio/common';
import { searchAttributes } from '../../workflows/messages';
import type { Memo, PendingActivity, Run, RunStatus } from './engine';

const statuses: Readonly<Record<WorkflowExecutionStatusName, RunStatus>> = {
  UNSPECIFIED: 'running',
  UNKNOWN: 'running',
  RUNNING: 'running',
  PAUSED: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
  CONTINUED_AS_NEW: 'continued',
};

/** A run of a list: without what is pending. */
export function readListed({
  workflowId,
  runId,
  status,
  startTime,
  closeTime,
  memo,
  taskQueue,
  historyLength,
  historySize,
  typedSearchAttributes,
}: Omit<WorkflowExecutionInfo, 'raw'>): Run {
  return {
    workflowId,
    runId,
    status: statuses[status.name],
    startedAt: startTime.getTime(),
    closedAt: closeTime?.getTime() ?? null,
    memo: readMemo(memo),
    ...toldIn(typedSearchAttributes),
    taskQueue,
    events: historyLength,
    ...(historySize === undefined ? {} : { historyBytes: historySize }),
    activities: [],
    taskAttempt: 0,
  };
}

/** A described run, with what is pending. */
export function readDescription(description: WorkflowExecutionDescription): Run {
  const { pendingActivities, pendingWorkflowTask } = description.raw;
  return {
    ...readListed(description),
    activities: (pendingActivities ?? []).map(readActivity),
    taskAttempt: pendingWorkflowTask?.attempt ?? 0,
  };
}

type RawActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

function readActivity({
  activityId,
  activityType,
  attempt,
  lastFailure,
  heartbeatDetails,
  nextAttemptScheduleTime,
}: RawActivity): PendingActivity {
  return {
    id: activityId ?? '',
    type: activityType?.name ?? '',
    attempt: attempt ?? 1,
    lastFailure: lastFailure?.message ?? null,
    heartbeat: heartbeatDetails?.payloads?.length
      ? fromPayloadsAtIndex<unknown>(defaultPayloadConverter, 0, heartbeatDetails.payloads)
      : null,
    nextAttemptAt: milliseconds(nextAttemptScheduleTime),
  };
}

function readMemo(memo: Readonly<Record<string, unknown>> | undefined): Partial<Memo> {
  return Object.fromEntries(Object.entries(memo ?? {}).filter(([, value]) => typeof value === 'string'));
}

function toldIn(attributes: TypedSearchAttributes): Pick<Run, 'told'> {
  const values = new Map(attributes.getAll().map(({ key, value }) => [key.name, value] as const));
  const [phase, status] = [values.get(searchAttributes.phase), values.get(searchAttributes.status)];
  const told = { ...(typeof phase === 'string' ? { phase } : {}), ...(typeof status === 'string' ? { status } : {}) };
  return Object.keys(told).length > 0 ? { told } : {};
}

type Timestamp = { readonly seconds?: unknown; readonly nanos?: number | null };

/** A protobuf time as epoch milliseconds; null where it is not set. */
export function milliseconds(time: Timestamp | null | undefined): number | null {
  const seconds = Number(time?.seconds ?? 0);
  return time && seconds > 0 ? seconds * 1000 + Math.floor((time.nanos ?? 0) / 1e6) : null;
}
