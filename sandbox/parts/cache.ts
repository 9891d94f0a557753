import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Where downloaded servers are kept between runs. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['ANALYTICS_DEPLOY_CACHE']) return env['ANALYTICS_DEPLOY_CACHE'];
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'analytics-deploy');
  const home = homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'analytics-deploy');
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'analytics-deploy', 'cache');
  return join(home, '.cache', 'analytics-deploy');
}

/** Whether a path is a file that may be run. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Fills a new folder and names what is to be kept of it: an executable, or a folder. */
export type Fill = (folder: string) => Promise<string>;

/** Whether something was put into the cache whole: nothing else comes there. */
const isPlaced = async (path: string): Promise<boolean> => (await isExecutable(path)) || isFolder(path);
const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Puts an executable, or a folder of many, into the cache once: `fill` works in a folder of its own, and only what is finished is moved,
 * in one rename, to `folder/name`. Whoever else wants it meanwhile waits, also in another process.
 */
export async function placeOnce(folder: string, name: string, fill: Fill): Promise<string> {
  const target = join(folder, name);
  if (await isPlaced(target)) return target;
  await mkdir(folder, { recursive: true });
  return whileLocked(join(folder, `${name}.lock`), async () => {
    if (await isPlaced(target)) return target;
    await removeLeftovers(folder);
    const partial = await mkdtemp(join(folder, PARTIAL));
    try {
      const made = await fill(partial);
      await chmod(made, 0o755);
      await rename(made, target);
      return target;
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  });
}
const PARTIAL = '.partial-';

/** What a killed download left behind; only the lock's holder looks. */
async function removeLeftovers(folder: string): Promise<void> {
  const found = (await readdir(folder)).filter((name) => name.startsWith(PARTIAL));
  const old = await Promise.all(found.map(async (name) => ({ name, abandoned: await isOlder(join(folder, name), 3_600_000) })));
  await Promise.all(old.filter(({ abandoned }) => abandoned).map(({ name }) => rm(join(folder, name), { recursive: true, force: true })));
}

/** A holder touches its lock every second; one that has not for this long is dead. */
const abandonedAfter = 15_000;

async function whileLocked<Result>(lock: string, work: () => Promise<Result>): Promise<Result> {
  while (!(await take(lock))) {
    if (await isOlder(lock, abandonedAfter)) await rm(lock, { recursive: true, force: true });
    else await delay(200);
  }
  const touching = setInterval(() => void touch(lock), 1_000);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    await rm(lock, { recursive: true, force: true });
  }
}

/** Making a directory is atomic on every file system: one of all callers succeeds. */
async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

async function isOlder(path: string, age: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > age;
  } catch {
    return false;
  }
}
