import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { killGroup } from './run-command';

/**
 * Ends a process of ours when this process ends, also by SIGKILL: a shell holds the other end of a pipe, and acts when the pipe
 * breaks. Gives the function that lets it go.
 */
export function endWithParent(child: ChildProcess): () => void {
  const killed = (): void => killGroup(child.pid);
  process.once('exit', killed);
  const watcher = process.platform === 'win32' || child.pid === undefined ? null : watch(child.pid);
  const release = (): void => {
    process.off('exit', killed);
    watcher?.kill('SIGKILL');
  };
  child.once('exit', release);
  return release;
}

function watch(pid: number): ChildProcess {
  const script = 'read -r _; kill -s TERM -- "-$0" 2>/dev/null && sleep 5 && kill -s KILL -- "-$0" 2>/dev/null';
  const watcher = spawn('/bin/sh', ['-c', script, String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // A machine without a shell still has the handler of this process's own end.
  watcher.once('error', () => undefined);
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return watcher;
}
