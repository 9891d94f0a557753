import type { PlanLine, PlanTotals } from '../../workflows/runbook/plan';
import { count, span } from '../screens/words';

/** The plan as a table of the README: one row per line of the plan. */
export function planTable(
  lines: readonly PlanLine[],
  { total, waits, approvals, worstRollback, pointOfNoReturn }: PlanTotals,
  notes: readonly string[],
): string {
  const rows = lines.map(({ id, title, what, kind, takes, waits: wait, undo, ifItFails, notes: own }) => [
    `\`${id}\``,
    [`${title}: ${what}`, ...own].join('; '),
    kind,
    wait > 0 ? span(wait) : takes > 0 ? `~${span(takes)}` : '',
    undo,
    ifItFails,
  ]);
  return [
    row(['step', 'what', 'kind', 'takes', 'undo', 'if it fails']),
    row(Array.from({ length: 6 }, () => '---')),
    ...rows.map(row),
    '',
    `In all about ${span(total)}, of which waits ${span(waits)}; it needs ${count(approvals, 'approval')}. Worst rollback about ${span(worstRollback)}. Point of no return: ${pointOfNoReturn}.`,
    '',
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
