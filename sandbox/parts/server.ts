import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup } from './run-command';
import { endWithParent } from './watchdog';

export interface ServerSettings {
  /** What people call it. */
  readonly title: string;
  /** Program and arguments, run without a shell. */
  readonly command: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  /** Written to its standard input: what no list of processes may show. */
  readonly input?: string;
  /** Where its output is kept; the folder is made if need be. */
  readonly logFile: string;
  /** Where it is to answer, in words, for the message when it does not. */
  readonly at: string;
  /** Whether it serves now. May throw while it does not. */
  readonly isServing: () => Promise<boolean>;
  /** How long it may take until it serves, in milliseconds. */
  readonly startLimit?: number;
  /** The signal by which it is asked to end. */
  readonly endedBy?: NodeJS.Signals;
}

/** A server of ours that is up. */
export interface Server {
  readonly pid: number;
  /** Resolves when its process has ended, on whoever's word. */
  readonly ended: Promise<void>;
  /** Ends when the server has ended; asked twice, it ends once. */
  stop(): Promise<void>;
}

const usualStartLimit = 60_000;
const stopLimit = 5_000;
/** How often it is looked whether it serves, in milliseconds. */
const every = 50;

/**
 * Starts a program that serves, and resolves when it does. It ends with this process, however that ends.
 *
 * @throws with its own reason, or with the last lines of its log, where it does not come up.
 */
export async function startServer(settings: ServerSettings): Promise<Server> {
  const { title, command, env = process.env, input, logFile, endedBy = 'SIGTERM' } = settings;
  await mkdir(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const [program, ...args] = command;
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const child = spawn(program, args, { env, stdio: [stdin, log, log], detached: process.platform !== 'win32' });
  closeSync(log);
  child.stdin?.on('error', () => undefined).end(input);
  const release = endWithParent(child);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async (): Promise<void> => {
    await end(child, endedBy);
    release();
  };
  try {
    await untilServing(child, settings);
  } catch (error) {
    await stop();
    const lines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-5).join('\n');
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The ${title} did not start: ${reason}. Its log, ${logFile}, ends with:\n${lines}`);
  }
  return { pid: child.pid ?? 0, ended, stop };
}

async function untilServing(child: ChildProcess, { at, isServing, startLimit = usualStartLimit }: ServerSettings): Promise<void> {
  const deadline = Date.now() + startLimit;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${String(code)}`}`));
    child.once('error', ({ message }) => resolve(message));
  });
  for (;;) {
    const state = await Promise.race([ended, isServing().catch(() => false)]);
    if (state === true) return;
    if (typeof state === 'string') throw new Error(state);
    if (Date.now() > deadline) throw new Error(`it did not answer at ${at} within ${startLimit / 1000} s`);
    await delay(every);
  }
}

async function end(child: ChildProcess, by: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  killGroup(child.pid, by);
  const timer = setTimeout(() => killGroup(child.pid), stopLimit);
  await ended;
  clearTimeout(timer);
}
