import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup } from '../parts/run-command';
import { endWithParent } from '../parts/watchdog';

export interface ProcessSettings {
  /** For messages. */
  readonly name: string;
  /** Arguments of node. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Takes all that it says. */
  readonly logFile: string;
}

/** One process of the demo, in a group of its own: Ctrl-C reaches only us, and it ends when we end, however that is. */
export interface DemoProcess {
  readonly pid: number;
  /** Resolves once the log says it; fails where the process ends before. */
  untilItSays(text: string, within: number): Promise<string>;
  /** SIGKILL, as a crash would. */
  crash(): Promise<void>;
  /** Ends it in order; by force after ten seconds. */
  stop(): Promise<void>;
}

const patience = 10_000;

export function startProcess({ name, args, env, logFile }: ProcessSettings): DemoProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', log, log], detached: process.platform !== 'win32' });
  closeSync(log);
  const release = endWithParent(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await ended(child, signal);
    release();
  };
  return {
    pid: child.pid ?? 0,
    untilItSays: (text, within) => untilItSays(child, name, logFile, text, within),
    crash: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  killGroup(child.pid, signal);
  const timer = setTimeout(() => killGroup(child.pid), patience);
  await exit;
  clearTimeout(timer);
}

const hasEnded = ({ exitCode, signalCode, pid }: ChildProcess): boolean => exitCode !== null || signalCode !== null || pid === undefined;

async function untilItSays(child: ChildProcess, name: string, logFile: string, text: string, within: number): Promise<string> {
  const deadline = Date.now() + within;
  for (;;) {
    const said = await readFile(logFile, 'utf8');
    const line = said.split('\n').find((candidate) => candidate.includes(text));
    if (line !== undefined) return line;
    if (hasEnded(child) || Date.now() > deadline) {
      const why = hasEnded(child) ? 'ended' : `was not ready within ${within / 1000} s`;
      throw new Error(`The ${name} ${why}. Its log, ${logFile}, ends with:\n${said.trim().split('\n').slice(-5).join('\n')}`);
    }
    await delay(50);
  }
}
