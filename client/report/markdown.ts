import { whatItIs } from '../../workflows/runbook/report/outcomes';
import type { ReportModel } from '../../workflows/runbook/report/model';
import type { Block, Cell } from './blocks';
import { sectionsOf } from './sections';

/** The report as Markdown: read as it is, or rendered by whatever shows the file. */
export function markdownOf(model: ReportModel): string {
  const parts = sectionsOf(model).map(({ title, blocks }) => [`## ${escaped(title)}`, ...blocks.map(block)].join('\n\n'));
  return `${[`# ${escaped(titleOf(model))}`, ...parts].join('\n\n')}\n`;
}

export function titleOf(model: ReportModel): string {
  return `${whatItIs(model)} → ${model.environment}: report`;
}

function block(part: Block): string {
  switch (part.kind) {
    case 'text':
      return escaped(part.text);
    case 'facts':
      return part.facts.map(([name, value]) => `- **${escaped(name)}**: ${cell(value)}`).join('\n');
    case 'list':
      return part.items.map((item) => `- ${escaped(item)}`).join('\n');
    case 'table':
      return table([
        part.columns.map(escaped),
        ...part.rows.map(({ cells, heads }) => cells.map((one) => (heads ? bold(cell(one)) : cell(one)))),
      ]);
    case 'commands':
      return part.commands.map(({ text, command }) => `- ${escaped(text)}\n\n${fenced(command)}`).join('\n');
    case 'links':
      return part.links.map(({ title, url }) => `- ${escaped(title)}: <${url.replace(/[<>\s]/g, encodeURIComponent)}>`).join('\n');
  }
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(value: Cell): string {
  if (typeof value === 'string') return escaped(value);
  return 'code' in value ? code(value.code) : escaped(value.text);
}
const bold = (text: string): string => (text === '' ? '' : `**${text}**`);

/** A code span whose fence is longer than any run of backticks within. */
function code(text: string): string {
  if (text === '') return '';
  const fence = '`'.repeat(longestRun(text) + 1);
  return text.includes('`') ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}sh`, text, fence].map((line) => `  ${line}`).join('\n');
}
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Nothing that people or servers wrote becomes markup: neither HTML nor emphasis, links, headings or lists. */
function escaped(text: string): string {
  return (
    text
      .replace(/[\\`*[\]<>~]/g, '\\$&')
      // Within a word it emphasises nothing.
      .replace(/(?<!\w)_|_(?!\w)/g, '\\_')
      .replace(/&(?=#?\w+;)/g, '&amp;')
      .replace(/^(\s*)([#+-])/, '$1\\$2')
      .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}
