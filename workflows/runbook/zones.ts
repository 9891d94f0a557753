/** One stretch in each zone, for people elsewhere: `Europe/Berlin Tue 03:00–05:00`; a moment where nothing ends it. UTC alone decides. */
export function inZones(from: number, to: number | null, zones: readonly string[]): readonly string[] {
  // A worker may know fewer zones than the machine that has read the spec.
  return zones.filter(isTimeZone).map((zone) => {
    const begin = partsIn(from, zone);
    if (to === null) return `${zone} ${begin.day} ${begin.time}`;
    const end = partsIn(to, zone);
    return `${zone} ${begin.day} ${begin.time}–${begin.day === end.day ? '' : `${end.day} `}${end.time}`;
  });
}

/** Whether this machine knows a zone of that name; offsets such as `+02:00` are none. */
export function isTimeZone(text: string): boolean {
  try {
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function partsIn(at: number, timeZone: string): { readonly day: string; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: parts.get('weekday') ?? '', time: `${parts.get('hour')}:${parts.get('minute')}` };
}
