import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { caller } from './calls';
import { LAST_NOTICES_TYPE, lastNoticesIdOf, workflowTaskTimeout } from './messages';
import { Postman, type Letter, type Round } from './postman';
import type { Delivery } from './runbook/contract';
import type { TaskQueues } from './runbook/release';

/** What a deployment was not rid of when it ended, in order. */
export interface LastNotices extends Round {
  readonly letters: readonly Letter[];
  readonly taskQueues: TaskQueues;
}
interface Told {
  readonly key: string;
  readonly sinks: readonly Delivery[];
}

/** Sends the last messages of a deployment that has ended; tells what became of each. */
export async function analyticsLastNotices({ letters, taskQueues, ...round }: LastNotices): Promise<readonly Told[]> {
  const postman = new Postman(round, caller(taskQueues));
  const told: Told[] = [];
  for (const letter of letters) told.push({ key: letter.key, sinks: await postman.deliver(letter) });
  return told;
}

/** Begins it as a run that outlives the deployment, and says its id. Begun twice, as after a reset, it is the same. */
export async function handOn(notices: LastNotices): Promise<string> {
  const workflowId = lastNoticesIdOf(notices.deploymentId);
  try {
    await startChild(LAST_NOTICES_TYPE, {
      workflowId,
      args: [notices],
      taskQueue: notices.taskQueues.control,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      workflowTaskTimeout,
      staticSummary: `the last messages of ${notices.deploymentId}`,
    });
  } catch (error) {
    if ((error as Error).name !== 'WorkflowExecutionAlreadyStartedError') throw error;
  }
  return workflowId;
}
