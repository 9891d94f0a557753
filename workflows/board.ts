import { needsOf } from './runbook/estimates';
import { planTotals, type PlanKind, type PlanLine, type PlanTotals } from './runbook/plan';
import { sections } from './runbook';
import type { DeploymentRequest } from './runbook/release';
import type { Milliseconds } from './runbook/spec';
import type { Row, RowState } from './runbook/view';
import type { WindowNeeds } from './runbook/windows';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Line = Writable<Omit<Row, 'children'>> & { readonly children: Line[]; readonly plan: readonly PlanLine[] };

/** Lines that last as long as people, or the calendar, want. */
const waits: readonly PlanKind[] = ['gate', 'attestation', 'window'];

/** The live runbook: every line of the plan with its state. Mutable; everything that is shown is read from here. */
export class Board {
  private lines: Line[] = [];
  /** Sums of the whole plan, as it was laid out. */
  totals: PlanTotals = planTotals([]);

  /** Lays the plan out, every line still to come. Announcements are no steps: what became of them is told by themselves. */
  lay(whole: readonly PlanLine[]): void {
    this.totals = planTotals(whole);
    const plan = whole.filter(({ kind }) => kind !== 'announcement');
    const titles = new Map(sections.map(({ id, title }) => [id, title]));
    this.lines = [...new Set(plan.map(({ section }) => section))].map((section) => {
      const planned = plan.filter((line) => line.section === section);
      const off = planned.find(({ id, kind }) => kind === 'off' && id === section);
      const gates = planned.filter(({ kind }) => kind === 'gate').map(({ title }) => title);
      return {
        ...blank(section, gates.length > 0 ? `gate: ${gates.join(', ')}` : (titles.get(section) ?? 'resolve the release'), planned),
        ...(off ? { state: 'off' as const, note: off.what } : {}),
        children: off
          ? []
          : planned.map((line) => ({
              ...blank(line.id, line.title, [line]),
              ...watched(line.kind === 'watch' ? line.waits : null),
              ...(line.kind === 'off' ? { state: 'off' as const, note: line.what } : {}),
            })),
      };
    });
  }

  get rows(): readonly Row[] {
    return this.lines.map(shown);
  }

  private get steps(): readonly Line[] {
    return this.lines.flatMap((section) => section.children);
  }

  /** How long each section was planned to take, by id; 0 where people or a window are waited for. */
  get planned(): Readonly<Record<string, Milliseconds>> {
    return Object.fromEntries(
      this.lines.map(({ id, children }) => {
        const plan = children.flatMap((line) => line.plan);
        return [id, plan.some(({ kind }) => waits.includes(kind)) ? 0 : planTotals(plan).total];
      }),
    );
  }

  /** Lines below the named section that are shown; made where the plan did not foresee them. */
  step(sectionId: string, id: string, title: string): Line {
    const section = this.section(sectionId);
    const known = section.children.find((line) => line.id === id);
    if (known) return known;
    const line = blank(id, title, []);
    section.children.push(line);
    return line;
  }

  section(id: string): Line {
    const line = this.lines.find((candidate) => candidate.id === id);
    if (line) return line;
    const made = blank(id, id, []);
    this.lines.push(made);
    return made;
  }

  /** Nothing runs any more: what was running was interrupted. */
  settle(): void {
    for (const line of this.lines.flatMap((section) => [section, ...section.children])) {
      if (line.state === 'running') mark(line, 'failed', 'interrupted');
    }
  }

  /** What must lie in the window, by the whole plan. */
  needs(request: DeploymentRequest): WindowNeeds {
    return needsOf(
      request,
      this.steps.flatMap(({ plan }) => plan),
    );
  }

  /** Milliseconds of planned work and waits that are not done yet; of all lines, or of those that must lie in a window. */
  remaining(now: number, only: 'all' | 'in window' = 'all'): Milliseconds {
    const open = this.steps
      .filter(({ state }) => state === 'pending' || state === 'running')
      .filter(({ plan }) => only === 'all' || plan.some(({ inWindow }) => inWindow));
    const running = open.reduce(
      (spent, { state, startedAt }) => (state === 'running' && startedAt !== null ? spent + (now - startedAt) : spent),
      0,
    );
    return Math.max(0, planTotals(open.flatMap(({ plan }) => plan)).total - running);
  }
}

export type BoardLine = Line;

/** Sets a line's state, with its times. */
export function mark(line: Line, state: RowState, note?: string): void {
  line.state = state;
  if (note !== undefined) line.note = note;
  if (state === 'running') line.startedAt ??= Date.now();
  if (state === 'running') line.endedAt = null;
  else line.endedAt = Date.now();
}

function blank(id: string, title: string, plan: readonly PlanLine[]): Line {
  return { id, title, state: 'pending', startedAt: null, endedAt: null, ...watched(null), note: '', children: [], plan };
}

const watched = (window: Milliseconds | null) => ({ window, ...(window === null ? {} : { planned: window }) });

function shown({ id, title, state, startedAt, endedAt, window, planned, note, children }: Line): Row {
  return {
    id,
    title,
    state,
    startedAt,
    endedAt,
    window,
    ...(planned === undefined ? {} : { planned }),
    note,
    children: children.map(shown),
  };
}
