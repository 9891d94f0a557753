interface Asked {
  /** Pods that serve now. */
  readonly capacity: number;
  /** Fraction of them. */
  readonly minimumReady: number;
}

/** Ready pods that are enough for traffic that goes back: a part of those that serve, and never none. */
export function leastReady({ capacity, minimumReady }: Asked): number {
  return Math.max(Math.ceil(minimumReady * capacity), 1);
}

/** Ready pods that a colour needs before traffic moves to it: all, and on the way back of a deployment that has ended enough of them. */
export function readyNeeded(change: Asked & { readonly returns?: true }): number {
  return change.returns ? leastReady(change) : change.capacity;
}
