import { performance } from 'node:perf_hooks';
import type { Call } from '../world';

export type Life = 'first' | 'second';

/** What the observer has heard of all activities, over both lives of a worker: the effects, and who is waiting for which call. */
export class Ledger {
  private readonly effects = new Map<string, number>();
  private readonly state = new Map<string, string>();
  private readonly expectations = new Set<(call: Call, life: Life) => void>();

  /** What a worker told, in its first life or after the kill: the last words of the first may arrive late. */
  hear(call: Call, life: Life): void {
    if (call.when === 'after' && call.write) this.note(call);
    for (const expectation of this.expectations) expectation(call, life);
  }

  /** The next call of the workflow that fits. */
  called(workflowId: string, is: (call: Call, life: Life) => boolean): Promise<Call> {
    return new Promise((resolve) => {
      const expectation = (call: Call, life: Life): void => {
        if (call.workflowId !== workflowId || !is(call, life)) return;
        this.expectations.delete(expectation);
        resolve(call);
      };
      this.expectations.add(expectation);
    });
  }

  /** When the workflow's next activity begins after the kill. */
  async progress(workflowId: string): Promise<number> {
    await this.called(workflowId, ({ when }, life) => life === 'second' && when === 'before');
    return performance.now();
  }

  /** Changes of state that were made more than once under one key. Writing a value that is already there changes nothing. */
  doubled(): number {
    return [...this.effects.values()].reduce((sum, times) => sum + times - 1, 0);
  }

  private note({ workflowId, write }: Call): void {
    if (!write) return;
    const subject = `${workflowId} ${write.subject}`;
    const value = JSON.stringify(write.value);
    if (this.state.get(subject) === value) return;
    this.state.set(subject, value);
    const key = `${subject} ${write.key}`;
    this.effects.set(key, (this.effects.get(key) ?? 0) + 1);
  }
}
