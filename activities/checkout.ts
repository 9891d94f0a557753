import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { CommandRequest } from '../workflows/runbook/contract';
import type { CommandSpec } from '../workflows/runbook/spec';
import { failure, quote } from './failures';
import type { Ports } from './ports';
import type { CommandEnd } from './ports/commands';

/** Where a command runs: a clean checkout of the release's commit, removed afterwards. */
export type Checkout = Pick<CommandRequest, 'version' | 'stagingUrl' | 'commit' | 'remote'>;

/** How a command ended that passed. */
export interface Passed {
  /** Milliseconds. */
  readonly took: number;
  /** The last lines, plain and trimmed. */
  readonly tail: string;
  /** sha256 of the whole output. */
  readonly output: string;
}

/** A directory with the files of the commit, for as long as `work` takes. */
export async function inCheckout<T>(
  { git }: Pick<Ports, 'git'>,
  { remote, commit }: Pick<Checkout, 'remote' | 'commit'>,
  signal: AbortSignal,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const workspace = await git.checkout(remote, commit, signal);
  try {
    return await work(workspace.directory);
  } finally {
    await workspace.remove();
  }
}

/** Runs a command of the spec in a checkout. Fails with `CommandFailed` where it ends with another code than 0, or takes too long. */
export async function runInside(
  { commands }: Pick<Ports, 'commands'>,
  checkout: Checkout,
  command: CommandSpec,
  workspace: string,
  signal: AbortSignal,
): Promise<Passed> {
  const fill = fillIn(checkout);
  const [program, ...words] = command.command.map(fill);
  if (program === undefined || program === '')
    throw failure('Misconfigured', 'The command names no program', { remedy: 'Correct the command in the spec.' });
  const end = await commands.run({
    ...{ program, arguments: words, timeout: command.timeout, signal },
    directory: await inside(workspace, command.directory, "the command's directory"),
    environment: Object.fromEntries(Object.entries(command.environment).map(([name, value]) => [name, fill(value)])),
  });
  const tail = lastLines(end.tail);
  if (end.code === 0 && !end.timedOut) return { took: Math.round(end.took), tail, output: end.output };
  const last = quote(tail.split('\n').slice(-5).join(' | '), 300);
  throw failure('CommandFailed', `${named(program, words)} ${howItEnded(end, command)}: ${last} (output ${end.output.slice(0, 12)})`, {
    remedy: 'Read its output in the log of the exec worker, mend it, then retry.',
  });
}

/** A file of a checkout; null where it is not there. Neither `..` nor a link leads out of it. */
export async function fileInside(workspace: string, directory: string, path: string): Promise<string | null> {
  const root = await realpath(workspace);
  const file = await realpath(resolve(root, directory, path)).catch(() => null);
  return file?.startsWith(root + sep) ? file : null;
}

export function fillIn({ version, stagingUrl }: Pick<Checkout, 'version' | 'stagingUrl'>): (text: string) => string {
  return (text) => text.replaceAll('{version}', version).replaceAll('{stagingUrl}', stagingUrl);
}

/** `npm run lint`, without its options. */
function named(program: string, words: readonly string[]): string {
  const options = words.findIndex((word) => word.startsWith('-'));
  return quote([program, ...words.slice(0, options < 0 ? 2 : Math.min(options, 2))].join(' '), 80);
}
/** What became of a command that did not pass. */
export function howItEnded({ timedOut, code }: Pick<CommandEnd, 'timedOut' | 'code'>, { timeout }: Pick<CommandSpec, 'timeout'>): string {
  if (timedOut) return `took longer than ${timeout / 1_000} s`;
  return `ended with ${code === null ? 'a signal' : `code ${code}`}`;
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

/** What history keeps of an output; the port's tail is longer. */
const keptTail = 2_000;

/** The end of an output, without its colours. */
export function lastLines(text: string): string {
  // Test runners colour their output: history and terminals get plain lines.
  const plain = text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/(?![\n\t])\p{Cc}/gu, '');
  return plain.trimEnd().slice(-keptTail);
}
