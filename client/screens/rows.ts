import { numbered } from '../../workflows/runbook/step';
import type { Row, RowState } from '../../workflows/runbook/view';
import { beside, mark, paint, pad, type Ink, type Look } from './look';
import { clock } from './words';

const inks: Readonly<Record<RowState, Ink>> = {
  done: 'good',
  running: 'accent',
  pending: 'faint',
  failed: 'bad',
  skipped: 'warn',
  off: 'faint',
};
const titleWidth = 30;

/** Lines below the running row, by its id. */
export type Below = (row: Row) => readonly string[];

/** The live runbook: one line per section; the steps of a section while it matters how they stand. */
export function rowLines(look: Look, rows: readonly Row[], now: number, below: Below): readonly string[] {
  return rows.flatMap((row) => [
    ...rowLine(look, row, 1, now),
    ...(isOpen(row) ? row.children.flatMap((child) => [...rowLine(look, child, 5, now), ...below(child)]) : []),
  ]);
}

/** For a terminal of few lines: what is done and what is still to come in one line each, and what is neither. */
export function rowLinesInShort(look: Look, rows: readonly Row[], now: number, below: Below): readonly string[] {
  const count = (state: RowState, words: string) => {
    const number = rows.filter((row) => row.state === state && !isOpen(row)).length;
    return number === 0 ? [] : [` ${paint(look, inks[state], mark(look, state))} ${number} ${words}`];
  };
  const isUnderWay = (row: Row) => isOpen(row) || row.state === 'skipped';
  const underWay = rows
    .filter(isUnderWay)
    .map((row) => ({ ...row, children: row.children.filter(({ state }) => state !== 'done' && state !== 'pending') }));
  return [...count('done', 'done'), ...rowLines(look, underWay, now, below), ...count('pending', 'to come')];
}

/** A section that runs or failed shows its steps, as does one in which something was skipped. */
function isOpen({ state, children }: Row): boolean {
  return state === 'running' || state === 'failed' || (state === 'done' && children.some((child) => child.state === 'skipped'));
}

function rowLine(look: Look, row: Row, indent: number, now: number): readonly string[] {
  const sign = paint(look, inks[row.state], mark(look, row.state));
  const name = indent === 1 ? numbered(row.id, row.title) : row.title;
  const title = pad(name, titleWidth - (indent - 1));
  const time = timeOf(row, now);
  const head = `${' '.repeat(indent)}${sign} ${row.state === 'pending' ? paint(look, 'faint', title) : title} ${time.padStart(5)}`;
  const note = row.state === 'off' ? `off: ${row.note}` : row.note;
  return note === '' ? [head.trimEnd()] : beside(`${head}   `, note, look.width);
}

/** `4:11 of 10:00` for a watch that runs, else how long it took. */
function timeOf({ startedAt, endedAt, window, state }: Row, now: number): string {
  if (startedAt === null) return window !== null && state === 'pending' ? `(${clock(window)})` : '';
  const took = clock((endedAt ?? now) - startedAt);
  return window !== null && endedAt === null ? `${took} of ${clock(window)}` : took;
}
