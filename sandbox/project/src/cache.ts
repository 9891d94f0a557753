/** Keeps answers for a while. `now` is in milliseconds. */
export function createCache<T>(lifetime: number, now: () => number = Date.now) {
  const entries = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get: (key: string, compute: () => T): T => {
      const known = entries.get(key);
      if (known && known.until > now()) return known.value;
      const value = compute();
      entries.set(key, { value, until: now() + lifetime });
      return value;
    },
    clear: (): void => entries.clear(),
  };
}
