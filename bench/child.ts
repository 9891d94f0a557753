import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ChildSettings, FromChild, ToChild } from './child-messages';
import type { Call } from './world';

/** glibc gives freed memory back at once: what is weighed is what is held, not the height of the last burst. */
const givingBack = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_MMAP_THRESHOLD_: '131072' } as const;

/** A worker in a process of its own, as the observer sees it. */
export class Child {
  private readonly listeners = new Set<(message: FromChild) => void>();

  private constructor(private readonly process: ChildProcess) {
    process.on('message', (message: FromChild) => {
      for (const listener of this.listeners) listener(message);
    });
  }

  /** Spawns it; what it tells from its first moment on goes to `onCall`. It may take seconds until it polls. */
  static spawn(settings: ChildSettings, onCall: (call: Call) => void = () => undefined): Child {
    const execArgv = settings.weighed ? ['--expose-gc', '--require', join(__dirname, 'collect.js')] : [];
    const env = settings.weighed ? { ...process.env, ...givingBack } : process.env;
    const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
    const child = new Child(fork(join(__dirname, 'worker-child.js'), [JSON.stringify(settings)], { stdio, execArgv, env }));
    child.listeners.add((message) => {
      if (message.kind === 'call') onCall(message.call);
    });
    return child;
  }

  get identity(): string {
    return `bench-${String(this.process.pid)}`;
  }

  /** Ends when the worker is about to poll. */
  async ready(): Promise<void> {
    await this.heard((message) => message.kind === 'ready');
  }

  tell(message: ToChild): void {
    this.process.send(message);
  }

  /** Resident memory in bytes, once garbage is collected; only for one that was spawned to be weighed. */
  async weigh(): Promise<number> {
    const heard = this.heard((message) => message.kind === 'weight');
    this.tell({ kind: 'weigh' });
    const message = await heard;
    return message.kind === 'weight' ? message.bytes : NaN;
  }

  /** SIGKILL; ends when the process is gone. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  private heard(is: (message: FromChild) => boolean): Promise<FromChild> {
    return new Promise((resolve, reject) => {
      const listener = (message: FromChild): void => {
        if (!is(message)) return;
        this.listeners.delete(listener);
        this.process.off('exit', ended);
        resolve(message);
      };
      const ended = (): void => reject(new Error('A worker ended by itself. Its message stands above.'));
      this.process.once('exit', ended);
      this.listeners.add(listener);
    });
  }
}
