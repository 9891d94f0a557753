import { sections } from '../index';
import type { PlanLine } from '../plan';
import type { Percent } from '../spec';
import { isPartOf } from '../step';
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

/** The plan's lines with what the history says of them. Receipts and verdicts are the deployment's own and are not there. */
export function rowsOf(whole: readonly PlanLine[], happened: Happened | undefined): readonly Row[] {
  const titles = new Map(sections.map(({ id, title }) => [id, title]));
  const lines = whole.filter(({ kind }) => kind !== 'announcement');
  const begun = begunIn(lines, happened?.steps ?? []);
  const last = lines.findLastIndex(({ id }) => begun.has(id));
  const rows = new Map(lines.map((line, place) => [line.id, stepRow(line, begun.get(line.id) ?? [], place < last)]));
  return [...new Set(lines.map(({ section }) => section))].map((section) => {
    const planned = lines.filter((line) => line.section === section);
    const off = planned.find(({ kind, id }) => kind === 'off' && id === section);
    const gates = planned.filter(({ kind }) => kind === 'gate').map(({ title }) => title);
    const children = off ? [] : planned.flatMap(({ id }) => rows.get(id) ?? []);
    return {
      ...spanOf(children.filter(({ state }) => state !== 'off')),
      id: section,
      title: gates.length > 0 ? `gate: ${gates.join(', ')}` : (titles.get(section) ?? 'resolve the release'),
      window: null,
      note: off?.what ?? '',
      ...(off ? { state: 'off' as const } : {}),
      children,
    };
  });
}

/** What was running when it ended was interrupted. */
export function settled(row: Row): Row {
  const interrupted = { state: 'failed', note: row.note || 'interrupted' } as const;
  return { ...row, ...(row.state === 'running' ? interrupted : {}), children: row.children.map(settled) };
}

/** The activities of each line that has any, by the line's id. */
function begunIn(lines: readonly PlanLine[], steps: readonly HappenedStep[]): ReadonlyMap<string, readonly HappenedStep[]> {
  const calls = new Map<string, HappenedStep[]>();
  for (const step of steps) {
    const [line] = lines
      .filter(({ id }) => isPartOf(step.id, id) || step.id.startsWith(`${id}#`))
      .toSorted((a, b) => b.id.length - a.id.length);
    if (line) calls.set(line.id, [...(calls.get(line.id) ?? []), step]);
  }
  return calls;
}

/** What waits for people or a time leaves no activity: it is over once something later has begun. */
const withoutActivity: readonly PlanLine['kind'][] = ['gate', 'attestation', 'window'];

function stepRow({ id, title, kind, what, waits }: PlanLine, calls: readonly HappenedStep[], isPast: boolean): Row {
  const note = calls.findLast((call) => call.note !== '')?.note ?? '';
  const row = { ...spanOf(calls), id, title, window: kind === 'watch' ? waits : null, note, children: [] };
  if (kind === 'off') return { ...row, state: 'off', note: what };
  return isPast && withoutActivity.includes(kind) ? { ...row, state: 'done' } : row;
}

/** From the first beginning to the last end; not ended while one of them has not. */
function spanOf(parts: readonly { readonly state: RowState; readonly startedAt: number | null; readonly endedAt: number | null }[]) {
  const begun = parts.flatMap(({ startedAt }) => startedAt ?? []);
  if (begun.length === 0) return { state: 'pending' as const, startedAt: null, endedAt: null };
  const ended = parts.flatMap(({ endedAt }) => endedAt ?? []);
  const isOpen = parts.some(({ state }) => state === 'running' || state === 'pending');
  const last = parts.findLast(({ startedAt }) => startedAt !== null);
  return {
    state: isOpen ? ('running' as const) : last?.state === 'failed' ? ('failed' as const) : ('done' as const),
    startedAt: Math.min(...begun),
    endedAt: isOpen || ended.length === 0 ? null : Math.max(...ended),
  };
}
