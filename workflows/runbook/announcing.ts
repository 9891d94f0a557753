/** What is announced when: each announcement reads its facts from what the deployment has measured, at the moment when it is sent. */
import {
  announcement,
  exposureWords,
  issue,
  plainMessage,
  rollback,
  status,
  success,
  type About,
  type Exposure,
  type Leftover,
  type Message,
  type Metric,
} from './announcements';
import { announced } from './announced';
import { percent } from './announcement-words';
import type { SampleTally } from './judge/evidence';
import { meetsLimit } from './judge/judge';
import type { PlanTotals } from './plan';
import type { DeploymentRequest, Release } from './release';
import { numbered, offReason, type Gate, type GateSubject, type Section, type Watch } from './step';
import {
  noticeKinds,
  type AnnouncementsSpec,
  type ContactLevel,
  type ContactSpec,
  type Milliseconds,
  type NoticeKind,
  type Percent,
  type SignalSpec,
  type Spec,
} from './spec';
import type { AttentionView, Row } from './view';
import { span, utc } from './words';

/** One message to come. Sent once per deployment and key. */
export interface Announcement {
  readonly kind: NoticeKind;
  /** Part of the idempotency key: `deploymentId/key`. */
  readonly key: string;
  /** Told again under the same key where this differs. */
  readonly again?: string;
  /** What the plan calls it. */
  readonly title: string;
  readonly write: (facts: RunFacts) => Message;
  /** Deployments that were begun before there were announcements tell it too. */
  readonly isOld?: true;
}

/** Epoch milliseconds. */
export interface Interval {
  readonly from: number;
  readonly until: number;
}

/** What is known of a run at one moment: measured, or read from its plan. Times are epoch milliseconds of workflow time. */
export interface RunFacts {
  readonly request: DeploymentRequest;
  /** Null until it is resolved. */
  readonly release: Release | null;
  readonly now: number;
  readonly startedAt: number;
  readonly plan: PlanTotals;
  readonly rows: readonly Row[];
  /** How long each section was planned to take, by id; 0 where people or a window are waited for. */
  readonly planned: Readonly<Record<string, Milliseconds>>;
  /** When the deployment was paused, or waited for the answer to a question; those that are over. */
  readonly stood: readonly Interval[];
  /** The candidate's share as last set. */
  readonly share: Percent;
  readonly watches: readonly { readonly title: string; readonly tally: SampleTally }[];
  /** Receipts of checks that measure against limits of their own. */
  readonly benchmarks: readonly string[];
  readonly exposure: readonly Exposure[];
  readonly waivers: readonly string[];
  /** Of a rollback: what was not found well where it went, and nobody has decided on. */
  readonly unwell: readonly Leftover[];
}

/** What the spec says, or its defaults: also for deployments whose spec has no such section. */
export function readersOf({ announcements, service }: Pick<Spec, 'announcements' | 'service'>): AnnouncementsSpec {
  return (
    announcements ?? {
      prefix: '',
      sinks: {},
      impact: 'minimal: traffic moves to the new version step by step',
      expect: [],
      reportTo: 'the people who sent this',
      signature: `the people who deploy ${service}`,
    }
  );
}

/** Names of the sinks that a kind of message goes to. */
export function sinksFor(spec: Pick<Spec, 'announcements' | 'service' | 'sinks'>, kind: NoticeKind): readonly string[] {
  return readersOf(spec).sinks[kind] ?? spec.sinks.map(({ name }) => name);
}

/** Whether a text names a kind of message. */
export const isNoticeKind = (text: string): text is NoticeKind => (noticeKinds as readonly string[]).includes(text);

/** Runbook, deployment announcement, at the start: staging begins at once, production after its approval. */
export function begins(): Announcement {
  return {
    kind: 'announcement',
    key: 'announcement',
    title: 'announcement of the deployment',
    write: (facts) =>
      announcement(about(facts), {
        when: { kind: 'begins now', at: facts.startedAt, asks: gateWords(facts.request.spec) },
        ...planned(facts),
      }),
  };
}

/** Runbook, deployment announcement, when the window of production is chosen. Told once per window, whether it is waited for or open already. */
export function scheduled(
  { opens, closes }: { readonly opens: number; readonly closes: number },
  { isOld }: Pick<Announcement, 'isOld'> = {},
): Announcement {
  return {
    kind: 'announcement',
    key: `window-${new Date(opens).toISOString().slice(0, 16)}`,
    title: 'announcement of the window',
    ...(isOld ? { isOld } : {}),
    write: (facts) =>
      announcement(about(facts), { when: { kind: 'window', from: Math.max(facts.now, opens), until: closes }, ...planned(facts) }),
  };
}

/** Production lasts longer than its window. */
export function windowIsOverrun(words: string): Announcement {
  return {
    kind: 'status',
    key: 'window-overrun',
    title: 'warning: the window is overrun',
    isOld: true,
    write: (facts) => plainMessage(about(facts), 'status', 'lasts longer than its window', [words]),
  };
}

/** A part of the script: people are told when it is over. */
export interface Part {
  readonly title: string;
  readonly sections: readonly Section[];
}

/** Runbook, deployment status update: one of the script's parts is over. */
export function phaseIsDone(part: Part, parts: readonly Part[], next: (spec: Spec) => string): Announcement {
  const { title } = part;
  return {
    kind: 'status',
    key: `status-${parts.indexOf(part) + 1}`,
    title: `status after ${title}`,
    write(facts) {
      const { spec } = facts.request;
      const performed = parts.filter((candidate) => isPerformed(candidate, spec));
      const ids = new Set(part.sections.map(({ id }) => id));
      const metrics = metricsOf(facts);
      return status(about(facts), {
        phase: { number: performed.indexOf(part) + 1, of: performed.length, title },
        accomplished: facts.rows.filter(({ id, state }) => ids.has(id) && state !== 'off' && state !== 'pending').map(rowWords),
        metrics,
        benchmarks: facts.benchmarks,
        next: next(spec),
        standing: standingOf(facts, metrics),
      });
    },
  };
}

/** Whether anything of a part applies to a spec: of a phase that is left out as a whole nobody is told. */
export function isPerformed({ sections }: Part, spec: Spec): boolean {
  return sections.some((section) => offReason(section, spec) === null);
}

/** Runbook, success confirmation: everything is verified, all traffic is on the new version. */
export function isLive(part: readonly Section[]): Announcement {
  return {
    kind: 'success',
    key: 'success',
    title: 'success after the verification',
    write(facts) {
      const done = new Set(part.map(({ id }) => id));
      const { soak } = facts.request.spec.ramp;
      return success(about(facts), {
        at: facts.now,
        took: facts.now - facts.startedAt,
        achieved: facts.rows.filter(({ id, state }) => done.has(id) && state === 'done').map(rowWords),
        metrics: metricsOf(facts),
        benchmarks: facts.benchmarks,
        stays: [
          ...(soak > 0 ? [`The version before stays warm for ${span(soak)}: until then everything can be put back.`] : []),
          ...facts.waivers.map((waiver) => `Left out: ${waiver}`),
        ],
      });
    },
  };
}

/** Runbook, issue notification: a watch has failed, and traffic goes back. */
export function watchFailed({ id, title }: Pick<Watch, 'id' | 'title'>, reason: string): Announcement {
  return { ...failed(id, numbered(id, title), reason), title: 'issue: a watch has failed' };
}

/** Runbook, issue notification: a step has failed for good, and everything is put back. */
export function stepFailed(id: string, title: string, reason: string): Announcement {
  return failed(id, numbered(id, title), reason);
}

function failed(id: string, what: string, reason: string): Announcement {
  return {
    kind: 'issue',
    key: `issue-${id}`,
    title: 'issue: a step has failed',
    write: (facts) =>
      issue(about(facts), {
        what,
        reason,
        impact: impactOf(facts),
        standing: 'mitigating',
        detectedAt: facts.now,
        over: { kind: 'by', at: facts.now + facts.plan.worstRollback, how: 'everything is being put back, traffic first' },
        commands: [],
      }),
  };
}

/**
 * Runbook, issue notification: a step waits for a person. Told once per step and reason, however often it is tried; numbers are no other reason.
 *
 * @param time which time it is asked, where it is asked anew on purpose.
 */
export function needsAttention(
  { step, title, reason, choices, onDeadline }: Omit<AttentionView, 'since' | 'deadline'>,
  patience: number,
  time = 1,
): Announcement {
  return {
    kind: 'issue',
    key: `attention-${step}`,
    again: `${time} ${reason.replace(/[\d.]+/g, '')}`,
    title: 'issue: a step needs attention',
    isOld: true,
    write: (facts) =>
      issue(about(facts), {
        what: title,
        reason,
        impact: impactOf(facts),
        standing: 'investigating',
        detectedAt: facts.now,
        over: { kind: 'by', at: facts.now + patience, how: `a person decides, or else: ${onDeadline}` },
        commands: choices.map((choice) => decision(choice, facts.request.deploymentId, step)),
      }),
  };
}

/** A pause goes on: told when parts of its time are over. */
export function stillPaused(
  { by, since }: { readonly by: string; readonly since: number },
  limit: Milliseconds,
  share: number,
): Announcement {
  return {
    kind: 'issue',
    key: `paused-${Math.floor(since / 1_000)}-${share}`,
    title: 'reminder: paused',
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'issue', `is still paused by ${by}`, [
        `It stands still; ${Math.round(share * 100)} % of the ${span(limit)} that a pause may last are over. Then ${facts.request.rollback ? 'it goes on' : 'everything is put back'}.`,
        `analytics-deploy resume ${facts.request.deploymentId}`,
      ]),
  };
}

/** What waits for approval, when it begins to wait. */
export function gateOpens(gate: Gate, subject: GateSubject): Announcement {
  return {
    kind: 'gate',
    key: gateKey(gate, subject),
    title: `what waits: ${gate.title}`,
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'gate', `waits for approval: ${gate.title}`, [
        `Gate "${gate.title}" waits for ${gate.approvals} of ${gate.roles.join(', ')}, for ${span(gate.expires)} at most; then: ${gate.onExpiry}.`,
        ...(subject.changed.length > 0 ? [`Changed since it was approved:\n- ${subject.changed.join('\n- ')}`] : []),
        subject.shows.join('\n'),
        `analytics-deploy approve ${facts.request.deploymentId} --gate ${gate.id} --digest ${subject.digest.slice(0, 12)}`,
      ]),
  };
}

/** Gates that are open beside each other are told apart. */
function gateKey({ besides, id }: Gate, { digest }: GateSubject): string {
  return ['gate', ...(besides ? [id] : []), digest.slice(0, 12)].join('-');
}

/** A gate still waits: told when parts of its time are over. */
export function gateWaits(gate: Gate, subject: GateSubject, share: number): Announcement {
  return {
    kind: 'gate',
    key: `${gateKey(gate, subject)}-${share}`,
    title: `reminder: ${gate.title}`,
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'gate', `still waits for approval: ${gate.title}`, [
        `Gate "${gate.title}" still waits; ${Math.round(share * 100)} % of its time is over. Without ${gate.approvals} of ${gate.roles.join(', ')}: ${gate.onExpiry}.`,
      ]),
  };
}

/** What people are asked to attest, when it is asked for and while it is open. */
export function toBeAttested(key: string, words: string): Announcement {
  return {
    kind: 'attestation',
    key,
    title: 'what is to be attested',
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'attestation', 'people are asked to attest', [
        words,
        `analytics-deploy attest ${facts.request.deploymentId} --help`,
      ]),
  };
}

/** Runbook, rollback notification: putting back has ended, whole or not. */
export function wasPutBack(
  reason: string,
  beganAt: number,
  { undone, left }: { readonly undone: readonly unknown[]; readonly left: readonly Leftover[] },
): Announcement {
  return {
    kind: 'rollback',
    key: 'rollback',
    title: 'rollback, when putting back has ended',
    write(facts) {
      const run = announced(facts);
      return rollback(about(facts), {
        ended: run.ended(undone.length > 0),
        now: isExposed(facts) ? run.still(facts.share) : run.back,
        reason,
        beganAt,
        endedAt: facts.now,
        affected: exposureWords(facts.exposure, run),
        undone: undone.length,
        left,
      });
    },
  };
}

/** Runbook, emergency contacts: somebody is called, as nobody before has acknowledged. `round` counts the calls of the deployment. */
export function contactIsCalled(
  level: ContactLevel | null,
  contact: Pick<ContactSpec, 'name' | 'handle'> | null,
  alarm: { readonly id: string; readonly title: string; readonly reason: string; readonly since: number },
  round: number,
): Announcement {
  const called = contact ? `${contact.handle} (${contact.name}, ${level ?? 'contact'})` : 'whoever reads this';
  return {
    kind: 'escalation',
    key: `call-${alarm.id}-${level ?? 'all'}-${round}`,
    title: 'call of a contact',
    write: (facts) =>
      plainMessage(about(facts), 'escalation', `${alarm.title} needs ${contact ? contact.name : 'somebody'}`, [
        `${called}: please look.`,
        `${alarm.title}: ${alarm.reason}`,
        `Since ${utc(alarm.since)}, for ${span(facts.now - alarm.since)}. Impact: ${impactOf(facts)}.`,
        `Say that you are at it, so that nobody else is called:\n  analytics-deploy ack ${facts.request.deploymentId}`,
      ]),
  };
}

/** Somebody is at it: those who were called before hear of it. */
export function wasAcknowledged(alarm: { readonly id: string; readonly title: string }, by: string, round: number): Announcement {
  return {
    kind: 'escalation',
    key: `ack-${alarm.id}-${round}`,
    title: 'acknowledgement',
    write: (facts) =>
      plainMessage(about(facts), 'escalation', `${by} is at it: ${alarm.title}`, [
        `${by} has acknowledged ${alarm.title}; nobody else is called for it.`,
      ]),
  };
}

/** Whose message it is. */
export function about(facts: Pick<RunFacts, 'request' | 'release'>): About {
  const { spec, deploymentId } = facts.request;
  return { name: announced(facts).name, environment: spec.environment, deploymentId, readers: readersOf(spec) };
}

/** Every signal of the spec, counted over all watches of the run, and the quantiles of the newest. */
export function metricsOf({ request, watches }: Pick<RunFacts, 'request' | 'watches'>): readonly Metric[] {
  return request.spec.signals.flatMap((signal) => [shareOf(signal, watches), ...quantileOf(signal, watches)]);
}

function shareOf(signal: SignalSpec, watches: RunFacts['watches']): Metric {
  const counts = watches.flatMap(({ tally }) =>
    tally.signals.filter(({ signal: id }) => id === signal.id).map(({ candidate }) => candidate),
  );
  const evidence = { part: sum(counts.map(({ part }) => part)), among: sum(counts.map(({ among }) => among)) };
  return {
    title: signal.title,
    target: `${signal.direction} ${percent(signal.limit)}`,
    measured:
      evidence.among === 0
        ? { kind: 'not measured' }
        : {
            kind: 'measured',
            words: `${percent(evidence.part / evidence.among)} of ${evidence.among}`,
            isMet: meetsLimit(signal, evidence),
          },
  };
}

/** A limit on a bucket is a limit on the quantile: 95 % within 500 ms is a p95 below 500 ms. */
function quantileOf(signal: SignalSpec, watches: RunFacts['watches']): readonly Metric[] {
  const { quantile, part, limit, direction } = signal;
  if (!quantile) return [];
  const seconds = watches
    .flatMap(({ tally }) => tally.signals.filter(({ signal: id }) => id === signal.id).map((counts) => counts.quantile))
    .findLast((value) => value !== null);
  const bound = direction === 'above' && limit === quantile.q ? Number(part.labels['le']) : NaN;
  const isBound = Number.isFinite(bound);
  return [
    {
      title: `p${Math.round(quantile.q * 100)}`,
      target: isBound ? `below ${Math.round(bound * 1000)} ms` : 'none in the spec',
      measured:
        seconds === undefined
          ? { kind: 'not measured' }
          : { kind: 'measured', words: `${Math.round(seconds * 1000)} ms`, isMet: !isBound || seconds < bound },
    },
  ];
}

function standingOf(
  { waivers, watches, share }: RunFacts,
  metrics: readonly Metric[],
): { colour: 'green' | 'yellow' | 'red'; details: string } {
  const missed = metrics.filter(({ measured }) => measured.kind === 'measured' && !measured.isMet);
  if (missed.length > 0) return { colour: 'red', details: `${missed.map(({ title }) => title).join(', ')} beyond the target` };
  const unknown = metrics.filter(({ measured }) => measured.kind === 'not measured');
  if (watches.length > 0 && unknown.length > 0)
    return { colour: 'yellow', details: `${unknown.map(({ title }) => title).join(', ')} not measured` };
  if (waivers.length > 0)
    return { colour: 'yellow', details: `${waivers.length} ${waivers.length === 1 ? 'step was' : 'steps were'} left out` };
  return {
    colour: 'green',
    details: share > 0 ? `all passed; ${share} % of the traffic is on the new version` : 'all passed; production is untouched',
  };
}

function impactOf(facts: RunFacts): string {
  return announced(facts).impact(isExposed(facts) ? facts.share : null);
}

/** Whether users have now what the run changed. */
function isExposed({ exposure }: RunFacts): boolean {
  return exposure.some(({ until }) => until === null);
}

function planned({ plan, request }: RunFacts) {
  return {
    zones: request.spec.windows?.timeZones ?? [],
    duration: { total: plan.total, waits: plan.waits },
    rollback: {
      takes: plan.worstRollback,
      until: request.spec.ramp.soak > 0 ? `${span(request.spec.ramp.soak)} after all traffic has moved` : 'the last watch has passed',
    },
  };
}

function gateWords({ gates: { production } }: Spec): string {
  return `production after ${production.approvals} of ${production.roles.join(', ')} ${production.approvals === 1 ? 'has' : 'have'} approved`;
}

function rowWords({ id, title, note, state }: Row): string {
  return `${numbered(id, title)}${state === 'done' ? '' : ` (${state})`}${note ? `: ${note}` : ''}`;
}

function decision(choice: AttentionView['choices'][number], id: string, step: string): string {
  if (choice === 'rollback' || choice === 'abort') return `${choice} ${id}`;
  return `${choice} ${id} --step ${step}${choice === 'skip' ? ' --comment "why"' : ''}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
