import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { workflowTaskTimeout } from './messages';

/** A workflow that is begun from here and goes on by itself. */
export interface Apart<Input> {
  readonly workflowId: string;
  readonly input: Input;
  readonly taskQueue: string;
  /** What lists and the web UI show of it. */
  readonly summary: string;
  readonly memo?: Readonly<Record<string, unknown>>;
  /** Texts by search attribute; absent where the namespace does not know ours. */
  readonly attributes?: readonly (readonly [name: string, value: string])[];
}

/** Starts a workflow that outlives this one, whatever ends it. False where one of its id runs: begun twice, as after a reset, it is the same. */
export async function startApart<Input>(
  type: string,
  { workflowId, input, taskQueue, summary, memo, attributes }: Apart<Input>,
): Promise<boolean> {
  try {
    await startChild(type, {
      workflowId,
      args: [input],
      taskQueue,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      workflowTaskTimeout,
      staticSummary: summary,
      ...(memo ? { memo } : {}),
      ...(attributes
        ? { typedSearchAttributes: attributes.map(([name, value]) => ({ key: { name, type: 'KEYWORD' as const }, value })) }
        : {}),
    });
    return true;
  } catch (error) {
    if ((error as Error).name !== 'WorkflowExecutionAlreadyStartedError') throw error;
    return false;
  }
}
