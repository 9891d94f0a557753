import { workflowIdOf, workflowTaskTimeout } from '../../workflows/messages';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { StartWords } from './engine';
import { searchAttributesOf } from './search-attributes';

/** How a deployment is started: one at a time for each service and environment, found by its search attributes and its memo. */
export function startOptions(request: DeploymentRequest, { summary, details }: StartWords) {
  const { deploymentId, planDigest, requester, version, spec } = request;
  const { service, environment, production } = spec;
  return {
    workflowId: workflowIdOf(service, environment),
    taskQueue: request.taskQueues.control,
    args: [request],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    memo: { deploymentId, planDigest, requester, version, service, environment, cluster: production.cluster },
    workflowTaskTimeout,
    staticSummary: summary,
    staticDetails: details,
    ...(request.searchAttributes ? { typedSearchAttributes: searchAttributesOf(request) } : {}),
  } as const;
}
