import type { Milliseconds } from './values';

/** All times are UTC. What is shown in other zones decides nothing. */
export interface WindowsSpec {
  /** Half-open hours of each week in which production may be written (runbook, "Deployment Windows"). */
  readonly weekly: readonly WeeklyWindow[];
  /** Hours in which it may not, whatever the windows say (runbook: 9 to 18 UTC). */
  readonly peak?: WeeklyHours;
  /** Stretches in which nothing is deployed. */
  readonly freezes: readonly FreezeSpec[];
  /** What is kept free at a window's end for what takes longer than foreseen. */
  readonly buffer: Milliseconds;
  /** IANA zones in which times are shown beside UTC. */
  readonly timeZones: readonly string[];
}

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** From `from` until `to`, in milliseconds since midnight UTC; where `to` is not later, until that time of the next day. */
export interface WeeklyHours {
  readonly days: readonly Weekday[];
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

export interface WeeklyWindow extends WeeklyHours {
  readonly name: string;
}

/** From `from` until `to`, not included; epoch milliseconds. */
export interface FreezeSpec {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}
