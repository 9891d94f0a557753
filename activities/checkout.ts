import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { log } from '@temporalio/activity';
import type { CommandRequest } from '../workflows/runbook/contract';
import type { CommandSpec } from '../workflows/runbook/spec';
import { withoutCredentials } from '../workflows/runbook/report/text';
import { failure, quote } from './failures';
import type { Ports } from './ports';
import type { CommandEnd } from './ports/commands';

/** Where a command runs: a clean checkout of the release's commit, removed afterwards. */
export type Checkout = Pick<CommandRequest, 'version' | 'stagingUrl' | 'commit' | 'remote'>;

/** A command of the spec as it is run. */
export interface Command extends CommandSpec {
  readonly fillIn: (text: string) => string;
  /** Its place in the spec, for people; without it its own words name it. */
  readonly of?: string;
  /** What the tool itself sets: a connection, which stands in no argument. */
  readonly connection?: Readonly<Record<string, string>>;
  /** Bytes up to which its whole output is wanted: a longer one fails. */
  readonly whole?: number;
}

/** How a command ended that passed. */
export interface Passed {
  /** Milliseconds. */
  readonly took: number;
  /** The last lines, plain, trimmed, without credentials; or all that was wanted. */
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

/** Runs a command of the spec in a checkout, without a shell. Fails with `CommandFailed` where it ends with another code than 0, or takes too long. */
export async function runInside(
  { commands }: Pick<Ports, 'commands'>,
  workspace: string,
  command: Command,
  signal: AbortSignal,
): Promise<Passed> {
  const { fillIn: fill, connection = {}, timeout, whole } = command;
  const [program, ...words] = command.command.map(fill);
  if (program === undefined || program === '')
    throw failure('Misconfigured', 'The command names no program', { remedy: 'Correct the command in the spec.' });
  const end = await commands.run({
    ...{ program, arguments: words, timeout, signal },
    ...(whole === undefined ? {} : { keep: whole }),
    directory: await inside(workspace, command),
    environment: { ...Object.fromEntries(Object.entries(command.environment).map(([name, value]) => [name, fill(value)])), ...connection },
  });
  const printed = withoutPassword(plain(end.tail), connection);
  const output = withoutCredentials(printed);
  const tail = output.slice(-keptTail);
  if (end.code !== 0 || end.timedOut) {
    const failed = `${command.of ? `${command.of} (${named(program, words)})` : named(program, words)} ${howItEnded(end, command)}`;
    // History gets the last lines alone; whoever mends it needs more of them.
    log.warn(failed, { output: output.slice(-loggedTail), digest: end.output });
    const last = quote(tail.split('\n').slice(-5).join(' | '), 300);
    throw failure('CommandFailed', `${failed}: ${last} (output ${end.output.slice(0, 12)})`, {
      remedy: 'Read the rest of its output in the log of the exec worker, mend it, then retry.',
    });
  }
  if (whole !== undefined && !end.isWhole)
    throw failure('CheckFailed', `${command.of ?? named(program, words)} printed more than ${whole / 1024} KiB`, {
      remedy: 'Let it print what it is asked for alone, then retry.',
    });
  return { took: Math.round(end.took), tail: whole === undefined ? tail : printed, output: end.output };
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
function howItEnded({ timedOut, code }: Pick<CommandEnd, 'timedOut' | 'code'>, { timeout }: Pick<CommandSpec, 'timeout'>): string {
  if (timedOut) return `took longer than ${timeout / 1_000} s`;
  return `ended with ${code === null ? 'a signal' : `code ${code}`}`;
}

/** The command's directory, which neither `..` nor a link may lead out of the workspace. */
async function inside(workspace: string, { directory, of }: Pick<Command, 'directory' | 'of'>): Promise<string> {
  const root = await realpath(workspace);
  const wanted = await realpath(resolve(root, directory)).catch(() => null);
  if (wanted !== null && (wanted === root || wanted.startsWith(root + sep))) return wanted;
  throw failure('Misconfigured', `${quote(directory, 100)} is no directory of the release's files`, {
    remedy: `Correct ${of ? `${of.slice(0, of.lastIndexOf('.'))}.directory` : "the command's directory"} in the spec.`,
  });
}

/** What history keeps of an output. */
const keptTail = 2_000;
/** What the worker's log gets of one that failed. */
const loggedTail = 16_384;

/** An output without its colours. */
function plain(text: string): string {
  // Test runners colour their output: history and terminals get plain lines.
  return text
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .trimEnd();
}

/** A tool may print the address that it was given. */
function withoutPassword(text: string, { PGPASSWORD }: Readonly<Record<string, string>>): string {
  const passwords = PGPASSWORD ? [PGPASSWORD, encodeURIComponent(PGPASSWORD)] : [];
  return passwords.reduce((shown, password) => shown.replaceAll(password, '[REDACTED]'), text);
}
