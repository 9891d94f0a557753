import { sections } from '../index';
import type { PlanLine } from '../plan';
import type { Percent } from '../spec';
import type { Decision, DeploymentReport, Row, RowState } from '../view';

/** What Temporal's history says without the deployment's own word: when steps were asked for and how they ended, and who sent what. */
export interface Happened {
  readonly steps: readonly HappenedStep[];
  /** Messages as they were sent; whether a signal was taken only the deployment knows. */
  readonly decisions: readonly Decision[];
  readonly undone: DeploymentReport['undone'];
  /** As last told to Temporal. */
  readonly phase?: string;
  readonly share?: Percent;
}
/** An activity. Times are epoch milliseconds of the server. */
export interface HappenedStep {
  /** Its id: the step's, with what it was beside it behind a dot or a number sign. */
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly note: string;
}

/**
 * The plan's lines with what the history says of them. Receipts and verdicts are the deployment's own and are not there.
 *
 * @param isClosed nothing runs any more, whatever has no end.
 */
export function rowsOf(lines: readonly PlanLine[], happened: Happened | undefined, isClosed: boolean): readonly Row[] {
  const titles = new Map(sections.map(({ id, title }) => [id, title]));
  const rows = openRowsOf(lines, happened, titles);
  const settled = (row: Row): Row => ({
    ...row,
    ...(row.state === 'running' ? { state: 'failed', note: row.note || 'interrupted' } : {}),
    children: row.children.map(settled),
  });
  return isClosed ? rows.map(settled) : rows;
}

function openRowsOf(lines: readonly PlanLine[], happened: Happened | undefined, titles: ReadonlyMap<string, string>): readonly Row[] {
  const ids = lines.map(({ id }) => id);
  const stepOf = (activity: string): string | undefined =>
    ids
      .filter((id) => activity === id || activity.startsWith(`${id}.`) || activity.startsWith(`${id}#`))
      .toSorted((a, b) => b.length - a.length)[0];
  return [...new Set(lines.map(({ section }) => section))].map((section) => {
    const planned = lines.filter((line) => line.section === section);
    const off = planned.find(({ kind }) => kind === 'off');
    const children = off ? [] : planned.map((line) => stepRow(line, happened?.steps.filter(({ id }) => stepOf(id) === line.id) ?? []));
    const gate = planned.find(({ kind }) => kind === 'gate');
    return {
      ...spanOf(children),
      id: section,
      title: gate ? `gate: ${gate.title}` : (titles.get(section) ?? 'resolve the release'),
      window: null,
      note: off?.what ?? '',
      ...(off ? { state: 'off' as const } : {}),
      children,
    };
  });
}

function stepRow({ id, title, kind, waits }: PlanLine, calls: readonly HappenedStep[]): Row {
  const note = calls.findLast((call) => call.note !== '')?.note ?? '';
  return { ...spanOf(calls), id, title, window: kind === 'watch' ? waits : null, note, children: [] };
}

/** From the first beginning to the last end; not ended while one of them has not. */
function spanOf(parts: readonly { readonly state: RowState; readonly startedAt: number | null; readonly endedAt: number | null }[]) {
  const begun = parts.flatMap(({ startedAt }) => startedAt ?? []);
  if (begun.length === 0) return { state: 'pending' as const, startedAt: null, endedAt: null };
  const ended = parts.flatMap(({ endedAt }) => endedAt ?? []);
  const isOpen = parts.some(({ state }) => state === 'running') || parts.some(({ state }) => state === 'pending');
  const last = parts.findLast(({ startedAt }) => startedAt !== null);
  return {
    state: isOpen ? ('running' as const) : last?.state === 'failed' ? ('failed' as const) : ('done' as const),
    startedAt: Math.min(...begun),
    endedAt: isOpen || ended.length === 0 ? null : Math.max(...ended),
  };
}
