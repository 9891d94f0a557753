import type { WindowView } from '../../workflows/runbook/view';
import { moment, between } from '../../workflows/runbook/words';
import { beside, paint, wrap, type Look } from './look';
import { span, timeOfDay } from './words';
import { inZones } from '../../workflows/runbook/zones';

/** While the window is waited for: until when, and why; while it is used: whether it is overrun. */
export function windowLines(look: Look, window: WindowView, now: number): readonly string[] {
  return window.waiting ? waitLines(look, window, now) : overrunLines(look, window, now);
}

function waitLines(look: Look, { name, opens, closes, needs, why, timeZones }: WindowView, now: number): readonly string[] {
  const fact = (title: string, text: string) => beside(`   ${title.padEnd(15)}`, text, look.width);
  return [
    paint(look, 'strong', `Waiting for its window: ${name}`),
    ...fact('opens', `${moment(opens)}${opens > now ? `, in ${span(opens - now)}` : ''}`),
    ...fact('open', between(opens, closes)),
    ...inZones(opens, closes, timeZones).flatMap((text) => fact('', text)),
    ...fact('why not now', why),
    ...fact('needs', span(needs)),
    ...fact('not to wait', 'start again with --supersede --emergency --reason "why"'),
  ];
}

/** It is over, or will be before production is through. */
function overrunLines(look: Look, { name, closes, endsAt }: WindowView, now: number): readonly string[] {
  const late = Math.max(now, endsAt ?? 0) - closes;
  if (late <= 0) return [];
  const how =
    now >= closes
      ? `The window ${name} closed ${timeOfDay(closes, now)}`
      : `Production will overrun the window ${name}, which closes ${timeOfDay(closes, now)}`;
  return wrap(
    `${how}: it will be through about ${timeOfDay(Math.max(now, endsAt ?? 0), now)}, ${span(late)} after it. It goes on; a rollback is possible at any time.`,
    look.width,
  ).map((line) => paint(look, 'warn', line));
}
