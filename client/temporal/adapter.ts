import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type Connection,
} from '@temporalio/client';
import { ApplicationFailure, defaultPayloadConverter, fromPayloadsAtIndex, WorkflowNotFoundError } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { FOLLOW_UP_TYPE, followUpStatus, REFUSED, searchAttributes as names, status, WORKFLOW_TYPE } from '../../workflows/messages';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { FollowUpReport } from '../../workflows/runbook/post-deployment/follow-up';
import { inFull, type TerseReport } from '../../workflows/runbook/report/terse';
import { failure } from '../problems';
import { NoAnswer, type AllMessages, type Delivery, type Engine, type Run, type RunName } from './engine';
import { grpc, grpcCode, grpcDetails, isGivenUp, isNotFound, isTimeout, lostBecause } from './errors';
import { happenedIn } from './history';
import { readDescription, readListed, milliseconds } from './read';
import { startOptions } from './start-options';

const { TaskQueueType } = temporal.api.enums.v1;

/** How long a query may take before we say that no worker answers. */
const queryPatience = 3_000;
/** How long an update may take before its signal twin is sent. */
const updatePatience = 5_000;
const callPatience = 10_000;
/** A whole history is some hundred kilobytes, in pages. */
const historyPatience = 30_000;

/** The port answered by the SDK's client. */
export function temporalEngine(client: Client, connection: Connection, address: string): Engine {
  const { namespace } = client.options;
  const handle = ({ workflowId, runId }: RunName) => client.workflow.getHandle(workflowId, runId);
  const within = <Result>(patience: number, call: () => Promise<Result>) => connection.withDeadline(Date.now() + patience, call);
  const service = connection.workflowService;
  let registered: Promise<ReadonlySet<string>> | undefined;
  const requests = new Map<string, Promise<DeploymentRequest>>();

  const engine: Engine = {
    address,
    namespace,
    async start(request, words) {
      try {
        const { firstExecutionRunId } = await within(callPatience, () =>
          client.workflow.start(WORKFLOW_TYPE, startOptions(request, words)),
        );
        return { kind: 'started', runId: firstExecutionRunId };
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return { kind: 'already running' };
        throw error;
      }
    },
    describe: (run) => orNull(async () => readDescription(await within(callPatience, () => handle(run).describe()))),
    async find(deploymentId) {
      const known = (await engine.searchAttributes()).has(names.id);
      const query = known ? `${names.id} = '${quoted(deploymentId)}'` : `WorkflowType = '${WORKFLOW_TYPE}'`;
      for await (const run of client.workflow.list({ query, pageSize: 100 })) {
        const { workflowId, runId, memo } = readListed(run);
        if (memo.deploymentId === deploymentId) return { workflowId, runId };
      }
      return null;
    },
    open: () => running(client, WORKFLOW_TYPE),
    openFollowUps: () => running(client, FOLLOW_UP_TYPE),
    view: (run) => answered(() => within(queryPatience, () => handle(run).query(status))),
    followUpView: (run) => answered(() => onceItAnswers(() => within(queryPatience, () => handle(run).query(followUpStatus)))),
    request(run) {
      const key = `${run.workflowId} ${run.runId ?? ''}`;
      const known = requests.get(key) ?? readRequest(service, namespace, run);
      requests.set(key, known);
      return known;
    },
    followUpReport: (run) => within(callPatience, () => handle(run).result() as Promise<FollowUpReport>),
    report: async (run) => inFull(await within(callPatience, () => handle(run).result() as Promise<TerseReport>)),
    happened: async (run) => happenedIn((await within(historyPatience, () => handle(run).fetchHistory())).events ?? []),
    async update(run, name, message) {
      try {
        const answer = await within(updatePatience, () =>
          handle(run).executeUpdate<string, [typeof message]>(name, { args: [message], updateId: message.requestId }),
        );
        return { kind: 'answered', answer };
      } catch (error) {
        return readUpdateError(error);
      }
    },
    async signal<Name extends keyof AllMessages>(run: RunName, name: Name, message: unknown) {
      try {
        await within(callPatience, () => handle(run).signal(name, message));
        return 'sent';
      } catch (error) {
        if (isNotFound(error)) return 'ended';
        if (isTimeout(error) || isGivenUp(error)) throw unconfirmed(name, error);
        throw error;
      }
    },
    async pollers(queue, kind) {
      const asked = {
        namespace,
        taskQueue: { name: queue },
        taskQueueType: kind === 'workflow' ? TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW : TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      };
      const { pollers } = await within(callPatience, () => service.describeTaskQueue(asked));
      return pollers.map(({ identity, lastAccessTime }) => ({
        identity: identity ?? '',
        lastAccessAt: milliseconds(lastAccessTime) ?? 0,
      }));
    },
    searchAttributes: () => (registered ??= readSearchAttributes(connection, namespace)),
    async lastTaskFailure({ workflowId, runId }) {
      const { history } = await service.getWorkflowExecutionHistoryReverse({
        namespace,
        execution: { workflowId, runId: runId ?? '' },
        maximumPageSize: 20,
      });
      const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes);
      return failed?.workflowTaskFailedEventAttributes?.failure?.message ?? null;
    },
    async retention() {
      const { config } = await within(callPatience, () => service.describeNamespace({ namespace }));
      return milliseconds(config?.workflowExecutionRetentionTtl);
    },
    async version() {
      const { serverVersion } = await service.getSystemInfo({});
      return serverVersion;
    },
    close: () => connection.close(),
  };
  return engine;
}

async function running(client: Client, type: string): Promise<readonly Run[]> {
  const found: Run[] = [];
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`;
  for await (const run of client.workflow.list({ query })) found.push(readListed(run));
  return found;
}

/** The input of a run never changes: it is read from its first event, once. */
async function readRequest(
  service: Connection['workflowService'],
  namespace: string,
  { workflowId, runId }: RunName,
): Promise<DeploymentRequest> {
  const { history } = await service.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId, runId: runId ?? '' },
    maximumPageSize: 1,
  });
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  return fromPayloadsAtIndex<DeploymentRequest>(defaultPayloadConverter, 0, payloads);
}

/** The operator service may be closed to us (Temporal Cloud): then nothing is assumed to be registered. */
async function readSearchAttributes(connection: Connection, namespace: string): Promise<ReadonlySet<string>> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return new Set(Object.keys(customAttributes));
  } catch (error) {
    if (isGrpcServiceError(error)) return new Set();
    throw error;
  }
}

function readUpdateError(error: unknown): Delivery {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isTimeout(error) || isGivenUp(error)) return { kind: 'no answer' };
  if (isNotFound(error)) return { kind: 'ended' };
  if (error instanceof WorkflowUpdateFailedError) {
    const cause = error.cause;
    if (cause instanceof ApplicationFailure && cause.type === REFUSED) return { kind: 'refused', reason: cause.message };
    if (cause instanceof ApplicationFailure && cause.type === 'AcceptedUpdateCompletedWorkflow') return { kind: 'ended' };
    // It has just begun, and reads what it was begun with: a signal waits for it.
    if (cause?.message.includes('No registered handler')) return { kind: 'no answer' };
    throw failure(`The deployment could not take the message: ${cause?.message ?? error.message}. Try again, or see "status".`);
  }
  throw error;
}

/** The signal twin was the last way: the person is told before anybody relies on it. */
const unconfirmed = (name: string, error: unknown) =>
  failure(
    `Temporal did not confirm "${name}" (${lostBecause(error)}): it may not have arrived. Look with "analytics-deploy status", and send it again.`,
    { unconfirmed: name },
  );

/** No worker, one whose workflow task fails, or earlier queries that still wait: the server gives up on the query. */
function isUnanswered(error: unknown): boolean {
  const codes: readonly (number | null)[] = [
    grpc.deadlineExceeded,
    grpc.failedPrecondition,
    grpc.resourceExhausted,
    grpc.unavailable,
    grpc.invalidArgument,
  ];
  return isTimeout(error) || codes.includes(grpcCode(error));
}

/** How long a run that has just begun may read what it was begun with. */
const beginningPatience = 5_000;

/** Asks again while the run knows no queries yet. */
async function onceItAnswers<Result>(query: () => Promise<Result>): Promise<Result> {
  const end = Date.now() + beginningPatience;
  for (;;) {
    try {
      return await query();
    } catch (error) {
      if (!(error instanceof QueryNotRegisteredError) || Date.now() > end) throw error;
      await sleep(200);
    }
  }
}

/** @throws NoAnswer where no worker answers. */
async function answered<Result>(query: () => Promise<Result>): Promise<Result> {
  try {
    return await query();
  } catch (error) {
    throw isUnanswered(error) ? new NoAnswer(grpcDetails(error)) : error;
  }
}

async function orNull<Result>(call: () => Promise<Result>): Promise<Result | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isNotFound(error)) return null;
    throw error;
  }
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}
