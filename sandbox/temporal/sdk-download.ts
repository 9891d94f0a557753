import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { showProgress } from '../parts/progress';
import { runCommand } from '../parts/run-command';
import type { Program } from './programs';

/** How long the SDK's own download may take, in milliseconds. */
const limit = 300_000;

/**
 * Lets the Temporal SDK download the server into `folder`, as its test environment does by itself. In a process of its own,
 * because the SDK's download cannot be stopped.
 */
export async function downloadBySdk(program: Program, folder: string): Promise<string> {
  const script = `
    const { TestWorkflowEnvironment } = require('@temporalio/testing');
    const executable = { type: 'cached-download', downloadDir: ${JSON.stringify(folder)} };
    ${starters[program.name]}({ server: { executable } }).then((environment) => environment.teardown()).then(
      () => process.exit(0),
      (error) => { console.error(String(error.message)); process.exit(1); },
    );`;
  const env = { ...process.env, NODE_PATH: require.resolve.paths('@temporalio/testing')?.join(process.platform === 'win32' ? ';' : ':') };
  const result = await showProgress(`Downloading the ${program.title} (by the Temporal SDK)`, folder, () =>
    runCommand([process.execPath, '-e', script], { timeout: limit, env }),
  );
  if (result?.code !== 0) {
    throw new Error(
      result?.timedOut ? 'the download took too long' : (result?.stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? 'it failed'),
    );
  }
  const files = await readdir(folder, { recursive: true });
  const made = files.find((name) => /sdk-typescript/.test(name) && !name.endsWith('.downloading'));
  if (made === undefined) throw new Error('the SDK left no executable');
  return join(folder, made);
}

const starters: Readonly<Record<Program['name'], string>> = {
  cli: 'TestWorkflowEnvironment.createLocal',
  timeSkipping: 'TestWorkflowEnvironment.createTimeSkipping',
};
