import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf, failure, quote } from '../failures';
import type { Writes } from '../ports/databases';
import type { Kept } from './compare';

/** What lies beside a dump and says what it is: its presence makes the dump a backup. Holds no secret. */
export interface Sidecar extends Kept {
  readonly version: 1;
  readonly id: string;
  /** `backup`: restored and compared. `safety`: what was there before a restore; read, not compared. */
  readonly kind: 'backup' | 'safety';
  readonly deployment: string;
  readonly service: string;
  readonly environment: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** ISO time. */
  readonly takenAt: string;
  /** The statistics of that time; null where they could not be read. */
  readonly writes: Writes | null;
  readonly tools: string;
}

/** The folder of dumps, made for its owner alone where it is not there; of one that is there, nobody else can read what is put into it. */
export async function openFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw failure('Misconfigured', `The folder of the dumps, ${quote(folder, 100)}, cannot be made (${codeOf(error, 'no code')})`, {
      remedy: 'Correct database.backup.folder, or give the worker the right to write there.',
    });
  }
}

/** An empty file that only its owner reads, for what is going to be written into it. */
export async function makePrivate(file: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, '', { mode: 0o600, flag: 'wx' });
}

/** Where a dump is written until it is verified. */
export const partialOf = (folder: string, id: string): string => join(folder, `.${fileName(id)}.partial`);
export const dumpOf = (folder: string, { file }: Pick<Sidecar, 'file'>): string => join(folder, file);

/** A deployment's id as a file's name. */
export function fileName(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(id)) return id;
  throw failure('Misconfigured', `${quote(id, 80)} cannot name a file`, {
    remedy: 'Use letters, digits, dots and dashes in service, environment and version.',
  });
}

/** Gives the dump its name, then the sidecar: whoever sees the sidecar finds a whole dump. */
export async function keepDump(folder: string, partial: string, sidecar: Sidecar): Promise<void> {
  await rename(partial, dumpOf(folder, sidecar));
  const path = join(folder, `${fileName(sidecar.id)}.json`);
  await writeFile(`${path}.partial`, JSON.stringify(sidecar, null, 1), { mode: 0o600 });
  await rename(`${path}.partial`, path);
}

/** A backup by its id; null where there is none. */
export async function readSidecar(folder: string, id: string): Promise<Sidecar | null> {
  const text = await readFile(join(folder, `${fileName(id)}.json`), 'utf8').catch(() => null);
  return text === null ? null : parse(text);
}

/** All backups of a service, the newest first. */
export async function backupsOf(folder: string, of: Pick<Sidecar, 'service' | 'environment' | 'kind'>): Promise<readonly Sidecar[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const all = await Promise.all(names.map((name) => readSidecar(folder, name.slice(0, -'.json'.length))));
  return all
    .flatMap((sidecar) => (sidecar ? [sidecar] : []))
    .filter(({ service, environment, kind }) => service === of.service && environment === of.environment && kind === of.kind)
    .sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1));
}

/** Deletes all but the newest, never the one just made; and what dead workers have left half written. */
export async function deleteOlder(folder: string, made: Sidecar, keep: number): Promise<void> {
  for (const { id, file } of (await backupsOf(folder, made)).slice(keep).filter(({ id }) => id !== made.id)) {
    // The sidecar first: a dump without one is no backup.
    await rm(join(folder, `${fileName(id)}.json`), { force: true });
    await rm(join(folder, file), { force: true });
  }
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.partial'))) {
    const path = join(folder, name);
    const writtenAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (Date.now() - writtenAt > aDay) await rm(path, { force: true });
  }
}
/** No dump is without a word for so long. */
const aDay = 86_400_000;

export async function bytesOf(file: string): Promise<number> {
  return (await stat(file)).size;
}
export async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('hex');
}
/** Whether the dump is still what its sidecar says. */
export async function isWhole(folder: string, sidecar: Sidecar, signal: AbortSignal): Promise<boolean> {
  const path = dumpOf(folder, sidecar);
  const size = await bytesOf(path).catch(() => null);
  return size === sidecar.bytes && (await sha256Of(path, signal)) === sidecar.sha256;
}

function parse(text: string): Sidecar | null {
  try {
    const sidecar = JSON.parse(text) as Partial<Sidecar> | null;
    const names = [sidecar?.id, sidecar?.file, sidecar?.sha256, sidecar?.takenAt, sidecar?.deployment];
    const isOne = sidecar?.version === 1 && names.every((name) => typeof name === 'string') && typeof sidecar.tables === 'object';
    return isOne && sidecar.file === fileName(sidecar.file ?? '') ? (sidecar as Sidecar) : null;
  } catch {
    return null;
  }
}
