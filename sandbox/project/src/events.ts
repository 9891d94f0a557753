/** Something that a user did. */
export interface UserEvent {
  readonly user: string;
  readonly action: 'view' | 'like' | 'share';
  /** ISO time in UTC. */
  readonly at: string;
}

export const dayOf = (event: UserEvent): string => event.at.slice(0, 10);

/** Groups by a key, in order of first appearance. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return groups;
}
