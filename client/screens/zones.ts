/** One stretch in each zone, for people elsewhere: `Europe/Berlin Tue 03:00–05:00`. UTC alone decides. */
export function inZones(from: number, to: number, zones: readonly string[]): readonly string[] {
  return zones.map((zone) => {
    const [begin, end] = [partsIn(from, zone), partsIn(to, zone)];
    return `${zone} ${begin.day} ${begin.time}–${begin.day === end.day ? '' : `${end.day} `}${end.time}`;
  });
}

function partsIn(at: number, timeZone: string): { readonly day: string; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: parts.get('weekday') ?? '', time: `${parts.get('hour')}:${parts.get('minute')}` };
}
