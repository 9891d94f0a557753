import { Context } from '@temporalio/activity';
import { defaultPayloadConverter, fromPayloadsAtIndex } from '@temporalio/common';
import { searchAttributes, WORKFLOW_TYPE } from '../../../workflows/messages';
import type { DeploymentRequest } from '../../../workflows/runbook/release';
import { STATUS_QUERY, type DeploymentReport, type DeploymentView } from '../../../workflows/runbook/view';
import { codeOf, failure } from '../../failures';
import type { Deployments, Open } from '../deployments';

const patience = 5_000;
const notFound = 'gRPC 5';

/** By the Temporal that the worker is connected to. */
export const temporalDeployments: Deployments = {
  own() {
    const { namespace, workflowExecution } = Context.current().info;
    return { namespace, workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? '' };
  },
  async open(most, isMeant) {
    const { client, info } = Context.current();
    const own = info.workflowExecution?.workflowId;
    const query = `WorkflowType = '${WORKFLOW_TYPE}' AND ExecutionStatus = 'Running'`;
    return client.withDeadline(Date.now() + patience, async () => {
      const found: Open[] = [];
      for await (const { workflowId, startTime, memo = {}, typedSearchAttributes } of client.workflow.list({ query })) {
        if (workflowId === own) continue;
        const texts = Object.entries(memo).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
        const phase = typedSearchAttributes.getAll().find(({ key }) => key.name === searchAttributes.phase)?.value;
        const told = { ...Object.fromEntries(texts), ...(typeof phase === 'string' ? { phase } : {}) };
        if (isMeant(told)) found.push({ workflowId, startedAt: startTime.getTime(), told });
        if (found.length === most) break;
      }
      return found.sort((a, b) => a.startedAt - b.startedAt);
    });
  },
  async requestOf({ workflowId, runId }) {
    const { client } = Context.current();
    const { namespace } = temporalDeployments.own();
    return answered('its request', async () => {
      const { history } = await client.withDeadline(Date.now() + patience, () =>
        client.workflowService.getWorkflowExecutionHistory({
          namespace,
          execution: { workflowId, runId },
          maximumPageSize: 1,
        }),
      );
      const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
      return fromPayloadsAtIndex<DeploymentRequest>(defaultPayloadConverter, 0, payloads);
    });
  },
  async ownReport() {
    const { client } = Context.current();
    const { workflowId, runId } = temporalDeployments.own();
    return answered('its status', async (): Promise<DeploymentReport | null> => {
      const handle = client.workflow.getHandle(workflowId, runId);
      const { report } = await client.withDeadline(Date.now() + patience, () => handle.query<DeploymentView>(STATUS_QUERY));
      return report;
    });
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

/** Errors of the connection may quote what was sent: only their code is told. */
async function answered<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const code = grpcCodeOf(error);
    if (code === notFound) throw failure('NotFound', `Temporal does not know the deployment any more: ${what} is gone`);
    throw failure('Unavailable', `Temporal did not tell the deployment's report: ${what} could not be read (${code})`);
  }
}

/** gRPC's codes are numbers; the connection's own errors wrap them. */
function grpcCodeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } };
  const number = code ?? cause?.code;
  return typeof number === 'number' ? `gRPC ${number}` : codeOf(error, 'no code');
}
