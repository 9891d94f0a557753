import { Context } from '@temporalio/activity';
import type { Hook } from './world';

export interface BareActivities {
  nothing(): Promise<void>;
  /** What the observer waits for. */
  answered(): Promise<void>;
  /** What the observer may hold. */
  held(): Promise<void>;
}

export function bareActivities(hook: Hook): BareActivities {
  const doing = (name: keyof BareActivities) => async (): Promise<void> => {
    const { workflowExecution, attempt, activityId: id } = Context.current().info;
    const call = { workflowId: workflowExecution?.workflowId ?? '', name, id, attempt };
    await hook({ ...call, when: 'before' });
    await hook({ ...call, when: 'after' });
  };
  return { nothing: doing('nothing'), answered: doing('answered'), held: doing('held') };
}
