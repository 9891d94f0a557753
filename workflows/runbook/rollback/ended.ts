/** An ended deployment, as far as a rollback of it needs to know it. Kept in a file for when Temporal has dropped the history. */
import type { DeploymentRequest } from '../release';
import type { DeploymentReport } from '../view';

/** How it ended, and what came with it. */
export type Ended = Pick<DeploymentReport, 'startedAt' | 'outcome' | 'unwell' | 'rollback' | 'version' | 'release' | 'migrations'>;

/** Secrets are references in it, as in the spec. */
export interface KeptRequest {
  readonly schemaVersion: number;
  readonly request: DeploymentRequest;
  readonly ended: Ended;
}

/** Of the files that this build writes, and the newest that it understands. */
export const KEPT_REQUEST = 1;

export function keptRequest(request: DeploymentRequest, report: DeploymentReport): KeptRequest {
  const { startedAt, outcome, unwell, rollback, version, release, migrations } = report;
  return {
    schemaVersion: KEPT_REQUEST,
    request,
    ended: {
      startedAt,
      outcome,
      version,
      ...(unwell ? { unwell } : {}),
      ...(rollback ? { rollback } : {}),
      ...(release ? { release } : {}),
      ...(migrations ? { migrations } : {}),
    },
  };
}
