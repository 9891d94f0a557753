/** A time as the report keeps it: ISO 8601, UTC. */
export type Moment = string;

/** @param at epoch milliseconds. */
export function moment(at: number): Moment {
  return new Date(at).toISOString();
}
