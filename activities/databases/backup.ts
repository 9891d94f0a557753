import { rm } from 'node:fs/promises';
import type { BackupReceipt, BackupRequest, DatabaseRequest, DumpReceipt, SnapshotReceipt } from '../../workflows/runbook/contract';
import type { SnapshotSpec } from '../../workflows/runbook/spec';
import type { Attempt } from '../activity';
import { failure, quote } from '../failures';
import type { Ports } from '../ports';
import type { Databases, DatabasePlace, Description, Limits } from '../ports/databases';
import { differences, firstOf, kept, totalRows } from './compare';
import { runIn } from './commands';
import {
  bytesOf,
  deleteOlder,
  fileName,
  isWhole,
  keepDump,
  makePrivate,
  openFolder,
  partialOf,
  readSidecar,
  sha256Of,
  type Sidecar,
} from './files';
import { placeOf, scratchPlaceOf, within, withScratch } from './place';

/** The backup before a deployment (runbook, pre-deployment checklist): made, read, restored, compared. */
export function backupActivities(ports: Ports) {
  return {
    async backUpDatabase(request: BackupRequest, { signal }: Attempt): Promise<BackupReceipt> {
      const { backup } = request.database;
      if (backup?.snapshot) return proveSnapshot(ports, request, backup.snapshot, signal);
      if (backup?.folder === undefined)
        throw failure('Misconfigured', 'The spec says nothing of a backup', {
          remedy: 'Add database.backup with its folder, or a snapshot.',
        });
      const folder = await openFolder(backup.folder);
      const known = await readSidecar(folder, request.deployment);
      // The same deployment asks again: its backup is there, unless somebody has touched it.
      if (known && (await isWhole(folder, known, signal))) return receiptOf(known);
      return makeBackup(ports, request, folder, backup, signal);
    },
  };
}

async function makeBackup(
  ports: Ports,
  request: BackupRequest,
  folder: string,
  { keep, deadline }: { readonly keep: number; readonly deadline: number },
  signal: AbortSignal,
): Promise<DumpReceipt> {
  const { databases } = ports;
  const limits = within(deadline, signal);
  const [place, scratchServer] = await Promise.all([placeOf(ports, request.database), scratchPlaceOf(ports, request.database)]);
  const tools = await databases.checkTools(place, limits());
  if (request.database.scratch !== undefined) await databases.checkTools(scratchServer, limits());
  const partial = partialOf(folder, request.deployment);
  try {
    const { described, ...taken } = await dumpInSnapshot(databases, place, partial, limits);
    await databases.readDump(place, partial, limits());
    const found = await withScratch(databases, scratchServer, request, 'backup', limits, async (scratch) => {
      await databases.restore(scratch, { file: partial, into: 'empty' }, limits());
      return databases.describe(scratch, limits());
    });
    const problems = differences(described, found);
    if (problems.length > 0)
      throw failure('CheckFailed', `The backup was restored and differs from the database as it was dumped: ${firstOf(problems)}`, {
        remedy: 'Do not deploy on it: see that pg_dump is the real one and that the scratch server is sound, then retry.',
      });
    const sidecar = await keepAs(request.deployment, 'backup', request, folder, partial, { described, tools, ...taken }, signal);
    await deleteOlder(folder, sidecar, keep);
    return receiptOf(sidecar);
  } finally {
    await rm(partial, { force: true });
  }
}

/**
 * A dump of what is there before a restore: read to its end, so that the restore itself can be taken back. Each try has one of its own: what was
 * written after an earlier one, which may have done it, is in no other. All of them, the oldest first.
 */
export async function safetyDumps(
  ports: Ports,
  request: DatabaseRequest,
  folder: string,
  limits: () => Limits,
  signal: AbortSignal,
): Promise<readonly [Sidecar, ...Sidecar[]]> {
  const { databases } = ports;
  const earlier: Sidecar[] = [];
  let id = `${fileName(request.deployment)}-before-restore`;
  for (let known = await readSidecar(folder, id); known; known = await readSidecar(folder, id)) {
    earlier.push(known);
    id = `${fileName(request.deployment)}-before-restore-${earlier.length + 1}`;
  }
  const place = await placeOf(ports, request.database);
  const tools = await databases.checkTools(place, limits());
  const partial = partialOf(folder, id);
  try {
    const taken = await dumpInSnapshot(databases, place, partial, limits);
    await databases.readDump(place, partial, limits());
    const made = await keepAs(id, 'safety', request, folder, partial, { tools, ...taken }, signal);
    const [first, ...others] = earlier;
    return first ? [first, ...others, made] : [made];
  } finally {
    await rm(partial, { force: true });
  }
}

interface Taken {
  readonly described: Description;
  readonly takenAt: string;
  readonly writes: Sidecar['writes'];
}

/** Dumps and describes one and the same state: what is written meanwhile is in neither. */
async function dumpInSnapshot(databases: Databases, place: DatabasePlace, file: string, limits: () => Limits): Promise<Taken> {
  const writes = await databases.writes(place, limits()).catch(() => null);
  await makePrivate(file);
  return databases.inSnapshot(place, limits(), async (snapshot) => {
    await databases.dump(place, { file, snapshot: snapshot.id }, limits());
    return { described: await snapshot.describe(), takenAt: snapshot.takenAt, writes };
  });
}

async function keepAs(
  id: string,
  kind: Sidecar['kind'],
  { deployment, service, environment }: DatabaseRequest,
  folder: string,
  partial: string,
  { described, ...rest }: Taken & { readonly tools: string },
  signal: AbortSignal,
): Promise<Sidecar> {
  const sidecar: Sidecar = {
    version: 1,
    ...{ id, kind, deployment, service, environment },
    file: `${fileName(id)}.dump`,
    bytes: await bytesOf(partial),
    sha256: await sha256Of(partial, signal),
    ...rest,
    ...kept(described),
  };
  await keepDump(folder, partial, sidecar);
  return sidecar;
}

function receiptOf({ id, file, bytes, sha256, takenAt, tables }: Sidecar): DumpReceipt {
  return { kind: 'dump', id, file, bytes, sha256, tables: Object.keys(tables).length, rows: totalRows(tables), takenAt };
}

/** Somebody else's snapshot: proved by a command of the spec, and young enough. */
async function proveSnapshot(ports: Ports, request: BackupRequest, snapshot: SnapshotSpec, signal: AbortSignal): Promise<SnapshotReceipt> {
  const { name, newerThan, proof } = snapshot;
  const fillIn = (text: string): string => text.replaceAll('{snapshot}', name).replaceAll('{version}', request.version);
  const { tail, output } = await runIn(ports, request, { ...proof, of: 'database.backup.snapshot.proof', fillIn }, signal);
  const last = tail.trim().split('\n').at(-1)?.trim() ?? '';
  const takenAt = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(last) ? Date.parse(last) : NaN;
  if (Number.isNaN(takenAt))
    throw failure('CheckFailed', `The proof of snapshot ${name} does not end with the time at which it was taken: ${quote(last, 80)}`, {
      remedy: 'Let the command print an ISO time with its zone as its last line.',
    });
  const age = ports.clock.now() - takenAt;
  if (age < -clockSkew)
    throw failure('CheckFailed', `Snapshot ${name} was taken in ${hours(-age)}, says its proof`, {
      remedy: 'Let the command print the time at which the snapshot was taken, then retry.',
    });
  if (age > newerThan)
    throw failure('CheckFailed', `Snapshot ${name} is ${hours(age)} old, and may be ${hours(newerThan)}`, {
      remedy: 'Take a new one, then retry.',
    });
  return { kind: 'snapshot', id: name, takenAt: new Date(takenAt).toISOString(), age, proof: output };
}

/** By which the clocks of two machines may differ. */
const clockSkew = 5 * 60_000;

function hours(milliseconds: number): string {
  return milliseconds < 2 * 3_600_000 ? `${Math.round(milliseconds / 60_000)} min` : `${Math.round(milliseconds / 3_600_000)} h`;
}
