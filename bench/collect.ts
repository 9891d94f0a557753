/** Preloaded into every thread of a worker that is weighed: garbage is collected on demand, so that what is weighed is what is held. */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const name = 'collect';

if (!isMainThread) {
  const channel = new BroadcastChannel(name);
  channel.onmessage = () => {
    globalThis.gc?.();
    channel.postMessage('collected');
  };
  // Alone it keeps no thread alive.
  (channel as unknown as { unref(): void }).unref();
}

/** Collects garbage in this thread and in the thread of the workflows; ends when both have. */
export async function collectGarbage(): Promise<void> {
  const channel = new BroadcastChannel(name);
  const collected = new Promise<void>((resolve) => (channel.onmessage = () => resolve()));
  channel.postMessage('collect');
  globalThis.gc?.();
  await collected;
  channel.close();
}
