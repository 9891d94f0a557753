import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Null where a signal or the time limit ended it. */
  readonly code: number | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, or to its time limit in milliseconds: then it and its children are killed. Null where it does not exist. */
export function runCommand(
  command: readonly [string, ...string[]],
  { timeout, env = process.env }: { readonly timeout: number; readonly env?: NodeJS.ProcessEnv },
): Promise<CommandResult | null> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
    let timedOut = false;
    const output = { stdout: '', stderr: '' };
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, timeout);
    const killed = (): void => killGroup(child.pid);
    process.once('exit', killed);
    const settle = (result: CommandResult | null): void => {
      clearTimeout(timer);
      process.off('exit', killed);
      resolve(result);
    };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout = tail(output.stdout + chunk.toString())));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr = tail(output.stderr + chunk.toString())));
    child.once('error', () => settle(null));
    child.once('close', (code) => settle({ code, timedOut, ...output }));
  });
}

const tail = (text: string): string => text.slice(-16_000);

/** Kills a process that leads its group, and its children. One that is gone already is fine. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    return;
  }
}
