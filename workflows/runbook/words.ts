import type { Milliseconds } from './spec';

/** Milliseconds as people say them: `40 s`, `1 min 40 s`, `58 min`, `2 h 5 min`. */
export function span(milliseconds: Milliseconds): string {
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

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment in UTC as people say it: `Tue 24 Nov 02:00 UTC`; by calendar arithmetic alone, the same on every machine. */
export function moment(at: number): string {
  const date = new Date(at);
  return `${days[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]} ${timeOfDay(at)} UTC`;
}

/** `02:00`; with seconds where there are any. */
export function timeOfDay(at: number): string {
  const time = new Date(at).toISOString().slice(11, 19);
  return time.endsWith(':00') ? time.slice(0, 5) : time;
}

/** `Tue 24 Nov 02:00–04:00 UTC`; the second day too where it is another one. */
export function between(from: number, to: number): string {
  const isSameDay = Math.floor(from / 86_400_000) === Math.floor((to - 1) / 86_400_000);
  const begin = moment(from).replace(/ UTC$/, '');
  return isSameDay ? `${begin}–${to % 86_400_000 === 0 ? '24:00' : timeOfDay(to)} UTC` : `${begin} – ${moment(to)}`;
}

/** A moment as it stands in messages and histories: `2026-11-24 02:00 UTC`. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A fraction of one as it was measured: `0.4 %`. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
