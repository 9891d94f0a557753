import type { OpenDeployment, OthersReceipt, OthersRequest } from '../workflows/runbook/contract';
import { codeOf } from './failures';
import type { Ports } from './ports';
import type { Open } from './ports/deployments';

const most = 20;

/** Runbook, "Scheduling Guidelines": coordinate with other deployments. What cannot be seen is said, and holds nobody up. */
export function otherDeploymentActivities({ deployments }: Pick<Ports, 'deployments'>) {
  return {
    async listOpenDeployments({ cluster }: OthersRequest): Promise<OthersReceipt> {
      try {
        // One that does not say where it deploys may be here.
        // One more than is told, so that nobody takes a part for all.
        const here = await deployments.open(most + 1, (told) => (told['cluster'] ?? cluster) === cluster);
        return { open: here.slice(-most).map(summed), ...(here.length > most ? { more: true as const } : {}) };
      } catch (error) {
        return { open: [], unknown: `Temporal did not list them (${codeOf(error, 'no code')})` };
      }
    },
  };
}

function summed({ workflowId, told }: Open): OpenDeployment {
  const { deploymentId = workflowId, service = '?', environment = '?', version = '?', requester = 'somebody', phase = 'not begun' } = told;
  return { deploymentId, service, environment, version, requester, phase };
}
