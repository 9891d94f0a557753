export { percent, span } from '../../workflows/runbook/words';

/** Milliseconds as a clock reads them: `0:41`, `10:02`, `1:02:03`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
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

/** `1 approval`, `2 approvals` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A digest as it is shown and typed: its first twelve characters. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
