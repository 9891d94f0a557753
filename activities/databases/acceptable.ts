import type { DatabaseRequest } from '../../workflows/runbook/contract';
import { failure, quote } from '../failures';
import { backupsOf, isWhole, readSidecar, type Sidecar } from './files';

/** Which backup is asked for, and what of. */
export interface Wanted extends Pick<DatabaseRequest, 'database' | 'service' | 'environment'> {
  /** Absent: the newest verified one of the service. */
  readonly backup?: string;
  /** The deployment in which it must have been verified; absent: in any. */
  readonly of?: string;
  /** People accept another one. */
  readonly isAnotherAccepted: boolean;
}

/** The backup that may be restored: of this service, whole, and verified in the deployment that is rolled back; another one on people's word alone. */
export async function acceptableBackup(
  wanted: Wanted,
  signal: AbortSignal,
): Promise<{ readonly sidecar: Sidecar; readonly folder: string }> {
  const { database, backup, of, service, environment, isAnotherAccepted } = wanted;
  const folder = database.backup?.folder;
  if (folder === undefined)
    throw failure('NotFound', 'The spec keeps no dumps to restore', {
      remedy: "Restore the managed snapshot by the provider's own means, or reverse the migrations.",
    });
  const [newest] = await backupsOf(folder, { service, environment, kind: 'backup' });
  const sidecar = backup === undefined ? newest : await readSidecar(folder, backup);
  if (!sidecar)
    throw failure(
      'NotFound',
      backup === undefined ? `There is no verified backup of ${service}` : `There is no backup ${quote(backup, 100)}`,
      {
        remedy: 'Name one that has its .json beside its dump, or reverse the migrations instead.',
      },
    );
  if (sidecar.service !== service || sidecar.environment !== environment)
    throw failure('NotApplicable', `Not restored: backup ${sidecar.id} is of ${sidecar.service} in ${sidecar.environment}`, {
      remedy: 'Name one of this service.',
    });
  const made = sidecar.kind === 'safety' ? 'saved before a restore' : 'verified';
  if (!isAnotherAccepted && (sidecar.kind === 'safety' || (of !== undefined && sidecar.deployment !== of)))
    throw failure(
      'NotApplicable',
      `Not restored: backup ${sidecar.id} was ${made} in ${sidecar.deployment}, not verified in ${of ?? 'any'}`,
      {
        remedy: 'In an emergency two people may accept it: --accept-older "why".',
      },
    );
  if (!(await isWhole(folder, sidecar, signal)))
    throw failure('CheckFailed', `The dump of backup ${sidecar.id} is not what it was when it was ${made}: size or sha256 differ`, {
      remedy: 'Do not restore it: see who or what has changed the file.',
    });
  return { sidecar, folder };
}
