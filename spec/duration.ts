import type { Milliseconds } from '../workflows/runbook/spec';

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const written =
  /^(?:(\d{1,5}(?:\.\d{1,3})?)d)?(?:(\d{1,7}(?:\.\d{1,3})?)h)?(?:(\d{1,7}(?:\.\d{1,3})?)m)?(?:(\d{1,9}(?:\.\d{1,3})?)s)?(?:(\d{1,10})ms)?$/;
/** A watch's sampler may run no longer (policies.ts), so nothing in a spec may. */
const longest = 30 * units.d;

/** Reads `10m`, `90s`, `1h30m` or `500ms`: milliseconds, or undefined where it is none or longer than 30 days. */
export function parseDuration(text: string): Milliseconds | undefined {
  const found = written.exec(text);
  if (!found || text === '') return undefined;
  const total = Object.values(units).reduce((sum, unit, index) => sum + unit * Number(found[index + 1] ?? 0), 0);
  return total <= longest ? Math.round(total) : undefined;
}

/** Writes milliseconds as the spec writes them: `1h30m`. */
export function formatDuration(duration: Milliseconds): string {
  let left = Math.round(duration);
  const parts = Object.entries(units).flatMap(([name, unit]) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return count > 0 ? [`${count}${name}`] : [];
  });
  return parts.join('') || '0s';
}
