/** What the report says of the follow-ups: what is planned, how they go on by their own word, how they ended. */
import {
  followUpIdOf,
  type CheckLine,
  type Failing,
  type FollowUpOutcome,
  type FollowUpReport,
  type FollowUpView,
} from '../post-deployment/follow-up';
import { plannedChecks } from '../post-deployment/schedule';
import type { DeploymentRequest } from '../release';
import type { FollowUpsSpec, Milliseconds } from '../spec';
import type { Decision, Row } from '../view';
import { utc } from '../words';
import { attestationPart, type AttestationPart } from './attested';
import { moment, type Moment } from './moment';

export interface FollowUpsPart {
  /** `begun`: by the deployment's word; how they went on is not known here. */
  readonly state: 'left out' | 'planned' | 'not begun' | 'begun' | 'running' | 'ended';
  /** How they stand, in one sentence. */
  readonly sentence: string;
  /** Their workflow, from the moment on in which they have begun. */
  readonly workflowId: string | null;
  /** When they were asked; null where they were not. */
  readonly asOf: Moment | null;
  readonly phases: readonly FollowUpPhasePart[];
  readonly phase: string | null;
  readonly startedAt: Moment | null;
  /** When they end, or did. */
  readonly endsAt: Moment | null;
  /** Looks that are planned; those that were made, with those that alerts called for. */
  readonly planned: number;
  readonly looks: { readonly passed: number; readonly failed: number; readonly inconclusive: number } | null;
  readonly last: LookPart | null;
  readonly nextAt: Moment | null;
  /** What was not as it should be: looks that did not pass, alerts, one sentence each. */
  readonly findings: readonly string[];
  readonly outcome: FollowUpOutcome | null;
  /** The rollback that they have started, by its deployment id. */
  readonly rollback: string | null;
  readonly attestations: readonly AttestationPart[];
  readonly decisions: readonly (Omit<Decision, 'at'> & { readonly at: Moment })[];
}
export interface FollowUpPhasePart {
  readonly title: string;
  readonly every: Milliseconds;
  readonly until: Milliseconds;
  readonly asks: readonly string[];
}
export interface LookPart extends Omit<CheckLine, 'at'> {
  readonly at: Moment;
}
/** What Temporal told of the workflow that the follow-ups are. */
export interface FollowUpsTold {
  readonly workflowId: string;
  /** `running`, `completed`, or what ended it from outside. */
  readonly status: string;
  /** Its own word; absent where no worker answers. */
  readonly view?: FollowUpView;
  readonly report?: FollowUpReport;
  /** Epoch milliseconds. */
  readonly asOf: number;
}

/** By the deployment alone: what is planned, and whether they have begun; null for a rollback. */
export function plannedFollowUps(
  { deploymentId, spec, rollback }: DeploymentRequest,
  rows: readonly Row[],
  isOver: boolean,
): FollowUpsPart | null {
  if (rollback) return null;
  const { followUps } = spec;
  const section = rows.find(({ id }) => id === 'follow-up');
  const reason = section?.state === 'off' ? section.note : followUps ? null : 'the spec has no followUps';
  if (!followUps || reason !== null) return { ...blank, state: 'left out', sentence: `Left out: ${reason ?? ''}.` };
  const plan = { ...blank, phases: phasesOf(followUps), planned: plannedChecks(followUps).length };
  const line = section?.children.find(({ id }) => id === 'follow-up.begin') ?? section;
  if (line?.state === 'done') {
    const words = `Begun by the deployment; how they went on is not told here: analytics-deploy follow-up ${deploymentId}`;
    return { ...plan, state: 'begun', sentence: words, workflowId: followUpIdOf(deploymentId) };
  }
  if (line?.state === 'failed' || line?.state === 'skipped') return { ...plan, state: 'not begun', sentence: `Not begun: ${line.note}` };
  const when = 'they begin at the end of a deployment that succeeds';
  return isOver
    ? { ...plan, state: 'not begun', sentence: `Not begun: ${when}.` }
    : { ...plan, state: 'planned', sentence: `Planned: ${when}.` };
}

/** With what they tell themselves; nothing is known of them but that where `planned` is null. */
export function toldFollowUps(
  planned: FollowUpsPart | null,
  { workflowId, status, view, report = view?.report ?? undefined, asOf }: FollowUpsTold,
): FollowUpsPart {
  const part = { ...(planned ?? blank), workflowId, asOf: moment(asOf) };
  if (report) return endedPart({ ...part, ...(view ? looksOf(view) : {}), ...saidIn(report) }, report);
  if (view) return runningPart({ ...part, ...looksOf(view), ...saidIn(view) }, view);
  return status === 'running'
    ? {
        ...part,
        state: 'running',
        sentence: 'Running; no worker answers, so that they do not tell how they stand: they are safe and wait.',
      }
    : { ...part, state: 'ended', sentence: `Ended: the run was ${status} from outside and left no word.` };
}

function endedPart(part: FollowUpsPart, { outcome, reason, endedAt, alerts, rollback }: FollowUpReport): FollowUpsPart {
  return {
    ...part,
    state: 'ended',
    sentence: `Ended (${outcome}): ${reason}`,
    outcome,
    phase: null,
    nextAt: null,
    endsAt: moment(endedAt),
    findings: [...part.findings, ...alerts.map(alertWords)],
    rollback: rollback ?? null,
  };
}

function runningPart(part: FollowUpsPart, { state, phase, nextAt, endsAt, alerts }: FollowUpView): FollowUpsPart {
  const firing = alerts.some((alert) => alert.firing);
  return {
    ...part,
    state: 'running',
    sentence: `Running, ${phase}: ${state === 'failing' ? 'NOT as it should be' : firing ? 'an alert fires' : 'nothing is wrong'}.`,
    phase,
    nextAt: nextAt === null ? null : moment(nextAt),
    endsAt: moment(endsAt),
    findings: [...part.findings, ...alerts.map(alertWords)],
  };
}

/** The newest looks, which only a worker can tell of. */
function looksOf({ planned, recent, failing }: FollowUpView): Pick<FollowUpsPart, 'planned' | 'last' | 'findings'> {
  const last = recent.at(-1);
  return {
    planned,
    last: last ? { ...last, at: moment(last.at) } : null,
    findings: [...(failing ? [failingWords(failing)] : []), ...recent.filter(({ verdict }) => verdict !== 'pass').map(lookWords)],
  };
}

function saidIn({
  startedAt,
  counts,
  attestations,
  decisions,
}: FollowUpView | FollowUpReport): Pick<FollowUpsPart, 'startedAt' | 'looks' | 'attestations' | 'decisions'> {
  return {
    startedAt: moment(startedAt),
    looks: counts,
    attestations: attestations.map(attestationPart),
    decisions: decisions.map((decision) => ({ ...decision, at: moment(decision.at) })),
  };
}

const blank: FollowUpsPart = {
  state: 'begun',
  sentence: '',
  workflowId: null,
  asOf: null,
  phases: [],
  phase: null,
  startedAt: null,
  endsAt: null,
  planned: 0,
  looks: null,
  last: null,
  nextAt: null,
  findings: [],
  outcome: null,
  rollback: null,
  attestations: [],
  decisions: [],
};

function phasesOf({ phases }: FollowUpsSpec): FollowUpsPart['phases'] {
  return phases.map(({ title, every, until, attestations }) => ({ title, every, until, asks: attestations }));
}

function failingWords({ verdict, since, times, reasons }: Failing): string {
  const what = verdict === 'fail' ? 'not within its limits' : 'not known';
  return `${what} since ${utc(since)}, ${times} in a row: ${reasons.join('; ')}`;
}
function lookWords({ at, verdict, note }: CheckLine): string {
  return `${utc(at)}: ${verdict}${note === '' ? '' : `: ${note}`}`;
}
function alertWords({ name, summary, firing, at, by }: FollowUpView['alerts'][number]): string {
  return `alert ${name} ${firing ? 'fires since' : 'was over at'} ${utc(at)}${by === undefined ? '' : `, told by ${by}`}${summary === '' ? '' : `: ${summary}`}`;
}
