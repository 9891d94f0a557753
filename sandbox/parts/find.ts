import { delimiter, join } from 'node:path';
import { cacheFolder, isExecutable, placeOnce } from './cache';

/** A server that tests and sandbox use for real where it can be had, and every way to come by it. */
export interface Part {
  /** What people call it. */
  readonly title: string;
  /** Variable that names its executable. */
  readonly variable: string;
  /** Names of its executable on PATH, the first preferred. */
  readonly executables: readonly [string, ...string[]];
  /** Programs that must lie beside it: one on PATH that is alone is passed over. */
  readonly beside?: readonly string[];
  readonly download: Download;
  /** The command that installs it by hand. */
  readonly install: string;
}

/** What is fetched once, and kept in the cache as a folder. */
export interface Download {
  /** Name in the cache, with the version. */
  readonly name: string;
  /** The executable, below that folder. */
  readonly executable: string;
  /** Fills an empty folder, and names the one to be kept. @throws with the reason in a few words. */
  readonly fetch: (folder: string) => Promise<string>;
}

/** A part cannot be had on this machine; the message names every way to provide it. */
export class PartNotFound extends Error {
  override readonly name = 'PartNotFound';
}

/**
 * Path of a part's executable: by its variable, on PATH, in the cache, else fetched.
 *
 * @param fetches false where nothing may be downloaded now
 * @throws PartNotFound
 */
export async function findPart(
  part: Part,
  { env = process.env, fetches = true }: { readonly env?: NodeJS.ProcessEnv; readonly fetches?: boolean } = {},
): Promise<string> {
  const { title, variable, download } = part;
  const named = env[variable];
  if (named) {
    if (await isExecutable(named)) return named;
    throw new PartNotFound(`no ${title}: ${variable} is ${named}, which is no executable file. Correct it, or unset it.`);
  }
  const placed = join(cacheFolder(env), download.name, ...download.executable.split('/'));
  const found = (await onPath(part, env)) ?? ((await isExecutable(placed)) ? placed : undefined);
  if (found) return found;
  if (!fetches) throw new PartNotFound(everyWay(part, 'it was never fetched'));
  try {
    await placeOnce(cacheFolder(env), download.name, download.fetch);
    return placed;
  } catch (error) {
    throw new PartNotFound(everyWay(part, error instanceof Error ? error.message : String(error)));
  }
}

async function onPath({ executables, beside = [] }: Part, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '');
  for (const name of executables) {
    for (const folder of folders) {
      const all = await Promise.all([name, ...beside].map((each) => isExecutable(join(folder, each))));
      if (all.every((isThere) => isThere)) return join(folder, name);
    }
  }
  return undefined;
}

const everyWay = ({ title, variable, install }: Part, reason: string): string =>
  `no ${title} (${reason}), install by: ${install}; or set ${variable} to its executable`;
