import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Says on stderr, on one line of a terminal, how a download goes while `work` runs: the size so far of the folder that it fills. */
export async function showProgress<Result>(title: string, folder: string, work: () => Promise<Result>): Promise<Result> {
  const { isTTY } = process.stderr;
  const started = Date.now();
  let said = '';
  // A line that a terminal breaks is not the one that the next one overwrites.
  const write = (line: string): void => {
    process.stderr.write(isTTY ? `\r${line.slice(0, process.stderr.columns - 1)}\u001b[K` : `${line}\n`);
  };
  const say = async (): Promise<void> => {
    const line = `${title}: ${megabytes(await sizeOf(folder))} after ${Math.round((Date.now() - started) / 1000)} s`;
    said = line;
    write(line);
  };
  write(title);
  const timer = setInterval(() => void say(), isTTY ? 500 : 5_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (isTTY) process.stderr.write(said === '' ? '\n' : '\r\u001b[K');
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** Bytes in all files below a folder. Files come and go while it looks. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sizeOf(path);
      return stat(path).then(
        ({ size }) => size,
        () => 0,
      );
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
