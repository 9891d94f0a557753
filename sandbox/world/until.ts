import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something is so. @throws after so many milliseconds, with what is missing by then */
export async function until(isSo: () => boolean, atMost: number, missing: () => string): Promise<void> {
  const deadline = performance.now() + atMost;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`The sandbox is not ready after ${atMost / 1000} s: ${missing()}.`);
    await delay(10);
  }
}
