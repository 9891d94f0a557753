import { describeTally } from '../judge/judge';
import type { SampleTally } from '../judge/evidence';
import { planOf, planTotals, type PlanLine } from '../plan';
import { leftOut, tailored } from '../profiles';
import type { RollbackWish } from '../rollback/level';
import type { DeploymentRequest } from '../release';
import type { Milliseconds, Percent, SignalSpec } from '../spec';
import type {
  AskedView,
  Decision,
  DeploymentReport,
  DeploymentView,
  GateView,
  NoticeView,
  AttentionView,
  Outcome,
  ReleaseView,
  Row,
  RowState,
} from '../view';
import { attestationPart, type AttestationPart } from './attested';
import { plannedFollowUps, toldFollowUps, type FollowUpsPart, type FollowUpsTold } from './follow-ups';
import { rowsOf, settled, type Happened } from './from-history';
import { monitoringPart, successPart, type MonitoringPart, type SuccessPart, type Told } from './judged';
import { howItEnded, whatItIs } from './outcomes';
import { moment, type Moment } from './moment';
import { allReadable } from './text';
import { percent } from '../words';

/** Raised where a field changes its meaning or goes; what is only added is optional and raises nothing. */
export const SCHEMA_VERSION = 1;

/** Everything that a report says, for people and programs: what is kept in a file at the end, and what the three forms are written from. */
export interface ReportModel {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly deploymentId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** Which rung, of which deployment, and why; null where it is no rollback. */
  readonly rollback: RollbackWish | null;
  /** As stated by the client, as everybody who is named. */
  readonly requester: string;
  /** What it is doing, how it ended, or what ended it from outside. */
  readonly state: string;
  readonly outcome: Outcome | null;
  /** The outcome, or where it stands, in one sentence. */
  readonly sentence: string;
  readonly asOf: Moment;
  readonly startedAt: Moment;
  readonly endedAt: Moment | null;
  readonly took: Milliseconds;
  readonly run: { readonly namespace: string; readonly workflowId: string; readonly runId: string } | null;
  /** What this report does not know, and why; empty where it is whole. */
  readonly missing: readonly string[];
  readonly trouble: readonly string[];
  readonly plan: PlanPart | null;
  readonly releaseDigest: string | null;
  readonly release: ReleaseView | null;
  readonly sections: readonly SectionPart[];
  readonly watches: readonly WatchPart[];
  /** These three: null for a rollback, which has none, and where it is not known what was deployed. */
  readonly success: SuccessPart | null;
  readonly monitoring: MonitoringPart | null;
  readonly followUps: FollowUpsPart | null;
  /** What people were asked to attest, and what they said. */
  readonly attestations: readonly AttestationPart[];
  readonly decisions: readonly DecisionPart[];
  /** Decisions between the first and the newest that are not listed. */
  readonly unlisted: number;
  /** What was asked for beside the standard runbook; null where nothing was. */
  readonly asked: AskedView | null;
  /** What was skipped or left, by whom and why. */
  readonly waivers: readonly string[];
  /** What does not apply, each with its reason. */
  readonly leftOut: readonly { readonly id: string; readonly title: string; readonly reason: string }[];
  readonly undone: readonly { readonly subject: string; readonly title: string; readonly note: string }[];
  readonly left: readonly { readonly subject: string; readonly reason: string; readonly byHand: string }[];
  readonly forwardOnly: readonly string[];
  /** What people were told, and what became of it at each sink. */
  readonly notices: readonly NoticePart[];
  /** Only while it runs. */
  readonly now: NowPart | null;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  /** Why no file of this report was kept. */
  readonly unkept?: string;
}

export interface PlanPart {
  /** Of the spec that the plan was made from. */
  readonly digest: string;
  readonly takes: Milliseconds;
  readonly waits: Milliseconds;
  readonly approvals: number;
  readonly worstRollback: Milliseconds;
  readonly pointOfNoReturn: string;
}

/** A section or a step: the plan's line beside what happened. */
interface LinePart {
  readonly id: string;
  readonly title: string;
  readonly state: RowState;
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
  readonly took: Milliseconds | null;
  /** Null where the plan did not foresee it, or is not known. */
  readonly planned: Milliseconds | null;
  /** The receipt, the reason, or the number that matters. */
  readonly receipt: string;
}
export interface SectionPart extends LinePart {
  readonly steps: readonly StepPart[];
}
export interface StepPart extends LinePart {
  readonly kind: string;
  readonly what: string;
  readonly undo: string;
  readonly ifItFails: string;
}

/** A watch and what was measured. */
export interface WatchPart {
  readonly id: string;
  readonly title: string;
  readonly verdict: 'passed' | 'failed' | 'inconclusive' | 'skipped' | 'running';
  /** As it was planned, and as it was in the end: people and missing evidence make it longer. */
  readonly planned: Milliseconds;
  readonly window: Milliseconds;
  readonly numbers: readonly string[];
  readonly limits: readonly string[];
}

export interface DecisionPart extends Omit<Decision, 'at'> {
  readonly at: Moment;
}

export interface NoticePart extends Omit<NoticeView, 'at'> {
  readonly at: Moment;
}

export interface NowPart {
  readonly share: Percent | null;
  readonly phase: string;
  readonly endsAt: Moment | null;
  readonly candidate: string | null;
  readonly live: string | null;
  readonly gate:
    | (Pick<GateView, 'title' | 'approvals' | 'roles' | 'candidates' | 'onExpiry' | 'digest' | 'shows'> & {
        readonly approved: readonly string[];
        readonly expiresAt: Moment;
      })
    | null;
  readonly attention: (Pick<AttentionView, 'step' | 'title' | 'reason' | 'onDeadline' | 'choices'> & { readonly deadline: Moment }) | null;
  readonly window: {
    readonly name: string;
    readonly opens: Moment;
    readonly closes: Moment;
    readonly needs: Milliseconds;
    readonly why: string;
  } | null;
  readonly paused: { readonly by: string; readonly since: Moment } | null;
  /** Whom it calls, and who is at it. */
  readonly alarms: readonly {
    readonly title: string;
    readonly reason: string;
    readonly called: readonly string[];
    readonly acknowledged: string | null;
  }[];
  readonly ifStoppedNow: readonly string[];
  readonly byHand: readonly string[];
  readonly undos: readonly { readonly title: string; readonly state: string; readonly note: string; readonly byHand: string }[];
}

/** What is known of a deployment, from whoever knows it. */
export interface Material {
  /** What it was started with; absent where the history is gone or could not be read. */
  readonly request?: DeploymentRequest;
  /** Its own word while it runs. */
  readonly view?: DeploymentView;
  /** Its result, once it has ended. */
  readonly report?: DeploymentReport;
  /** What Temporal tells of it without its word. */
  readonly happened?: Happened;
  readonly run?: RunFacts;
  /** What Temporal keeps beside a run from its beginning on. */
  readonly memo?: Readonly<Partial<Record<'deploymentId' | 'service' | 'environment' | 'version' | 'requester' | 'planDigest', string>>>;
  /** What the running watch has counted so far. */
  readonly tally?: SampleTally;
  /** What its follow-ups tell; absent where they were not asked, or there are none. */
  readonly followUps?: FollowUpsTold;
  /** Epoch milliseconds at which all this was read. */
  readonly asOf: number;
  readonly missing?: readonly string[];
  readonly trouble?: readonly string[];
  readonly links?: ReportModel['links'];
}
export interface RunFacts {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  /** `running`, `completed`, or what ended it from outside. */
  readonly status: string;
  readonly startedAt: number;
  readonly closedAt: number | null;
}

/** Puts together what is known. What is not known stays empty and is named in `missing`: nothing is guessed. */
export async function modelOf(material: Material): Promise<ReportModel> {
  const { request, view, report, run, happened, asOf, missing = [], trouble = [], links = [] } = material;
  const lines = request ? await planOf(request) : [];
  const told = report ?? view;
  const names = namesOf(material);
  const rows = rowsIn(material, lines);
  const endedAt = report?.endedAt ?? run?.closedAt ?? null;
  const startedAt = told?.startedAt ?? run?.startedAt ?? asOf;
  const state = report ? 'ended' : (view?.state ?? run?.status ?? 'unknown');
  const watches = watchParts(rows, request?.spec.signals ?? [], material.tally);
  return allReadable({
    schemaVersion: SCHEMA_VERSION,
    ...names,
    state,
    outcome: report?.outcome ?? null,
    sentence: sentenceOf(material, names),
    asOf: moment(endedAt ?? asOf),
    startedAt: moment(startedAt),
    endedAt: endedAt === null ? null : moment(endedAt),
    took: (endedAt ?? asOf) - startedAt,
    run: run ? { namespace: run.namespace, workflowId: run.workflowId, runId: run.runId } : null,
    missing,
    trouble,
    plan: planPart(lines, request?.planDigest ?? view?.planDigest ?? material.memo?.planDigest),
    releaseDigest: told?.releaseDigest ?? null,
    release: told?.release ?? null,
    sections: rows.filter(({ state: how }) => how !== 'off').map((row) => sectionPart(row, lines)),
    watches,
    ...judgedParts(material, rows, watches, endedAt !== null),
    attestations: (told?.attestations ?? []).map(attestationPart),
    decisions: (told?.decisions ?? happened?.decisions ?? []).map(({ at, ...decision }) => ({ ...decision, at: moment(at) })),
    unlisted: told?.unlisted ?? 0,
    asked: told?.asked ?? (request ? askedIn(request) : null),
    waivers: told?.waivers ?? [],
    leftOut: rows
      .flatMap((row) => [row, ...row.children])
      .filter(({ state: how }) => how === 'off')
      .map(({ id, title, note }) => ({ id, title, reason: note })),
    undone: report?.undone ?? happened?.undone ?? [],
    left: report?.left ?? [],
    forwardOnly: report?.forwardOnly ?? [],
    notices: (told?.notices ?? []).map((notice) => ({ ...notice, at: moment(notice.at) })),
    now: endedAt === null && view ? nowPart(view) : null,
    links: [...links, ...(request ? linksOf(request) : [])].filter(({ url }) => /^https?:\/\//i.test(url)),
    ...(report?.unkept === undefined ? {} : { unkept: report.unkept }),
  });
}

/** By its own word, else by the history. Once it has ended nothing runs any more. */
function rowsIn({ report, view, happened, run }: Material, lines: readonly PlanLine[]): readonly Row[] {
  const rows = (report ?? view)?.rows ?? rowsOf(lines, happened);
  return report || (run && run.closedAt !== null) ? rows.map(settled) : rows;
}

/** What was judged, and what comes after. */
function judgedParts(
  { request: asked, report, view, followUps }: Material,
  rows: readonly Row[],
  watches: readonly WatchPart[],
  isOver: boolean,
): Pick<ReportModel, 'success' | 'monitoring' | 'followUps'> {
  const request = asked && tailored(asked);
  const told: Told | null = request ? { request, rows, watches, attestations: (report ?? view)?.attestations ?? [] } : null;
  const planned = request ? plannedFollowUps(request, rows, isOver) : null;
  return {
    success: told && successPart(told),
    monitoring: told && monitoringPart(told),
    followUps: followUps ? toldFollowUps(planned, followUps) : planned,
  };
}

type Names = Pick<ReportModel, 'deploymentId' | 'service' | 'environment' | 'version' | 'rollback' | 'requester'>;

/** The deployment's own word first, then what it was started with, then what the server keeps beside it. */
function namesOf({ view, report, request, memo, run }: Material): Names {
  const asked = request && { ...request, service: request.spec.service, environment: request.spec.environment };
  const named = report ?? view ?? asked;
  const name = (key: Exclude<keyof Names, 'rollback'>, otherwise: string): string => named?.[key] ?? memo?.[key] ?? otherwise;
  return {
    deploymentId: name('deploymentId', run?.workflowId ?? 'unknown'),
    service: name('service', 'unknown service'),
    environment: name('environment', 'unknown environment'),
    version: name('version', 'unknown version'),
    rollback: named?.rollback ?? null,
    requester: name('requester', 'unknown'),
  };
}

function sentenceOf({ report, view, run, happened, asOf }: Material, names: Names): string {
  const what = `${whatItIs(names)} in ${names.environment}`;
  if (report) return `${what}: ${howItEnded(report)}. ${report.reason}`;
  if (run && run.closedAt !== null) return `${what}: the run was ${run.status} from outside: nothing was put back and it left no report.`;
  const when = `as of ${moment(asOf).slice(0, 19).replace('T', ' ')} UTC`;
  const share = view?.candidate ? `, ${view.share} % of the traffic is set on ${view.candidate.colour}` : '';
  const doing = view?.state === 'unwinding' ? 'putting everything back' : view?.state;
  if (view) return `${what}: ${doing}, ${when}: ${view.phase}${share}.`;
  const phase = happened?.phase
    ? `: last known ${happened.phase}${happened.share === undefined ? '' : `, ${happened.share} % of the traffic`}`
    : '';
  return `${what}: running, ${when}${phase}; the deployment itself did not answer.`;
}

function planPart(lines: readonly PlanLine[], digest: string | undefined): PlanPart | null {
  if (digest === undefined && lines.length === 0) return null;
  const { total, waits, approvals, worstRollback, pointOfNoReturn } = planTotals(lines);
  // Specs of before say less than today's plan asks: what cannot be added up is not told.
  const known = (number: number): number => (Number.isFinite(number) ? number : 0);
  return {
    digest: digest ?? '',
    takes: known(total),
    waits: known(waits),
    approvals,
    worstRollback: known(worstRollback),
    pointOfNoReturn,
  };
}

function sectionPart(row: Row, lines: readonly PlanLine[]): SectionPart {
  const planned = lines.filter(({ section, kind }) => section === row.id && kind !== 'off');
  return {
    ...linePart(row, planned.length > 0 ? planTotals(planned).total : null),
    steps: row.children
      .filter(({ state }) => state !== 'off')
      .map((child) => {
        const line = lines.find(({ id }) => id === child.id);
        return {
          ...linePart(child, line ? line.takes + line.waits : null),
          kind: line?.kind ?? '',
          what: line?.what ?? '',
          undo: line?.undo ?? '',
          ifItFails: line?.ifItFails ?? '',
        };
      }),
  };
}

function linePart({ id, title, state, startedAt, endedAt, note }: Row, planned: Milliseconds | null): LinePart {
  return {
    id,
    title,
    state,
    startedAt: startedAt === null ? null : moment(startedAt),
    endedAt: endedAt === null ? null : moment(endedAt),
    took: startedAt === null || endedAt === null ? null : endedAt - startedAt,
    planned: planned === null || !Number.isFinite(planned) ? null : planned,
    receipt: note,
  };
}

/** Watches that began, with the limits that they were judged by. */
function watchParts(rows: readonly Row[], signals: readonly SignalSpec[], tally: SampleTally | undefined): readonly WatchPart[] {
  const limits = signals.map(({ title, direction, limit }) => `${title} ${direction} ${percent(limit)}`);
  return rows
    .flatMap(({ children }) => children)
    .flatMap(({ id, title, state, window, planned, note }): readonly WatchPart[] => {
      const verdict = verdictOf(state, note);
      if (window === null || verdict === null) return [];
      const counted = state === 'running' && tally ? describeTally(signals, tally) : note;
      return [{ id, title, verdict, planned: planned ?? window, window, numbers: counted.split(/ · |; /).filter(Boolean), limits }];
    });
}

/** A watch without a verdict yet has not begun, or is off. */
function verdictOf(state: RowState, note: string): WatchPart['verdict'] | null {
  switch (state) {
    case 'done':
      return 'passed';
    case 'failed':
      // Where nothing proved a failure, and nobody went on from there.
      return /^inconclusive|^interrupted/.test(note) ? 'inconclusive' : 'failed';
    case 'skipped':
      return 'skipped';
    case 'running':
      return 'running';
    case 'pending':
    case 'off':
      return null;
  }
}

function nowPart(view: DeploymentView): NowPart {
  const { share, phase, endsAt, candidate, live, gate, attention, window, paused, alarms = [], ifStoppedNow, byHand, undos } = view;
  return {
    share,
    phase,
    endsAt: endsAt === null ? null : moment(endsAt),
    candidate: candidate && `${candidate.colour} ${candidate.image}`,
    live: live && `${live.colour} ${live.image}`,
    gate: gate && {
      title: gate.title,
      approvals: gate.approvals,
      roles: gate.roles,
      candidates: gate.candidates,
      onExpiry: gate.onExpiry,
      digest: gate.digest,
      shows: gate.shows,
      approved: gate.approved.map(({ by }) => by),
      expiresAt: moment(gate.expiresAt),
    },
    attention: attention && {
      step: attention.step,
      title: attention.title,
      reason: attention.reason,
      onDeadline: attention.onDeadline,
      choices: attention.choices,
      deadline: moment(attention.deadline),
    },
    window: window
      ? { name: window.name, opens: moment(window.opens), closes: moment(window.closes), needs: window.needs, why: window.why }
      : null,
    paused: paused && { by: paused.by, since: moment(paused.since) },
    alarms: alarms.map(({ title, reason, called, acknowledged }) => ({
      title,
      reason,
      called: called.map(({ name, at }) => `${name} at ${moment(at)}`),
      acknowledged: acknowledged && `${acknowledged.by} at ${moment(acknowledged.at)}`,
    })),
    ifStoppedNow,
    byHand,
    undos: undos.map(({ title, state, note, byHand: command }) => ({ title, state, note, byHand: command })),
  };
}

/** For a deployment that does not answer. */
function askedIn(request: DeploymentRequest): AskedView | null {
  const { profile, emergency } = request;
  if (profile === undefined && !emergency) return null;
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(emergency ? { emergency: emergency.reason } : {}),
    leftOut: leftOut(request),
  };
}

function linksOf({ spec }: DeploymentRequest): ReportModel['links'] {
  const { dashboard } = spec.verification;
  return [
    { title: 'production', url: spec.production.url },
    { title: 'staging', url: spec.staging.url },
    ...(dashboard === undefined ? [] : [{ title: 'dashboard', url: dashboard }]),
    ...(spec.links ?? []).map(({ title, url }) => ({ title, url })),
  ];
}
