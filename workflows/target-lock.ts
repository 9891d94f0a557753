import { TemporalFailure } from '@temporalio/workflow';
import { readFailure, type Call } from './calls';
import type { ReleaseReceipt, ReleaseRequest } from './runbook/contract';
import type { DeploymentRequest } from './runbook/release';
import type { Saga } from './saga';
import type { Unwound } from './unwinding';

/** Gives the lock up, whatever the end was. Where that fails it is said how to clear it: by itself nothing is put back or taken over. */
export async function giveUpLock(
  { target, releases }: Saga,
  call: Call,
  { deploymentId: deployment }: DeploymentRequest,
  { left }: Unwound,
  succeeded: boolean,
  stays: (what: string) => void,
): Promise<void> {
  if (target === null) return;
  const what = `lock ${target.namespace}/${target.name}`;
  const request: ReleaseRequest = {
    ...target,
    deployment,
    left: left.map(({ subject }) => subject),
    ...(succeeded && releases ? { releases } : {}),
  };
  try {
    const { note } = await call<ReleaseRequest, ReleaseReceipt>('releaseTarget', request, {
      id: 'release',
      summary: `give up the ${what}`,
      policy: 'release',
    });
    if (note !== undefined) stays(`${what}: ${note}`);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const clear = left.length > 0 ? 'analytics-deploy repair' : 'analytics-deploy repair --release';
    stays(`${what} could not be given up (${readFailure(error)?.message ?? error.message}) Before the next deployment: ${clear}`);
  }
}
