/** Keys to look at again: now, or after a time. Each key is looked at once for any number of events. Mutable. */
export class WorkQueue {
  private readonly waiting = new Set<string>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private immediate: NodeJS.Immediate | undefined;
  private paused = false;

  constructor(private readonly look: (key: string) => void) {}

  add(key: string): void {
    this.waiting.add(key);
    this.wake();
  }

  /** A later time replaces an earlier one for the same key. */
  addAfter(key: string, milliseconds: number): void {
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        this.add(key);
      }, milliseconds),
    );
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.wake();
  }

  stop(): void {
    this.paused = true;
    if (this.immediate) clearImmediate(this.immediate);
    this.timers.forEach((timer) => {
      clearTimeout(timer);
    });
    this.timers.clear();
  }

  private wake(): void {
    if (this.paused || this.immediate || this.waiting.size === 0) return;
    this.immediate = setImmediate(() => {
      this.immediate = undefined;
      const keys = [...this.waiting];
      this.waiting.clear();
      for (const key of keys) this.look(key);
      this.wake();
    });
  }
}
