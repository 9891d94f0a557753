/** What has been started, to be stopped in the opposite order. Mutable, and says so. */
export class Started {
  private stops: readonly (() => Promise<void>)[] = [];

  /** Remembers how to stop something that has just been started, and gives it back. */
  keep<T>(thing: T, stop: (thing: T) => Promise<void> | void): T {
    this.stops = [async () => stop(thing), ...this.stops];
    return thing;
  }

  /** Stops everything, also after one of them failed; then throws the first failure. */
  async stopAll(): Promise<void> {
    const { stops } = this;
    this.stops = [];
    const failures: unknown[] = [];
    for (const stop of stops) await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** Waits for all of them, also after one has failed: what comes up late must not be forgotten. Then throws the first failure. */
export async function allOf<T extends readonly Promise<unknown>[]>(
  promises: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
