/** Ready pods that are enough for traffic that goes back: a part of those that serve, and never none. */
export function leastReady({ capacity, minimumReady }: { readonly capacity: number; readonly minimumReady: number }): number {
  return Math.max(Math.ceil(minimumReady * capacity), 1);
}
