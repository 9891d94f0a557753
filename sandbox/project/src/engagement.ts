import { type UserEvent } from '#events';

export interface Engagement {
  readonly users: number;
  readonly views: number;
  readonly likes: number;
  readonly shares: number;
  /** Likes and shares for each view, 0 where nothing was viewed. */
  readonly rate: number;
}

export function measureEngagement(events: readonly UserEvent[]): Engagement {
  const count = (action: UserEvent['action']): number => events.filter((event) => event.action === action).length;
  const [views, likes, shares] = [count('view'), count('like'), count('share')];
  return {
    users: new Set(events.map((event) => event.user)).size,
    views,
    likes,
    shares,
    rate: views === 0 ? 0 : (likes + shares) / views,
  };
}
