import type { Finding } from '../doctor/finding';
import { beside, mark, paint, plain, type Ink, type Look, type Mark } from './look';
import { count } from './words';

const shown: Readonly<Record<Finding['kind'], readonly [Mark, Ink]>> = {
  ok: ['done', 'good'],
  missing: ['failed', 'bad'],
  note: ['warning', 'warn'],
};

/** What doctor found, each with how to mend it. Seen from this machine: the worker's may differ. */
export function findingLines(look: Look, findings: readonly Finding[], file: string): readonly string[] {
  const wrong = findings.filter(({ kind }) => kind === 'missing').length;
  return [
    ...findings.flatMap(({ kind, about, found, remedy }) => {
      const [sign, ink] = shown[kind];
      return [
        ...beside(` ${paint(look, ink, mark(look, sign))} `, `${about}: ${found}`, look.width),
        ...(remedy ? beside('     ', remedy, look.width) : []),
      ];
    }),
    '',
    wrong === 0 ? 'Nothing is missing.' : `${count(wrong, 'thing')} missing.`,
    `Seen from this machine with ${file}; the worker's surroundings may differ.`,
  ].map((line) => plain(look, line));
}
