import { Context } from '@temporalio/activity';
import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import type { Deployments } from '../deployments';

const patience = 5_000;

/** By the Temporal that the worker is connected to. */
export const temporalDeployments: Deployments = {
  own() {
    const { namespace, workflowExecution } = Context.current().info;
    return { namespace, workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? '' };
  },
  async stateOf({ namespace, workflowId, runId }, deploymentId) {
    const { client } = Context.current();
    const describe = async (execution: { readonly workflowId: string; readonly runId?: string }) => {
      const { workflowExecutionInfo: info } = await client.withDeadline(Date.now() + patience, () =>
        client.workflowService.describeWorkflowExecution({ namespace, execution }),
      );
      const memo = info?.memo?.fields?.['deploymentId'];
      const told: unknown = memo ? fromPayloadsAtIndex(defaultPayloadConverter, 0, [memo]) : undefined;
      return { isIt: told === deploymentId, isClosed: Boolean(info?.closeTime) };
    };
    try {
      // The newest run first: a deployment that was reset goes on in another run than the one that took the lock.
      const newest = await describe({ workflowId });
      if (newest.isIt) return newest.isClosed ? 'closed' : 'open';
      // Another deployment has the id here. Only where this server knows the run that took the lock does that say that it is over.
      if (!runId) return 'unknown';
      const taker = await describe({ workflowId, runId });
      return taker.isIt && taker.isClosed ? 'closed' : 'unknown';
    } catch {
      // Not found may mean another server, or a history that was dropped: neither shows that it is over.
      return 'unknown';
    }
  },
};
