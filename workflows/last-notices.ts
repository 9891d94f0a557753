import { startApart } from './apart';
import { caller } from './calls';
import { LAST_NOTICES_TYPE, lastNoticesIdOf } from './messages';
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

/** Begins it as a run that outlives the deployment, and says its id. */
export async function handOn(notices: LastNotices): Promise<string> {
  const { deploymentId, taskQueues } = notices;
  const workflowId = lastNoticesIdOf(deploymentId);
  const summary = `the last messages of ${deploymentId}`;
  await startApart(LAST_NOTICES_TYPE, { workflowId, input: notices, taskQueue: taskQueues.control, summary });
  return workflowId;
}
