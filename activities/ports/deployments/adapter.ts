import { Context } from '@temporalio/activity';
import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import type { Deployments } from '../deployments';

const patience = 5_000;

/** By the Temporal that the worker is connected to. */
export const temporalDeployments: Deployments = {
  own() {
    const { namespace, workflowExecution } = Context.current().info;
    return { namespace, workflowId: workflowExecution?.workflowId ?? '' };
  },
  async stateOf({ namespace, workflowId }, deploymentId) {
    const { client } = Context.current();
    try {
      const { workflowExecutionInfo: info } = await client.withDeadline(Date.now() + patience, () =>
        client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
      );
      const memo = info?.memo?.fields?.['deploymentId'];
      const newest: unknown = memo ? fromPayloadsAtIndex(defaultPayloadConverter, 0, [memo]) : undefined;
      // One run at a time has the id: a newer deployment under it says that this one is over.
      if (typeof newest === 'string' && newest !== deploymentId) return 'closed';
      if (newest !== deploymentId) return 'unknown';
      return info?.closeTime ? 'closed' : 'open';
    } catch {
      // Not found may mean another server, or a history that was dropped: neither shows that it is over.
      return 'unknown';
    }
  },
};
