import type { Spec } from '../../workflows/runbook/spec';
import { between, moment } from '../../workflows/runbook/words';
import { hoursInWords, inParts, openingInWords } from '../../workflows/runbook/windows';
import { beside, paint, type Look } from './look';
import type { Outlook, ProductionStanding, Way } from './outlook';
import { span } from './words';
import { inZones } from '../../workflows/runbook/zones';

export interface WindowsScreen {
  readonly spec: Spec;
  readonly at: number;
  readonly ways: readonly Way[];
  readonly openings: readonly Outlook[];
}

/** The next openings: when, how long, what would fit, and what time it is then elsewhere. */
export function windowsScreen(look: Look, { spec, at, ways, openings }: WindowsScreen): readonly string[] {
  const { windows } = spec;
  const title = paint(look, 'strong', `${spec.service} → ${spec.environment}: when production may be written`);
  if (!windows) return [title, ' at any time: the spec names no windows'];
  const width = Math.max(6, ...ways.map(({ name }) => name.length));
  const fact = (name: string, text: string) => beside(` ${name.padEnd(width)}  `, text, look.width);
  return [
    title,
    paint(look, 'faint', ` as seen ${moment(at)}`),
    '',
    ...windows.weekly.flatMap((window, place) => fact(place === 0 ? 'open' : '', hoursInWords(window))),
    ...(windows.peak ? fact('never', hoursInWords(windows.peak)) : []),
    ...windows.freezes.filter(({ to }) => to > at).flatMap(({ from, to, reason }) => fact('frozen', `${between(from, to)}: ${reason}`)),
    '',
    'Production needs',
    ...ways.flatMap(({ name, needs }) => fact(name, inParts(needs))),
    ...openings.flatMap((opening) => ['', ...openingLines(look, opening, windows.timeZones)]),
    ...(openings.length === 0 ? ['', ' No window opens.'] : []),
  ];
}

function openingLines(look: Look, opening: Outlook, zones: readonly string[]): readonly string[] {
  const { from, closes, fits, tooLong, kinds, opens } = opening;
  const left = from > opens ? `, open now, ${span(closes - from)} left` : `, ${span(closes - opens)}`;
  const line = (name: string, text: string) => beside(`   ${name.padEnd(9)} `, text, look.width);
  return [
    ` ${paint(look, 'accent', openingInWords(opening))}${left}`,
    ...(fits.length > 0 ? line('fits', fits.join(', ')) : []),
    ...(tooLong.length > 0 ? line('too long', tooLong.join(', ')) : []),
    ...(kinds.length > 0 ? line('estimates', `at most as long as the table gives: ${kinds.join(', ')}`) : []),
    ...inZones(opens, closes, zones).flatMap((text, place) => line(place === 0 ? 'elsewhere' : '', text)),
  ];
}

/** When production would begin, in words. */
export function standingInWords(standing: ProductionStanding): string {
  const { needs } = standing;
  switch (standing.kind) {
    case 'fits':
      return `production needs ${inParts(needs)} and would fit into ${openingInWords(standing.opening)}, were it approved at once`;
    case 'later':
      return `production would begin ${openingInWords(standing.opening)}, were it approved by then: ${standing.why}`;
    case 'never':
      return `production could never begin: ${standing.why}`;
  }
}
