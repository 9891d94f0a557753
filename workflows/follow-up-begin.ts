import { workflowInfo } from '@temporalio/workflow';
import { startApart } from './apart';
import { FOLLOW_UP_TYPE, followUpIdOf, searchAttributes } from './messages';
import type { FollowUpBeginning, FollowUpsBegun } from './runbook/post-deployment/follow-up';

/** Begins the follow-ups as a workflow that outlives the deployment. */
export async function beginFollowUps({ request, serving, brought }: FollowUpsBegun): Promise<void> {
  const { deploymentId, version, requester, spec, taskQueues } = request;
  const { service, environment } = spec;
  const { workflowId, runId } = workflowInfo();
  const input: FollowUpBeginning = {
    ...{ deploymentId, searchAttributes: request.searchAttributes, taskQueues, serving },
    ...(brought ? { brought } : {}),
    of: { workflowId, runId },
  };
  await startApart(FOLLOW_UP_TYPE, {
    workflowId: followUpIdOf(deploymentId),
    input,
    taskQueue: taskQueues.control,
    summary: `follow-ups of ${service} ${version} in ${environment}`,
    memo: { deploymentId, version, requester, service, environment },
    ...(request.searchAttributes
      ? {
          attributes: [
            [searchAttributes.service, service],
            [searchAttributes.environment, environment],
            [searchAttributes.release, version],
            [searchAttributes.requester, requester],
          ],
        }
      : {}),
  });
}
