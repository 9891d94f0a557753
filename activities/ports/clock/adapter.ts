import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../clock';

/** The machine's clock. */
export const machineClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    signal.throwIfAborted();
    // The timer's own AbortError hides the reason: a cancellation must stay recognisable.
    await wait(Math.max(0, milliseconds), undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
