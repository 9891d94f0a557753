import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer is as wanted. @throws with the last answer after the deadline (milliseconds). */
export async function eventually<T>(read: () => Promise<T>, isRight: (value: T) => boolean, deadline = 5_000): Promise<T> {
  const end = Date.now() + deadline;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (Date.now() > end) throw new Error(`Not as expected in time: ${JSON.stringify(value, null, 1)}`);
    await delay(10);
  }
}
