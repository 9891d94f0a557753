/** Reads `02:00`, `24:00` too: milliseconds since midnight, or undefined where it is no time of day. */
export function parseTimeOfDay(text: string): number | undefined {
  const found = /^(\d{2}):(\d{2})$/.exec(text);
  if (!found) return undefined;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  return minutes < 60 && (hours < 24 || (hours === 24 && minutes === 0)) ? (hours * 60 + minutes) * 60_000 : undefined;
}

/** Reads `2026-12-24` or `2026-12-24T18:00Z`: epoch milliseconds, or undefined where there is no such moment. Without `Z` it is in nobody's zone. */
export function parseMoment(text: string): number | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2})?Z)?$/.exec(text);
  if (!found) return undefined;
  const [, date = '', minutes = '00:00', seconds = ':00'] = found;
  const iso = `${date}T${minutes}${seconds}.000Z`;
  const at = Date.parse(iso);
  // A day that its month does not have would become one of the next.
  return Number.isNaN(at) || new Date(at).toISOString() !== iso ? undefined : at;
}
