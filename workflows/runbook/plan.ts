import { sinksFor, type Announcement } from './announcing';
import { performRequest } from './index';
import { policies } from './policies';
import { plannedRelease, type DeploymentRequest } from './release';
import { tailored } from './profiles';
import type { TakeRequest } from './contract';
import { askedOf, attestations, type AttestationId } from './attestations';
import {
  offReason,
  type Change,
  type Check,
  type Checker,
  type ChecklistLine,
  type ForwardOnly,
  type Lock,
  type Lookup,
  type Proof,
  type Runner,
  type Section,
  type WindowWait,
} from './step';
import { safeFlagsInRamp } from './rollback/flags-in-ramp';
import { levelTitles, type RollbackLevel } from './rollback/level';
import { partialRollback } from './rollback/partial';
import type { Milliseconds } from './spec';
import type { DeploymentView } from './view';
import { hoursInWords } from './windows';
import { between, span } from './words';

export type PlanKind =
  | 'lookup'
  | 'lock'
  | 'check'
  | 'change'
  | 'forward-only'
  | 'gate'
  | 'attestation'
  | 'window'
  | 'watch'
  | 'announcement'
  | 'follow-ups'
  | 'off';

/** One line of what will happen. */
export interface PlanLine {
  /** Section id: `1.1` … `2.4`, `gate`, `soak`, `resolve`. */
  readonly section: string;
  readonly id: string;
  readonly title: string;
  readonly what: string;
  readonly kind: PlanKind;
  /** Work, as a rule of thumb. */
  readonly takes: Milliseconds;
  /** Waiting that the spec asks for. */
  readonly waits: Milliseconds;
  /** What undoes it; empty where nothing is changed. */
  readonly undo: string;
  /** How long the undo takes, as a rule of thumb. */
  readonly undoTakes: Milliseconds;
  readonly ifItFails: string;
  readonly notes: readonly string[];
  /** People who must approve; 0 where it is no gate. */
  readonly approvals: number;
  /** Runs beside the line before it. */
  readonly beside: boolean;
  /** Must lie in a deployment window. */
  readonly inWindow: boolean;
}

export interface PlanTotals {
  readonly total: Milliseconds;
  readonly waits: Milliseconds;
  readonly approvals: number;
  /** The longest that putting everything back usually takes. */
  readonly worstRollback: Milliseconds;
  readonly pointOfNoReturn: string;
}

/** What happens when the tries are used up, in words. */
const giveUp = {
  ask: 'ask, then roll back',
  'ask, then go on': 'ask, then leave it so, as incomplete',
  'roll back': 'roll back',
  'go on': 'leave it, on record',
} as const;

/** How long one undo usually takes, for the forecast. */
const anUndo = 5_000;

/** Reads the runbook aloud without doing anything. Needs no server and no cluster. */
export async function planOf(asked: DeploymentRequest): Promise<readonly PlanLine[]> {
  const request = tailored(asked);
  const notes = new Notes(request);
  await performRequest(notes, request);
  return notes.lines;
}

/** What a rung adds to a deployment that runs; none for those that end it. `share`: the candidate's now. */
export async function planOfStepBack(
  request: DeploymentRequest,
  level: RollbackLevel,
  { release, share }: DeploymentView,
): Promise<readonly PlanLine[]> {
  const notes = new Notes(request);
  const planned = plannedRelease(request);
  const { candidate, live, image } = release ?? planned;
  const known = { ...planned, image, candidate: { ...planned.candidate, ...candidate }, live: { ...planned.live, ...live } };
  const context = { request, release: known };
  const run = async (runner: Runner): Promise<void> => {
    if (level === 'partial') await partialRollback(runner, context, share);
    if (level === 'flags') await safeFlagsInRamp(runner, context);
  };
  await notes.section({ id: 'rollback', title: levelTitles[level], phase: 'rollback', run });
  return notes.lines;
}

/** Sums a plan up; lines that run side by side count once, as the longest of them. */
export function planTotals(lines: readonly PlanLine[]): PlanTotals {
  const groups: { takes: Milliseconds; waits: Milliseconds }[] = [];
  for (const { takes, waits, beside } of lines) {
    const last = groups.at(-1);
    if (beside && last) Object.assign(last, { takes: Math.max(last.takes, takes), waits: Math.max(last.waits, waits) });
    else groups.push({ takes, waits });
  }
  const waits = sum(groups.map((group) => group.waits));
  return {
    total: waits + sum(groups.map((group) => group.takes)),
    waits,
    approvals: sum(lines.map(({ approvals }) => approvals)),
    worstRollback: sum([...new Map(lines.map(({ undo, undoTakes }) => [undo, undoTakes])).values()]),
    pointOfNoReturn: pointOfNoReturn(lines.map(({ id }) => id)),
  };
}

function pointOfNoReturn(ids: readonly string[]): string {
  if (ids.includes('scale-down.old')) return 'the scale-down of the old colour: until then it is warm and everything can be put back';
  if (ids.includes('resolve.rollback'))
    return 'none: what it changes can be put back until its end, and the colour that it leaves keeps its pods';
  return 'the end of the last watch: the old colour is left as it is';
}

/** The planning runner: takes notes instead of acting. */
class Notes implements Runner, Checker {
  readonly lines: PlanLine[] = [];
  private current: Pick<Section, 'id' | 'title' | 'inWindow'> = { id: 'resolve', title: 'resolve the release' };
  private beside = false;

  constructor(private readonly request: DeploymentRequest) {}

  async section(section: Section): Promise<void> {
    this.current = section;
    const reason = offReason(section, this.request.spec);
    if (reason === null) await section.run(this, { request: this.request, release: plannedRelease(this.request) });
    else this.note({ id: section.id, title: section.title, what: reason, kind: 'off' });
  }

  async look<In, Out>(step: Lookup<In, Out>, input: In): Promise<Out> {
    if (step.section !== undefined) this.current = { id: step.section, title: step.title };
    this.step(step, input);
    return step.planned(input, this.request);
  }
  async check<In, Out>(step: Check<In, Out>, input: In): Promise<void> {
    this.step(step, input);
  }
  async change<In, State>(step: Change<In, State>, input: In): Promise<void> {
    const drains = step.production && step.rank === 'workload' ? this.request.spec.production.traffic.propagation : 0;
    this.step(step, input, { undo: step.undoes(input), undoTakes: (step.undoTakes?.(input) ?? anUndo) + drains });
  }
  async forwardOnly<In, Out>(step: ForwardOnly<In, Out>, input: In): Promise<void> {
    this.step(step, input, { undo: `stays: ${step.stays(input)}` });
  }

  async lock(step: Lock, request: Omit<TakeRequest, 'entries'>): Promise<boolean> {
    this.step(step, { ...request, entries: [] }, { undo: 'the lock is given up at the end, whatever the end is', undoTakes: anUndo });
    return true;
  }

  async watch({ id, title, window, share, notes = [] }: Parameters<Runner['watch']>[0]): Promise<void> {
    const { signals, watching } = this.request.spec;
    this.note({
      id,
      title,
      what: `${signals.map(({ title, by }) => (by === undefined ? title : `${title} (also by ${by})`)).join(', ')} every ${watching.every / 1000} s`,
      kind: 'watch',
      waits: window,
      ifItFails: 'roll back; without evidence: extend, then ask',
      notes: [...(share === 100 ? ['at 100 % nothing is left to compare with: only the limits are judged'] : []), ...notes],
    });
  }

  async approve({ id, title, approvals, roles, onExpiry }: Parameters<Runner['approve']>[0]): Promise<readonly string[]> {
    this.current = { id: 'gate', title };
    this.note({
      id,
      title,
      what: 'approve, reject or expire',
      kind: 'gate',
      ifItFails: `expiry: ${onExpiry}`,
      notes: [`${approvals} of ${roles.join(', ')}`],
      approvals,
    });
    return [];
  }

  async checklist(lines: readonly ChecklistLine[]): Promise<void> {
    await this.together(
      lines.map((line) => async () => {
        const reason = offReason(line, this.request.spec);
        if (reason === null) await line.perform(this);
        else this.note({ id: line.id, title: line.title, what: reason, kind: 'off' });
      }),
    );
  }

  async attested(ids: readonly AttestationId[]): Promise<void> {
    const { spec } = this.request;
    await this.together(
      ids.map((id) => async () => {
        const { title, why } = attestations[id];
        const asked = askedOf(id, spec);
        if (asked === null) this.note({ id, title, what: spec.off[id] ?? 'the spec does not ask for it', kind: 'off' });
        else
          this.note({
            id,
            title,
            what: `attested by ${asked.owner}`,
            kind: 'attestation',
            ifItFails: `nobody attests it in time: ${asked.onExpiry}`,
            notes: [why],
          });
      }),
    );
  }

  async awaitWindow({ id, title, windows }: WindowWait): Promise<boolean> {
    const { weekly, peak, freezes, buffer } = windows;
    this.note({
      id,
      title,
      what: weekly.map(hoursInWords).join(', '),
      kind: 'window',
      ifItFails: 'waits for the next opening in which production fits, with its buffer and the way back',
      notes: [
        `${span(buffer)} buffer`,
        ...(peak ? [`never ${hoursInWords(peak)}`] : []),
        ...freezes.map(({ from, to, reason }) => `frozen ${between(from, to)}: ${reason}`),
      ],
    });
    return true;
  }

  /** Nobody waits for it: a line of its own, without time. */
  async announce({ key, kind, title }: Announcement): Promise<void> {
    const sinks = sinksFor(this.request.spec, kind);
    if (sinks.length > 0) this.note({ id: `announce.${key}`, title, what: `to ${sinks.join(', ')}`, kind: 'announcement' });
  }

  async goOn({ id, title, reason }: Parameters<Runner['goOn']>[0]): Promise<void> {
    this.note({ id, title, what: reason, kind: 'gate', ifItFails: 'its deadline: roll back' });
  }

  releases(): void {
    // Goes on record with the end, and is no step of its own.
  }

  async prove({ id, title, what }: Proof): Promise<void> {
    this.note({ id, title, what, kind: 'check', ifItFails: 'ask, then roll back' });
  }

  async followUps(step: Parameters<Runner['followUps']>[0], begun: Parameters<Runner['followUps']>[1]): Promise<void> {
    const { id, title } = step;
    this.note({
      id,
      title,
      what: step.summary(begun),
      kind: 'follow-ups',
      takes: step.takes(begun),
      undo: `stays: ${step.stays(begun)}`,
      ifItFails: 'leave it, on record',
    });
  }

  async together(steps: readonly (() => Promise<void>)[]): Promise<void> {
    const outer = this.beside;
    for (const [place, step] of steps.entries()) {
      this.beside = outer || place > 0;
      await step();
    }
    this.beside = outer;
  }

  private step<In>(
    step: Pick<Check<In, unknown>, 'id' | 'title' | 'takes' | 'summary' | 'ifItFails' | 'policy' | 'notes'> & { readonly kind: PlanKind },
    input: In,
    more: Partial<PlanLine> = {},
  ): void {
    const tries = policies[step.policy].retry.attempts;
    this.note({
      id: step.id,
      title: step.title,
      what: step.summary(input),
      kind: step.kind,
      takes: step.takes(input),
      ifItFails: `${tries === 'until done' ? 'keeps trying' : `${tries} tries`}, then ${giveUp[step.ifItFails]}`,
      notes: step.notes ?? [],
      ...more,
    });
  }

  private note(line: Partial<PlanLine> & Pick<PlanLine, 'id' | 'title' | 'what' | 'kind'>): void {
    this.lines.push({
      section: this.current.id,
      takes: 0,
      waits: 0,
      undo: '',
      undoTakes: 0,
      ifItFails: '',
      notes: [],
      approvals: 0,
      beside: this.beside,
      inWindow: this.current.inWindow === true,
      ...line,
    });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
