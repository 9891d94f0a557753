import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const owner = 'demo.pid';

/** A folder is in use, or belongs to somebody else. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/** Takes a folder for one demo: what an earlier demo left is removed, anything else is left alone. Gives the function that frees it. */
export function takeFolder(path: string): { readonly path: string; readonly free: () => void } {
  const folder = resolve(path);
  const file = join(folder, owner);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(file)) throw new FolderInUse(`${folder} holds something that no demo made. Choose another folder with --dir.`);
    const pid = Number(readFileSync(file, 'utf8'));
    if (isAlive(pid))
      throw new FolderInUse(`Another demo runs in ${folder} (process ${pid}). End it with Ctrl-C, or choose another folder with --dir.`);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, String(process.pid));
  return { path: folder, free: () => writeFileSync(file, '0') };
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
