import type { ReportModel } from '../../workflows/runbook/report/model';

/** Text as it is, something to be copied, or a state with how good it is. */
export type Cell = string | { readonly code: string } | { readonly state: Tone; readonly text: string };
export type Tone = 'good' | 'bad' | 'warn' | 'plain';

/** What a section is made of: the forms differ in how they write these, and in nothing else. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: Cell])[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly TableRow[] }
  | { readonly kind: 'commands'; readonly commands: readonly { readonly text: string; readonly command: string }[] }
  | { readonly kind: 'links'; readonly links: ReportModel['links'] };
export interface TableRow {
  readonly cells: readonly Cell[];
  /** It stands above the rows that follow. */
  readonly heads?: true;
}
export interface Section {
  /** Anchor. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** `2026-11-24 02:00:41 UTC` */
export function moment(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`;
}

export const sentence = (words: string): string => `${words[0]?.toUpperCase()}${words.slice(1)}`;

export function section(id: string, title: string, blocks: readonly Block[]): Section {
  return { id, title, blocks };
}

export function titled(title: string, items: readonly string[]): readonly Block[] {
  return items.length === 0
    ? []
    : [
        { kind: 'text', text: `${title}:` },
        { kind: 'list', items },
      ];
}
