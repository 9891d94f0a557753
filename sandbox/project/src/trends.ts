import { measureEngagement } from '#engagement';
import { dayOf, groupBy, type UserEvent } from '#events';

export interface TrendPoint {
  readonly day: string;
  readonly rate: number;
  /** Against the day before, 0 on the first day. */
  readonly change: number;
}

/** Engagement day by day, oldest first. */
export function followTrend(events: readonly UserEvent[]): readonly TrendPoint[] {
  const days = [...groupBy(events, dayOf)].sort(([one], [other]) => one.localeCompare(other));
  const rates = days.map(([day, ofDay]) => ({ day, rate: measureEngagement(ofDay).rate }));
  return rates.map(({ day, rate }, index) => ({ day, rate, change: index === 0 ? 0 : rate - (rates[index - 1]?.rate ?? 0) }));
}
