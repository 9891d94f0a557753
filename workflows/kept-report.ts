import { patched, TemporalFailure } from '@temporalio/workflow';
import { readFailure, type Call } from './calls';
import type { KeepReceipt, KeepRequest } from './runbook/contract';
import { WHOLE_RUNBOOK } from './runbook/patches';
import type { DeploymentReport } from './runbook/view';

/**
 * Has a file of the report kept, which outlives the history. The tries are bounded, and a file that could not be kept is a line of the
 * report: the deployment has ended as it has ended.
 */
export async function keepReport(call: Call, report: DeploymentReport): Promise<DeploymentReport> {
  if (!patched(WHOLE_RUNBOOK)) return report;
  try {
    await call<KeepRequest, KeepReceipt>(
      'keepReport',
      { deploymentId: report.deploymentId },
      { id: 'report', summary: 'keep a file of the report', policy: 'keep' },
    );
    return report;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return { ...report, unkept: readFailure(error)?.message ?? error.message };
  }
}
