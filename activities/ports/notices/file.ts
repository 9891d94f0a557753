import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileSinkSpec } from '../../../workflows/runbook/spec';
import { codeOf } from '../../failures';
import type { Sender } from './adapter';
import { refusal } from './refusal';

/** What no retry mends: rights, a folder in the file's place, a read-only disk. */
const final: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENAMETOOLONG']);

/**
 * One JSON line per notice, appended to a file of the worker's machine. A key that is in it is not written again; one that is not
 * may be in the file of another worker, where an earlier sending was begun.
 *
 * @param folder below which the spec's files are; nothing outside it is ever written.
 */
export function fileSender(folder: string): Sender<FileSinkSpec> {
  return async ({ name, path }, { key, kind, subject, text, mayRepeat }, _, signal) => {
    signal.throwIfAborted();
    const whole = join(folder, path);
    try {
      await mkdir(dirname(whole), { recursive: true, mode: 0o700 });
      const file = await open(whole, 'a+', 0o600);
      try {
        const { has, isTorn } = await look(file, key);
        if (has) return { isOnce: true };
        const line = `${JSON.stringify({ at: new Date().toISOString(), key, ...(kind ? { kind } : {}), subject, text })}\n`;
        // One write of one line: a crash leaves a whole line or a torn one, which the next begins behind.
        await file.appendFile(isTorn ? `\n${line}` : line);
        await file.sync();
        return mayRepeat ? {} : { isOnce: true };
      } finally {
        await file.close();
      }
    } catch (error) {
      const code = codeOf(error, 'no code');
      throw refusal(
        final.has(code) ? 'Misconfigured' : 'Unavailable',
        `The file ${whole} cannot be written (${code})`,
        `Give the worker the right to it, or correct path of the sink ${name}.`,
      );
    }
  };
}

/** Whether a key is in the file already, and whether its last line is whole. */
async function look(file: FileHandle, key: string): Promise<{ readonly has: boolean; readonly isTorn: boolean }> {
  const text = await file.readFile('utf8');
  const has = text.split('\n').some((line) => line.includes(JSON.stringify(key)) && keyOf(line) === key);
  return { has, isTorn: text !== '' && !text.endsWith('\n') };
}

function keyOf(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return (value as { readonly key?: unknown } | null)?.key;
  } catch {
    return undefined;
  }
}
