/** Milliseconds as a clock reads them: `0:41`, `10:02`, `1:02:03`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Milliseconds as people say them: `40 s`, `1 min 40 s`, `58 min`, `2 h 5 min`. */
export function span(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (milliseconds > 0 && milliseconds < 1000) return `${milliseconds} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const whole = Math.round(seconds / 60);
  if (whole < 120) return `${whole} min`;
  const days = Math.floor(whole / 1440);
  if (days >= 2) return `${days} days${whole % 1440 < 60 ? '' : ` ${Math.floor((whole % 1440) / 60)} h`}`;
  return whole % 60 === 0 ? `${whole / 60} h` : `${Math.floor(whole / 60)} h ${whole % 60} min`;
}

/** A time of day: `02:51 UTC`; with the day where it is another one. */
export function timeOfDay(at: number, now: number): string {
  const iso = new Date(at).toISOString();
  const day = iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? '' : `${iso.slice(0, 10)} `;
  return `${day}${iso.slice(11, 16)} UTC`;
}

/** A moment for a log line: `2026-11-24T02:00:41Z`. */
export function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** `12,041` */
export function thousands(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** A fraction as a percentage: `0.4 %`. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

/** `1 approval`, `2 approvals` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A digest as it is shown and typed: its first twelve characters. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
