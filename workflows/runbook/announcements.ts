/** Runbook, communication templates: the five messages, each a function of facts. A field without its fact does not compile. */
import { bullets, fields } from './announcement-words';
import type { Evidence } from './judge/evidence';
import type { AnnouncementsSpec, Milliseconds, NoticeKind, Percent } from './spec';
import { span, utc } from './words';
import { inZones } from './zones';

/** A message as every sink shows it: one line, and plain text below it. */
export interface Message {
  readonly kind: NoticeKind;
  readonly subject: string;
  readonly text: string;
}

/** What a message is about, and who reads it. Times are epoch milliseconds. */
export interface About {
  /** What is deployed, or rolled back, as people call it. */
  readonly name: string;
  readonly environment: string;
  readonly deploymentId: string;
  readonly readers: AnnouncementsSpec;
}

/** One number against its target. Nothing is assumed: what nobody measured says so. */
export interface Metric {
  readonly title: string;
  /** `below 5 %` */
  readonly target: string;
  readonly measured: { readonly kind: 'measured'; readonly words: string; readonly isMet: boolean } | { readonly kind: 'not measured' };
}

export interface AnnouncementFacts {
  readonly when:
    | { readonly kind: 'begins now'; readonly at: number; readonly asks: string }
    | {
        readonly kind: 'window';
        readonly from: number;
        readonly until: number;
      };
  /** IANA zones of readers for whom UTC is not their own time. */
  readonly zones: readonly string[];
  readonly duration: { readonly total: Milliseconds; readonly waits: Milliseconds };
  readonly rollback: { readonly takes: Milliseconds; readonly until: string };
}

/** Runbook, deployment announcement: when the window is chosen, and when the deployment begins. */
export function announcement(about: About, { when, zones, duration, rollback }: AnnouncementFacts): Message {
  const { readers } = about;
  const isWindow = when.kind === 'window';
  const elsewhere = isWindow ? inZones(when.from, when.until, zones) : inZones(when.at, null, zones);
  const time = isWindow ? `${utc(when.from)} to ${utc(when.until)}` : `from ${utc(when.at)}; ${when.asks}`;
  return message(about, 'announcement', isWindow ? `will be deployed from ${utc(when.from)}` : `is being deployed from ${utc(when.at)}`, [
    `${about.name} goes to ${about.environment}.`,
    fields([
      ['When', time],
      ...elsewhere.map((words) => ['Elsewhere', words] as const),
      ['Duration', `about ${span(duration.total)}, of which ${span(duration.waits)} are watching`],
      ['What you will notice', readers.impact],
      ['Way back', `automatic, about ${span(rollback.takes)} at worst, until ${rollback.until}`],
    ]),
    ...(readers.expect.length > 0 ? [`What is new:\n${bullets(readers.expect)}`] : []),
    `It is watched all the time. Report what goes wrong to ${readers.reportTo}.`,
  ]);
}

export interface StatusFacts {
  readonly phase: { readonly number: number; readonly of: number; readonly title: string };
  /** Receipts of its steps. */
  readonly accomplished: readonly string[];
  readonly metrics: readonly Metric[];
  /** What was measured against limits of its own, such as the load test. */
  readonly benchmarks: readonly string[];
  readonly next: string;
  readonly standing: { readonly colour: 'green' | 'yellow' | 'red'; readonly details: string };
}

/** Runbook, deployment status update: after each phase. */
export function status(about: About, { phase, accomplished, metrics, benchmarks, next, standing }: StatusFacts): Message {
  return message(about, 'status', `phase ${phase.number} of ${phase.of} is complete`, [
    `${capital(phase.title)} of ${about.name} is complete (${phase.number} of ${phase.of}).`,
    `Done:\n${bullets(accomplished)}`,
    `Measured:\n${bullets(metrics.map(metricWords))}`,
    `Benchmarks:\n${bullets(benchmarks.length > 0 ? benchmarks : ['none in this phase'])}`,
    fields([
      ['Next', next],
      ['Status', `${standing.colour.toUpperCase()}: ${standing.details}`],
    ]),
  ]);
}

export interface IssueFacts {
  readonly what: string;
  readonly reason: string;
  readonly impact: string;
  readonly standing: 'investigating' | 'mitigating' | 'resolved';
  readonly detectedAt: number;
  /** When it is over, and by what. */
  readonly over: { readonly kind: 'by'; readonly at: number; readonly how: string } | { readonly kind: 'unknown'; readonly why: string };
  /** Commands that can be typed now; empty where nobody is asked. */
  readonly commands: readonly string[];
}

/** Runbook, issue notification: a watch has failed, or a step needs attention. */
export function issue(about: About, { what, reason, impact, standing, detectedAt, over, commands }: IssueFacts): Message {
  return message(about, 'issue', `${what}: ${standing === 'investigating' ? 'needs attention' : 'failed'}`, [
    `Something is wrong with ${about.name} in ${about.environment}.`,
    fields([
      ['Issue', `${what}: ${reason}`],
      ['Impact', impact],
      ['Status', standing],
      ['Detected', utc(detectedAt)],
      ['Over', over.kind === 'by' ? `by ${utc(over.at)} at the latest: ${over.how}` : `not known: ${over.why}`],
    ]),
    ...(commands.length > 0 ? [`To decide:\n${commands.map((command) => `  analytics-deploy ${command}`).join('\n')}`] : []),
    'The next message says how it goes on.',
  ]);
}

/** For how long the candidate had which share of production's traffic. */
export interface Exposure {
  readonly share: Percent;
  readonly from: number;
  /** Null where it still has it. */
  readonly until: number | null;
}
/** What could not be put back, why, and the commands that do it. */
export interface Leftover {
  readonly subject: string;
  readonly reason: string;
  readonly byHand: string;
}
export interface RollbackFacts {
  /** How it ended, as the subject says it where nothing is left. */
  readonly ended: string;
  /** What production has now, in a sentence. */
  readonly now: string;
  readonly reason: string;
  readonly beganAt: number;
  readonly endedAt: number;
  /** Who had what for how long. */
  readonly affected: string;
  readonly undone: number;
  readonly left: readonly Leftover[];
}

/** Runbook, rollback notification: when putting back has ended, however it did. */
export function rollback(about: About, { ended, now, reason, beganAt, endedAt, affected, undone, left }: RollbackFacts): Message {
  const isWhole = left.length === 0;
  const nothing = isWhole ? 'nothing had been changed' : 'nothing was undone';
  const done = undone === 0 ? nothing : `${undone} ${undone === 1 ? 'change was' : 'changes were'} undone`;
  return message(about, 'rollback', isWhole ? ended : 'ROLLBACK IS INCOMPLETE', [
    now,
    fields([
      ['Reason', reason],
      ['Put back', `from ${utc(beganAt)} to ${utc(endedAt)}, in ${span(endedAt - beganAt)}`],
      ['Users affected', affected],
      ['State', isWhole ? `as before: ${done}` : `${done}; ${left.length} left to do by hand`],
    ]),
    ...(isWhole ? [] : [`Left, each with what finishes it:\n${bullets(left.map(leftoverWords))}`]),
    isWhole
      ? 'We are sorry for the trouble. The report says what happened and is the beginning of the post-mortem.'
      : 'It is not over until that is done. The report says what happened and is the beginning of the post-mortem.',
  ]);
}

/** One thing that is left, with what finishes it. */
export function leftoverWords({ subject, reason, byHand }: Leftover): string {
  return [`${subject}: ${reason}`, ...byHand.split('\n').filter((line) => line !== '')].join('\n    ');
}

/** Requests that the watches counted, and how many of them failed; none among none where nobody counted. */
export interface Served {
  /** Of the version before, while traffic moved. */
  readonly before: Evidence;
  readonly after: Evidence;
  /** Neither failed too often, and the watches never lost sight of them. */
  readonly isWell: boolean;
}
export interface SuccessFacts {
  readonly at: number;
  readonly took: Milliseconds;
  /** What was reached, from receipts. */
  readonly achieved: readonly string[];
  /** Whether users were served all the time. */
  readonly served: Served;
  readonly metrics: readonly Metric[];
  readonly benchmarks: readonly string[];
  /** How long the way back stays warm, and what was skipped. */
  readonly stays: readonly string[];
}

/** Runbook, success confirmation: after the verification. */
export function success(about: About, { at, took, achieved, served, metrics, benchmarks, stays }: SuccessFacts): Message {
  const { readers } = about;
  return message(about, 'success', 'is live', [
    `${about.name} serves all of ${about.environment} since ${utc(at)}, after ${span(took)}.`,
    `Reached:\n${bullets([...achieved, servedWords(served)])}`,
    `Measured on the new version:\n${bullets(metrics.map(metricWords))}`,
    `Benchmarks:\n${bullets(benchmarks.length > 0 ? benchmarks : ['not measured'])}`,
    ...(readers.expect.length > 0 ? [`New for everybody:\n${bullets(readers.expect)}`] : []),
    ...(stays.length > 0 ? [bullets(stays)] : []),
    `Thank you for your patience. Report what goes wrong to ${readers.reportTo}.`,
  ]);
}

/** No downtime was seen where both versions were counted and were well all the time. */
export function servedWords({ before, after, isWell }: Served): string {
  const counted = ({ part, among }: Evidence) => (among === 0 ? 'not measured' : `${part} of ${among}`);
  const isSeen = isWell && before.among > 0 && after.among > 0;
  const failed = `failed requests to the version before, while traffic moved: ${counted(before)}, to the new one: ${counted(after)}`;
  return `${isSeen ? 'No downtime seen' : 'Downtime not ruled out'}: ${failed}`;
}

/** Everything else that people are told: what waits for them, who is called, what was summed up. */
export function plainMessage(about: About, kind: NoticeKind, subject: string, paragraphs: readonly string[]): Message {
  return message(about, kind, subject, paragraphs);
}

/** `errors 0.1 % of 12 345 (target: below 5 %)` */
export function metricWords({ title, target, measured }: Metric): string {
  if (measured.kind === 'not measured') return `${title}: not measured (target: ${target})`;
  return `${title} ${measured.words} (target: ${target}${measured.isMet ? '' : ', NOT MET'})`;
}

/**
 * How long users had what the run changed, share by share.
 *
 * @param unaffected said where they never had it.
 * @param on what had the share, where the message does not say it already.
 */
export function exposureWords(
  exposure: readonly Exposure[],
  { unaffected, on }: { readonly unaffected: string; readonly on: string },
): string {
  const [first] = exposure;
  const last = exposure.at(-1);
  if (!first || !last) return unaffected;
  const end = last.until ?? null;
  const parts = exposure.map(
    ({ share, from, until }) => `${share} % for ${until === null ? 'as long as it stays so' : span(until - from)}`,
  );
  const whole = end === null ? `since ${utc(first.from)}, and still` : `${span(end - first.from)} until ${utc(end)}`;
  return `${whole}: ${parts.join(', ')} of the traffic${on === '' ? '' : `, on ${on}`}`;
}

function message(about: About, kind: NoticeKind, subject: string, paragraphs: readonly string[]): Message {
  const { name, environment, deploymentId, readers } = about;
  return {
    kind,
    subject: `${readers.prefix}${name} → ${environment}: ${subject}`,
    text: [...paragraphs, `${readers.signature}\nanalytics-deploy status ${deploymentId}`].join('\n\n'),
  };
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
