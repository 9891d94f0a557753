import { startApart } from './apart';
import { searchAttributes, workflowIdOf, WORKFLOW_TYPE } from './messages';
import type { DeploymentRequest } from './runbook/release';
import { levelTitles, type RollbackLevel } from './runbook/rollback/level';

/** Of the deployment that is rolled back: the follow-ups start one at most, and a reset starts the same. */
export function rollbackId({ deploymentId, spec }: DeploymentRequest, level: RollbackLevel): string {
  const [stamp = '00000000T000000Z'] = /\d{8}T\d{6}Z$/.exec(deploymentId) ?? [];
  return `${spec.service}-${spec.environment}-rollback-${level}-${stamp}`;
}

/** Starts a rollback in its lane, as a person's command would. False where another deployment runs there. */
export async function startRollback(request: DeploymentRequest): Promise<boolean> {
  const { deploymentId, planDigest, requester, version, spec, rollback } = request;
  const { service, environment, production } = spec;
  return startApart(WORKFLOW_TYPE, {
    workflowId: workflowIdOf(service, environment),
    input: request,
    taskQueue: request.taskQueues.control,
    summary: `${service} in ${environment}: ${rollback ? levelTitles[rollback.level] : version}, started by ${requester}`,
    memo: { deploymentId, planDigest, requester, version, service, environment, cluster: production.cluster },
    ...(request.searchAttributes
      ? {
          attributes: [
            [searchAttributes.id, deploymentId],
            [searchAttributes.service, service],
            [searchAttributes.environment, environment],
            [searchAttributes.release, version],
            [searchAttributes.requester, requester],
          ],
        }
      : {}),
  });
}
