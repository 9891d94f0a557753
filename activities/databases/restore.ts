import { readFile, rename, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { RestoreReceipt, RestoreRequest } from '../../workflows/runbook/contract';
import type { Attempt } from '../activity';
import { failure } from '../failures';
import type { Ports } from '../ports';
import { restoring } from '../ports/databases';
import { acceptableBackup } from './acceptable';
import { safetyDumps } from './backup';
import { firstOf, restored, totalRows } from './compare';
import { dumpOf } from './files';
import { placeOf, within } from './place';
import { since } from './since';

/** How long the dump before and the comparison after may take, beside the restore itself. */
const around = 2 * 60 * 60_000;

/** A database as it was (runbook, database rollback). Never automatic: whoever calls it has asked people. */
export function restoreActivities(ports: Ports) {
  return {
    async restoreDatabase(request: RestoreRequest, attempt: Attempt): Promise<RestoreReceipt> {
      const { databases } = ports;
      const { signal } = attempt;
      const started = performance.now();
      const { backup, of, olderAccepted } = request;
      const { sidecar, folder } = await acceptableBackup({ ...request, isAnotherAccepted: olderAccepted !== undefined }, signal);
      if (sidecar.sha256 !== request.sha256)
        throw failure('NotApplicable', `Not restored: backup ${backup} is another one than was approved: its sha256 differs`, {
          remedy: 'See who has made it anew, then ask for the rollback again.',
        });
      const marker = join(folder, `.restored-${createHash('sha256').update(`${request.deployment}/${backup}`).digest('hex').slice(0, 16)}`);
      const done = await readFile(marker, 'utf8').catch(() => null);
      // It was done, and the answer was lost: a second one would throw away what was written since.
      if (done !== null) return JSON.parse(done) as RestoreReceipt;
      const limits = within(around, signal);
      const place = await placeOf(ports, request.database);
      const dump = dumpOf(folder, sidecar);
      await databases.checkTools(place, limits());
      await databases.readDump(place, dump, limits());
      // A worker that was killed leaves a restore behind, which would end after the dump of what is there before.
      await databases.endSessions(place, restoring(dump), limits());
      const [safety, ...later] = await safetyDumps(ports, request, folder, limits, signal);
      const { id, file, bytes, sha256 } = safety;
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
        lost: since(sidecar, safety).words,
        took: Math.round(performance.now() - started),
        notes: [
          ...notes,
          ...later.map((again) => `tried again at ${again.takenAt}: what was there by then is in ${again.file}`),
          ...(olderAccepted === undefined ? [] : [`not verified in ${of}, accepted: ${olderAccepted}`]),
        ],
      };
      await writeFile(`${marker}.partial`, JSON.stringify(receipt), { mode: 0o600 });
      await rename(`${marker}.partial`, marker);
      return receipt;
    },
  };
}
