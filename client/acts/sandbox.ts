import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { defaultSpecPath } from '../../spec';
import type { Context } from '../command';
import { exitCodes } from '../exit-codes';
import { packageRoot } from '../version';

/** Runs the sandbox as a process of its own until Ctrl-C; under `--json` with one line of its addresses. */
export async function sandbox({ rest, interrupted, out }: Context): Promise<number> {
  const given = (name: string) => rest.some((arg) => arg === name || arg.startsWith(`${name}=`));
  const usual = [...(given('--spec') ? [] : ['--spec', defaultSpecPath]), ...(given('--dir') ? [] : ['--dir', '.sandbox'])];
  const main = join(packageRoot(), 'dist', 'sandbox', 'main.js');
  const stdio: StdioOptions = ['inherit', out.json ? 'inherit' : 'ignore', 'inherit'];
  const child = spawn(process.execPath, [main, ...usual, ...rest], { stdio });
  // A terminal sends Ctrl-C to both; a signal to us alone is passed on.
  interrupted.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? exitCodes.failure;
}
