import type { DeploymentRequest } from '../release';
import type { RollbackWish } from './level';

/**
 * A rollback of an ended deployment as a deployment of its own: of the same service, environment, lane and spec.
 *
 * @param deploymentId minted once by whoever starts it.
 */
export function rollbackOf(
  ended: DeploymentRequest,
  wish: RollbackWish,
  { deploymentId, requester }: Pick<DeploymentRequest, 'deploymentId' | 'requester'>,
): DeploymentRequest {
  const { spec, planDigest, searchAttributes, taskQueues } = ended;
  return { deploymentId, requester, version: `rollback-${wish.level}`, spec, planDigest, searchAttributes, taskQueues, rollback: wish };
}
