import { readFile, rename, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { RestoreReceipt, RestoreRequest } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import { failure, quote } from '../failures';
import type { Ports } from '../ports';
import { safetyDump } from './backup';
import { firstOf, restored, totalRows } from './compare';
import { dumpOf, isWhole, readSidecar, type Sidecar } from './files';
import { placeOf, within } from './place';

/** How long the dump before and the comparison after may take, beside the restore itself. */
const around = 2 * 60 * 60_000;

/** A database as it was (runbook, database rollback). Never automatic: whoever calls it has asked people. */
export function restoreActivities(ports: Ports) {
  return {
    async restoreDatabase(request: RestoreRequest, attempt: Attempt): Promise<RestoreReceipt> {
      const { databases } = ports;
      const { signal } = attempt;
      const started = performance.now();
      const { sidecar, folder } = await acceptable(request, signal);
      const marker = join(
        folder,
        `.restored-${createHash('sha256').update(`${request.deployment}/${request.backup}`).digest('hex').slice(0, 16)}`,
      );
      const done = await readFile(marker, 'utf8').catch(() => null);
      // It was done, and the answer was lost: a second one would throw away what was written since.
      if (done !== null) return JSON.parse(done) as RestoreReceipt;
      const limits = within(around, signal);
      const place = await placeOf(ports, request.database);
      const dump = dumpOf(folder, sidecar);
      await databases.checkTools(place, limits());
      await databases.readDump(place, dump, limits());
      const { id, file, bytes, sha256 } = await safetyDump(ports, request, folder, limits, signal);
      attempt.mayWrite();
      await databases.restore(place, { file: dump, into: 'replace' }, { signal, timeout: request.database.restore.deadline });
      const { lacks, notes } = restored(sidecar, await databases.describe(place, limits()));
      if (lacks.length > 0)
        throw failure('CheckFailed', `The database was restored and differs from backup ${sidecar.id}: ${firstOf(lacks)}`, {
          remedy: `What was there before is in ${file}; look at both, then retry or restore that.`,
        });
      const receipt: RestoreReceipt = {
        backup: sidecar.id,
        takenAt: sidecar.takenAt,
        safety: { id, file, bytes, sha256 },
        tables: Object.keys(sidecar.tables).length,
        rows: totalRows(sidecar.tables),
        took: Math.round(performance.now() - started),
        notes: [
          ...notes,
          ...(request.olderAccepted === undefined ? [] : [`a backup of another deployment, accepted: ${request.olderAccepted}`]),
        ],
      };
      await writeFile(`${marker}.partial`, JSON.stringify(receipt), { mode: 0o600 });
      await rename(`${marker}.partial`, marker);
      return receipt;
    },
  };
}

/** Only what was verified in the deployment that is rolled back; another one on people's word alone. */
async function acceptable(request: RestoreRequest, signal: AbortSignal): Promise<{ readonly sidecar: Sidecar; readonly folder: string }> {
  const { database, backup, of, service, environment, olderAccepted } = request;
  const folder = database.backup?.folder;
  if (folder === undefined)
    throw failure('NotFound', 'The spec keeps no dumps to restore', {
      remedy: "Restore the managed snapshot by the provider's own means, or reverse the migrations.",
    });
  const sidecar = await readSidecar(folder, backup);
  if (!sidecar)
    throw failure('NotFound', `There is no backup ${quote(backup, 100)}`, { remedy: 'Name one that has its .json beside its dump.' });
  if (sidecar.service !== service || sidecar.environment !== environment)
    throw failure('Misconfigured', `Backup ${sidecar.id} is of ${sidecar.service} in ${sidecar.environment}`, {
      remedy: 'Name one of this service.',
    });
  if ((sidecar.kind !== 'backup' || sidecar.deployment !== of) && olderAccepted === undefined)
    throw failure(
      'Forbidden',
      `Backup ${sidecar.id} was not verified in ${of}, but ${sidecar.kind === 'safety' ? 'made before a restore' : 'verified'} in ${sidecar.deployment}`,
      {
        remedy: 'Restore the one of this deployment; in an emergency two people may accept another one.',
      },
    );
  if (!(await isWhole(folder, sidecar, signal)))
    throw failure('CheckFailed', `The dump of backup ${sidecar.id} is not what it was when it was verified: size or sha256 differ`, {
      remedy: 'Do not restore it: somebody or something has changed the file.',
    });
  return { sidecar, folder };
}
