import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { codeOf, failure } from '../../failures';
import type { CommandEnd, CommandRun } from '../commands';

const usualTail = 16 * 1024;
/** Between SIGTERM and SIGKILL. */
const grace = 3_000;
/** For the rest of the output, once the program has ended. */
const patience = 1_000;

/** Runs one program in a process group of its own and collects both outputs. `input` is written to its standard input. */
export async function runProcess(run: CommandRun & { readonly input?: string }): Promise<CommandEnd> {
  run.signal.throwIfAborted();
  const started = performance.now();
  const child = spawn(run.program, run.arguments, {
    cwd: run.directory,
    env: { ...run.environment },
    detached: true,
    shell: false,
    stdio: 'pipe',
  });
  const output = collect(child, run.keep ?? usualTail);
  const limit = AbortSignal.timeout(run.timeout);
  const stop = AbortSignal.any([run.signal, limit]);
  const killing = killOn(stop, child);
  try {
    child.stdin.on('error', () => undefined).end(run.input ?? '');
    const code = await ended(child, run.program);
    run.signal.throwIfAborted();
    return { code, timedOut: limit.aborted, ...output(), took: performance.now() - started };
  } finally {
    killing.done();
  }
}

/** Resolves with the code once the program has ended and its whole output is there. */
function ended(child: ChildProcessWithoutNullStreams, program: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(
        failure('CommandFailed', `${program} cannot be started (${codeOf(error, 'unknown reason')})`, {
          remedy: 'Install it where this worker runs, or correct the command in the spec.',
        }),
      );
    });
    child.once('exit', (code) => {
      // What it left running in the background ends with it, and with that the pipes close.
      killGroup(child, 'SIGKILL');
      // Whoever left the group may hold the pipes for ever: nobody waits for that.
      const cut = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, patience);
      child.once('close', () => {
        clearTimeout(cut);
        resolve(code);
      });
    });
  });
}

function killOn(stop: AbortSignal, child: ChildProcess): { done: () => void } {
  let hard: NodeJS.Timeout | undefined;
  const end = () => {
    killGroup(child, 'SIGTERM');
    hard = setTimeout(() => killGroup(child, 'SIGKILL'), grace);
  };
  if (stop.aborted) end();
  else stop.addEventListener('abort', end, { once: true });
  return {
    done() {
      stop.removeEventListener('abort', end);
      clearTimeout(hard);
    },
  };
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

function collect(child: ChildProcessWithoutNullStreams, keep: number): () => Pick<CommandEnd, 'tail' | 'isWhole' | 'output'> {
  const hash = createHash('sha256');
  let tail = Buffer.alloc(0);
  let bytes = 0;
  const take = (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-keep);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return () => ({ tail: tail.toString('utf8'), isWhole: bytes <= keep, output: hash.digest('hex') });
}
