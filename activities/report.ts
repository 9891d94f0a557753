import type { KeepReceipt, KeepRequest, RunOf } from '../workflows/runbook/contract';
import { modelOf } from '../workflows/runbook/report/model';
import { reportFile, requestFile } from '../workflows/runbook/report/place';
import { keptRequest } from '../workflows/runbook/rollback/ended';
import { failure } from './failures';
import type { Ports } from './ports';

/** Files for when Temporal has dropped the history: what `analytics-deploy report` tells of the ended deployment, and what a rollback of it needs. */
export function reportActivities({ deployments, reports }: Ports) {
  return {
    readRequest: (deployment: RunOf) => deployments.requestOf(deployment),

    async keepReport({ deploymentId }: KeepRequest): Promise<KeepReceipt> {
      const { namespace, workflowId, runId = '' } = deployments.own();
      const [request, report] = await Promise.all([deployments.requestOf({ workflowId, runId }), deployments.ownReport()]);
      if (report === null || report.deploymentId !== deploymentId)
        throw failure('Unavailable', 'The deployment does not tell its report yet');
      const model = await modelOf({
        request,
        report,
        run: { namespace, workflowId, runId, status: 'completed', startedAt: report.startedAt, closedAt: report.endedAt },
        asOf: report.endedAt,
      });
      await reports.keep(requestFile(deploymentId), `${JSON.stringify(keptRequest(request, report), null, 1)}\n`);
      return { file: await reports.keep(reportFile(deploymentId), `${JSON.stringify(model, null, 1)}\n`) };
    },
  };
}
