import type { Coverage, CoveredLine } from '../runbook/coverage';
import { standKinds, type Standing, type StandKind } from '../runbook/stands';
import { beside, mark, paint, type Look } from './look';
import { count } from './words';

/** The source's lines, section by section, each beside what stands for it, with the counts. */
export function runbookScreen(look: Look, { lines, unmapped, counts }: Coverage): readonly string[] {
  const sections = [...new Set(lines.map(({ section }) => section))];
  return [
    ...sections.flatMap((section) => [
      paint(look, 'strong', section),
      ...lines.filter((line) => line.section === section).flatMap((line) => lineOf(look, line)),
      '',
    ]),
    ...beside('', countsOf(lines.length, counts), look.width),
    paint(look, unmapped.length === 0 ? 'good' : 'bad', `${count(unmapped.length, 'line')} that nothing stands for`),
    ...unmapped.flatMap(({ section, ordinal, label, by }) =>
      beside(
        `  ${section} ${ordinal}: `,
        `${label}: ${
          by
            .filter(({ words }) => words === null)
            .map(nameOf)
            .join(', ') || 'nothing'
        }`,
        look.width,
      ),
    ),
  ];
}

function lineOf(look: Look, { ordinal, label, by }: CoveredLine): readonly string[] {
  const isCovered = by.length > 0 && by.every(({ words }) => words !== null);
  const isOff = by.some(({ kind, isLeftOut }) => kind === 'none' || isLeftOut);
  const sign = mark(look, isCovered ? (isOff ? 'off' : 'done') : 'failed');
  return [
    ...beside(` ${sign} ${String(ordinal).padStart(2)} `, label, look.width),
    ...beside('      ', by.map(nameOf).join(', '), look.width).map((line) => paint(look, 'faint', line)),
  ];
}

/** `step 1.1.tag`, `step 1.3.load (left out: …)`, `not automated: a closing phrase …` */
export function nameOf({ kind, name, words, isLeftOut }: Standing): string {
  if (kind === 'none') return `${standKinds.none}: ${words}`;
  return `${standKinds[kind]} ${name}${isLeftOut ? ` (left out: ${words})` : ''}`;
}

function countsOf(all: number, counts: Coverage['counts']): string {
  const kinds = (Object.keys(standKinds) as StandKind[]).filter((kind) => counts[kind] > 0);
  return `${count(all, 'line')}, covered by ${kinds.map((kind) => `${standKinds[kind]} (${counts[kind]})`).join(', ')}.`;
}
