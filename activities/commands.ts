import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { CommandReceipt, CommandRequest } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { failure, quote } from './failures';
import type { Ports } from './ports';

/** What history keeps of an output; the port's tail is longer. */
const keptTail = 2_000;

/** A command of the spec on the release's files (runbook, step 1.4). */
export function commandActivities({ git, commands }: Ports) {
  return {
    async runCommand(request: CommandRequest, { signal }: Attempt): Promise<CommandReceipt> {
      const { command, commit, remote } = request;
      const [program, ...words] = command.command.map(fillIn(request));
      if (program === undefined || program === '')
        throw failure('Misconfigured', 'The command names no program', { remedy: 'Correct integration.command in the spec.' });
      const workspace = await git.checkout(remote, commit, signal);
      try {
        const environment = Object.fromEntries(Object.entries(command.environment).map(([name, value]) => [name, fillIn(request)(value)]));
        const directory = await inside(workspace.directory, command.directory, 'integration.directory');
        const end = await commands.run({ program, arguments: words, directory, environment, timeout: command.timeout, signal });
        const tail = lastLines(end.tail);
        if (end.code === 0 && !end.timedOut) return { took: Math.round(end.took), tail, output: end.output };
        const why = end.timedOut
          ? `took longer than ${command.timeout / 1_000} s`
          : `ended with ${end.code === null ? 'a signal' : `code ${end.code}`}`;
        throw failure('CommandFailed', `${program} ${why}: ${quote(tail.split('\n').slice(-5).join(' | '), 300)}`, {
          remedy: 'Read its output in the log of the exec worker, mend it, then retry.',
        });
      } finally {
        await workspace.remove();
      }
    },
  };
}

function fillIn({ version, stagingUrl }: CommandRequest): (text: string) => string {
  return (text) => text.replaceAll('{version}', version).replaceAll('{stagingUrl}', stagingUrl);
}

/** The command's directory, which neither `..` nor a link may lead out of the workspace. */
export async function inside(workspace: string, directory: string, key: string): Promise<string> {
  const root = await realpath(workspace);
  const wanted = await realpath(resolve(root, directory)).catch(() => null);
  if (wanted !== null && (wanted === root || wanted.startsWith(root + sep))) return wanted;
  throw failure('Misconfigured', `${quote(directory, 100)} is no directory of the release's files`, {
    remedy: `Correct ${key} in the spec.`,
  });
}

/** What history keeps of an output, without its colours. */
export function lastLines(text: string): string {
  // Test runners colour their output: history and terminals get plain lines.
  const plain = text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/(?![\n\t])\p{Cc}/gu, '');
  return plain.trimEnd().slice(-keptTail);
}
