import { ChildWorkflowCancellationType, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { FOLLOW_UP_TYPE, followUpIdOf, searchAttributes, workflowTaskTimeout } from './messages';
import type { FollowUpBeginning, FollowUpRequest } from './runbook/post-deployment/follow-up';

/** Begins the follow-ups as a workflow that outlives the deployment. Begun twice, as after a reset, they are the same. */
export async function beginFollowUps(request: FollowUpRequest): Promise<void> {
  const { deploymentId, version, requester, spec, taskQueues } = request;
  const { service, environment } = spec;
  const texts = [
    [searchAttributes.service, service],
    [searchAttributes.environment, environment],
    [searchAttributes.release, version],
    [searchAttributes.requester, requester],
  ] as const;
  try {
    await startChild(FOLLOW_UP_TYPE, {
      workflowId: followUpIdOf(deploymentId),
      args: [beginning(request)],
      taskQueue: taskQueues.control,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      workflowTaskTimeout,
      memo: { deploymentId, version, requester, service, environment },
      staticSummary: `follow-ups of ${service} ${version} in ${environment}`,
      ...(request.searchAttributes
        ? { typedSearchAttributes: texts.map(([name, value]) => ({ key: { name, type: 'KEYWORD' as const }, value })) }
        : {}),
    });
  } catch (error) {
    if ((error as Error).name !== 'WorkflowExecutionAlreadyStartedError') throw error;
  }
}

function beginning({ deploymentId, searchAttributes, taskQueues, serving, brought }: FollowUpRequest): FollowUpBeginning {
  const { workflowId, runId } = workflowInfo();
  return { deploymentId, searchAttributes, taskQueues, serving, ...(brought ? { brought } : {}), of: { workflowId, runId } };
}
