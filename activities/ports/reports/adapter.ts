import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { reportsFolder } from '../../../workflows/runbook/report/place';
import { codeOf, failure } from '../../failures';
import type { Reports } from '../reports';

/** What no retry mends: rights, a path through a file, a read-only disk. */
const final: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG', 'EINVAL']);

/** Files below `ANALYTICS_DEPLOY_REPORTS`, else below the user's data folder. */
export function createReports(environment: Readonly<Record<string, string | undefined>>): Reports {
  const folder = reportsFolder(environment, environment['HOME'] ?? homedir());
  return {
    async keep(name, text) {
      const file = join(folder, name);
      const partial = join(folder, `.${randomUUID()}.partial`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await write(partial, text);
        await rename(partial, file);
        return file;
      } catch (error) {
        await rm(partial, { force: true }).catch(() => undefined);
        const code = codeOf(error, 'no code');
        throw failure(final.has(code) ? 'Misconfigured' : 'Unavailable', `The report could not be written to ${folder} (${code})`, {
          remedy: 'Give the worker a folder that it can write: ANALYTICS_DEPLOY_REPORTS.',
        });
      }
    },
  };
}

/** On the disk before it gets its name: a crash leaves a whole file or none. */
async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  // The process's mask takes rights away and gives none; a mask that takes the owner's would lock the next reader out.
  await chmod(path, 0o600);
}
