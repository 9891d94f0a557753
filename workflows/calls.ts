import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Activities } from './runbook/contract';
import { failureTypes, type FailureDetails, type FailureType } from './runbook/failures';
import { policies, type Policy, type PolicyName } from './runbook/policies';
import type { TaskQueues } from './runbook/release';
import type { Milliseconds } from './runbook/spec';
import type { Doing } from './runbook/step';

export interface CallOptions {
  readonly id: string;
  readonly summary: string;
  readonly policy: PolicyName;
  /** On cancellation wait for the activity's own answer: it may say what it has seen so far. */
  readonly answersWhenStopped?: boolean;
  /** How long one attempt may last, where the caller knows better than the policy. */
  readonly within?: Milliseconds;
}
export type Call = <In, Out>(does: Doing<In, Out>, input: In, options: CallOptions) => Promise<Out>;

/** Calls activities by the runbook's policies; ids are readable and unique within the run. */
export function caller(queues: TaskQueues): Call {
  const used = new Map<string, number>();
  return <In, Out>(does: Doing<In, Out>, input: In, { id, summary, policy, answersWhenStopped, within }: CallOptions) => {
    const { startToClose, heartbeat, giveUpAfter, queue, retry }: Policy = policies[policy];
    const times = (used.get(id) ?? 0) + 1;
    used.set(id, times);
    const activities = proxyActivities<Record<string, (input: In) => Promise<Out>>>({
      activityId: times === 1 ? id : `${id}#${times}`,
      summary: summary.slice(0, 120),
      taskQueue: queues[queue],
      startToCloseTimeout: within ?? startToClose,
      ...(heartbeat === undefined ? {} : { heartbeatTimeout: heartbeat }),
      ...(giveUpAfter === undefined ? {} : { scheduleToCloseTimeout: giveUpAfter }),
      cancellationType: answersWhenStopped ? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED : ActivityCancellationType.TRY_CANCEL,
      retry: {
        initialInterval: retry.initial,
        maximumInterval: retry.maximum,
        backoffCoefficient: 2,
        ...(retry.attempts === 'until done' ? {} : { maximumAttempts: retry.attempts }),
      },
    });
    const perform = activities[does as keyof Activities] as (input: In) => Promise<Out>;
    return perform(input);
  };
}

/** A failed activity as the workflow understands it. */
export interface StepFailure {
  readonly type: FailureType;
  readonly message: string;
  readonly details: FailureDetails;
}

/** Reads a failed activity; null for what is no activity's failure: a defect of ours, or a cancellation. */
export function readFailure(error: unknown): StepFailure | null {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return null;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    const [details] = cause.details ?? [];
    const type = isFailureType(cause.type) ? cause.type : 'Unexpected';
    return { type, message: cause.message, details: isDetails(details) ? details : {} };
  }
  const what =
    cause instanceof TimeoutFailure ? `no answer in time (${String(cause.timeoutType).toLowerCase().replaceAll('_', ' ')})` : error.message;
  return { type: 'Unavailable', message: what, details: {} };
}

/** What an activity had said of itself before it gave no answer any more; undefined where it has said nothing. */
export function heardLast(error: unknown): unknown {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof TimeoutFailure ? cause.lastHeartbeatDetails : undefined;
}

/** What happened, and what to do next. */
export function withRemedy({ message, details }: StepFailure): string {
  return details.remedy && !message.includes(details.remedy) ? `${message} ${details.remedy}` : message;
}

function isFailureType(type: string | null | undefined): type is FailureType {
  return typeof type === 'string' && type in failureTypes;
}
function isDetails(details: unknown): details is FailureDetails {
  return typeof details === 'object' && details !== null;
}
