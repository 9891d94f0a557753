import { styleText, stripVTControlCharacters } from 'node:util';

/** How a screen is drawn: columns, and what the terminal can show. */
export interface Look {
  readonly width: number;
  readonly unicode: boolean;
  readonly colour: boolean;
}
export type Ink = 'good' | 'bad' | 'warn' | 'faint' | 'strong' | 'accent';

const inks = { good: 'green', bad: 'red', warn: 'yellow', faint: 'dim', strong: 'bold', accent: 'cyan' } as const;

/** Paints where colours are shown. */
export function paint({ colour }: Look, ink: Ink, text: string): string {
  return colour ? styleText(inks[ink], text, { validateStream: false }) : text;
}

const marks = {
  done: ['✔', '+'],
  running: ['◐', '>'],
  pending: ['·', '.'],
  failed: ['✘', 'x'],
  skipped: ['↷', '~'],
  off: ['–', '-'],
  warning: ['⚠', '!'],
  /** Lines that the terminal has no room for. */
  more: ['⋯', '...'],
} as const;
export type Mark = keyof typeof marks;

export function mark({ unicode }: Look, name: Mark): string {
  return marks[name][unicode ? 0 : 1];
}
export function arrow({ unicode }: Look): string {
  return unicode ? '→' : '->';
}
/** Between facts on one line. */
export function dot({ unicode }: Look): string {
  return unicode ? ' · ' : ' | ';
}

/** Replaces what an ASCII terminal cannot show. */
export function plain(look: Look, text: string): string {
  if (look.unicode) return text;
  return text.replaceAll('→', '->').replaceAll(' · ', ' | ').replaceAll('…', '...').replaceAll('≈', '~').replaceAll('–', '-');
}

/** Columns that a text takes on the screen. */
export function columns(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Fills up to the given column; never cuts. */
export function pad(text: string, to: number): string {
  return text + ' '.repeat(Math.max(0, to - columns(text)));
}

/** Cuts to the given columns, with an ellipsis. For unpainted text. */
export function cut(text: string, to: number): string {
  const letters = [...text];
  return letters.length <= to ? text : `${letters.slice(0, Math.max(0, to - 1)).join('')}…`;
}

/** Breaks a text between words, or where it is told to; a word longer than the line stays whole. For unpainted text. */
export function wrap(text: string, width: number, between = ' '): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(between)) {
    const last = lines.at(-1);
    if (last !== undefined && columns(last) + between.length + columns(word) <= width) lines[lines.length - 1] = `${last}${between}${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A head, then a text beside it, continued below where it began; the whole text below where a word of it has no room beside. */
export function beside(head: string, text: string, width: number): readonly string[] {
  const from = columns(head);
  const room = width - from;
  if (room < 20 || text.split(' ').some((word) => columns(word) > room))
    return [head, ...wrap(text, width - 6).map((line) => `      ${line}`)];
  return wrap(text, room).map((line, place) => (place === 0 ? `${head}${line}`.trimEnd() : `${' '.repeat(from)}${line}`));
}

/** A command to paste, continued with a backslash where it does not fit; never broken within quotes. */
export function commandLines(command: string, indent: number, width: number): readonly string[] {
  const words = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [command];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const room = width - indent - (lines.length > 1 ? 2 : 0) - 2;
    if (last !== undefined && columns(last) + 1 + columns(word) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, place) => `${' '.repeat(indent + (place === 0 ? 0 : 2))}${line}${place < lines.length - 1 ? ' \\' : ''}`);
}
