import {
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { askedWords, askFor, expire } from './attesting';
import { caller, readFailure, type Call } from './calls';
import { followUpRules, readFollowUpMessage, type FollowUpDesk } from './follow-up-rules';
import { followUpDetails } from './follow-up-details';
import {
  followUpIdOf,
  followUpMessageNames,
  followUpStatus,
  searchAttributes,
  type FollowUpMessageName,
  type FollowUpMessages,
} from './messages';
import { rollbackId, startRollback } from './rollback-begin';
import { Reception } from './reception';
import { isAttestation } from './runbook/attestations';
import { plainMessage, type About } from './runbook/announcements';
import { readersOf, sinksFor } from './runbook/announcing';
import type { NotifyReceipt, NotifyRequest } from './runbook/contract';
import { add } from './runbook/post-deployment/digest';
import type {
  Carried,
  CheckCounts,
  DigestRequest,
  Failing,
  FollowUpCheck,
  FollowUpOutcome,
  FollowUpReceipt,
  FollowUpReport,
  FollowUpRequest,
  FollowUpView,
} from './runbook/post-deployment/follow-up';
import { nextCheck, plannedChecks, type PlannedCheck } from './runbook/post-deployment/schedule';
import type { DeploymentRequest } from './runbook/release';
import { rollbackOf } from './runbook/rollback/request';
import type { NoticeKind } from './runbook/spec';
import type { Writable } from './writable';

type Due = PlannedCheck & { readonly number: number };

/** Looks that are kept for people. */
const shown = 10;
/** Inconclusive looks in a row of which people are told. */
const unknownInARow = 3;
/** Looks of one run that alerts may call for; further ones are told with the next look that is planned. */
const mostCalls = 12;
/** A run that was talked to so much goes on in a new one. */
const longestHistory = 2_000;
const none: CheckCounts = { passed: 0, failed: 0, inconclusive: 0 };
const grace = 5 * 60_000;

/** One run of a deployment's follow-ups. Mutable; what the next run needs of it is plain data. */
export class FollowUps {
  private readonly state: Writable<Carried>;
  private readonly desk: FollowUpDesk;
  private readonly checks: readonly PlannedCheck[];
  private readonly call: Call;
  private report: FollowUpReport | null = null;
  /** Notices so far, one after another. */
  private told: Promise<void> = Promise.resolve();
  /** Looks of this run that alerts have called for. */
  private called = 0;

  constructor(private readonly request: FollowUpRequest) {
    const { followUps } = request.spec;
    this.state = { ...(request.carried ?? begun(Date.now())) };
    this.checks = plannedChecks(followUps);
    this.call = caller(request.taskQueues);
    this.desk = {
      request,
      questions: [],
      attestations: this.state.attestations.map((attestation) => ({ ...attestation })),
      waived: [...this.state.waived],
      ending: null,
      alertsOf: followUps.alerts?.labels ?? null,
      alerts: this.state.alerts.map((alert) => ({ ...alert })),
      unheard: [],
      stopped: null,
      closed: null,
      decisions: [...this.state.decisions],
      unlisted: this.state.unlisted,
      refusals: [...this.state.refusals],
    };
  }

  /** Registers messages and query. Before the first await. */
  open(): void {
    new Reception<FollowUpMessageName, FollowUpMessages, FollowUpDesk>(this.desk, followUpRules, readFollowUpMessage, () =>
      this.tell(),
    ).open(followUpMessageNames);
    setHandler(followUpStatus, () => this.view(), { description: 'How the follow-ups stand' });
    if (this.request.searchAttributes) {
      upsertSearchAttributes([{ key: { name: searchAttributes.phase, type: 'KEYWORD' }, value: `follow-ups: ${this.phase()}` }]);
    }
    this.tell();
  }

  /** What the phase asks of people: told once, and again with each digest while it is open. */
  ask(): void {
    const { spec } = this.request;
    const phase = this.checks[this.state.next]?.phase;
    const known = this.desk.attestations.map(({ id }) => id);
    const ids = (phase?.attestations ?? []).filter(isAttestation).filter((id) => !known.includes(id));
    const asked = askFor(ids, spec).map(({ attestation }) => ({
      ...attestation,
      onExpiry: attestation.onExpiry === 'waive' ? 'waive' : 'listed as not given',
    }));
    if (asked.length === 0) return;
    this.desk.attestations.push(...asked);
    const words = asked.map((attestation) => `${askedWords(attestation)}\n  ${this.command('attest', `--item ${attestation.id}`)}`);
    this.notice('attestation', `attest-${phase?.id ?? ''}`, 'to be attested', `To be attested:\n${words.join('\n')}`);
    this.tell();
  }

  /** The look that is due next; null where all are done. */
  next(): Due | null {
    return nextCheck(this.checks, this.state.next, Date.now() - this.state.startedAt);
  }

  /** One timer, which an alert or a stop ends early. */
  async wait({ at, phase, place, of }: Due): Promise<FollowUpReport | null> {
    const left = this.state.startedAt + at - Date.now();
    const isCalled = () => this.desk.stopped !== null || (this.desk.unheard.length > 0 && this.called < mostCalls);
    if (left > 0) await condition(isCalled, left, { summary: `${phase.title}: look ${place} of ${of}` });
    return this.stopped();
  }

  /** One short activity; what it finds is told to people where somebody must act. */
  async look(due: Due): Promise<FollowUpReport | null> {
    const isPlanned = Date.now() - this.state.startedAt >= due.at;
    this.expire();
    if (!isPlanned) this.called++;
    this.tellAlerts();
    const digest = isPlanned && (due.digest || this.state.digestOwed);
    const receipt = await this.check(
      `${due.phase.id}.look-${due.place}`,
      `${due.phase.title}: look at the release`,
      digest ? this.digest(due) : null,
    );
    if (receipt === null) return this.stopped();
    const wasTold = this.state.failing?.told === true;
    this.take(receipt, digest);
    if (wasTold && receipt.verdict === 'pass')
      this.notice('status', `follow-up-over-${this.looked()}`, 'within its limits again', 'The release is within its limits again.');
    if (isPlanned) this.state.next = due.number + 1;
    if (receipt.verdict === 'superseded') {
      return this.close('SUPERSEDED', receipt.reasons[0] ?? 'Another release serves now.');
    }
    const ended = await this.react(due);
    this.tell();
    return ended;
  }

  /** A phase has its own run, and nobody's talking makes one too long. */
  isRunOver(due: Due): boolean {
    const phaseIsOver = this.state.next > due.number && due.closes && this.state.next < this.checks.length;
    return phaseIsOver || workflowInfo().historyLength > longestHistory;
  }

  carriedOn(): FollowUpRequest {
    return { ...this.request, carried: this.carried() };
  }

  close(outcome: FollowUpOutcome, reason: string): FollowUpReport {
    const { startedAt, counts, trend } = this.state;
    this.expire();
    for (const attestation of this.desk.attestations) if (attestation.state === 'open') attestation.state = 'closed';
    const { alerts, attestations, decisions } = this.desk;
    this.report = {
      deploymentId: this.request.deploymentId,
      outcome,
      reason,
      startedAt,
      endedAt: Date.now(),
      counts,
      trend,
      alerts,
      attestations,
      decisions,
    };
    this.desk.closed = `the follow-ups have ended: ${outcome}. ${reason}`;
    this.tell();
    return this.report;
  }

  /** What nobody attested in time has its declared outcome; it is never an attestation. */
  private expire(): void {
    for (const attestation of this.desk.attestations)
      if (attestation.state === 'open' && attestation.dueAt <= Date.now()) expire(attestation);
  }

  private stopped(): FollowUpReport | null {
    return this.desk.stopped ? this.close('STOPPED', this.desk.stopped.reason) : null;
  }

  /** Null where it was stopped meanwhile. One that cannot be done is inconclusive: never a pass. */
  private async check(id: string, summary: string, digest: DigestRequest | null): Promise<FollowUpReceipt | null> {
    const { spec, serving } = this.request;
    const { signals, watching, production, verification, consistency, tokens, gauges, followUps } = spec;
    const input: FollowUpCheck = {
      spec: { signals, watching, production, verification, ...(consistency ? { consistency } : {}), tokens, gauges },
      serving,
      window: followUps.window,
      ...(this.state.structure ? { structure: this.state.structure } : {}),
      ...(digest ? { digest } : {}),
    };
    const scope = new CancellationScope();
    const receipt = scope
      .run(() =>
        this.call<FollowUpCheck, FollowUpReceipt>('lookAfter', input, {
          id,
          summary,
          policy: 'followUp',
          within: followUps.window + grace,
        }),
      )
      .catch((error: unknown): FollowUpReceipt => {
        if (!(error instanceof TemporalFailure)) throw error;
        const reason = readFailure(error)?.message ?? error.message;
        return { verdict: 'inconclusive', reasons: [`the look could not be done: ${reason}`], note: '', shares: {} };
      });
    const first = await Promise.race([receipt, condition(() => this.desk.stopped !== null).then(() => null)]);
    if (first === null) scope.cancel();
    return first;
  }

  private take({ verdict, note, reasons, shares, structure, digest }: FollowUpReceipt, asked: boolean): void {
    const { state } = this;
    const now = Date.now();
    state.counts = add(state.counts, verdict);
    state.period = asked && digest ? none : add(state.period, verdict);
    state.digestOwed = asked && !digest;
    if (digest) this.answered(digest);
    state.recent = [...state.recent, { at: now, verdict, note: [...reasons, note].filter((part) => part !== '').join('; ') }].slice(-shown);
    state.structure ??= structure ?? null;
    if (asked) state.trend = extended(state.trend, shares);
    state.failing = failingNow(state.failing, { verdict, reasons }, now);
  }

  /** Told once for each stretch of looks that did not pass, and once when it is over. */
  private async react(due: Due): Promise<FollowUpReport | null> {
    const { failing } = this.state;
    const { onFailure } = this.request.spec.followUps;
    const id = `${due.phase.id}.look-${due.place}`;
    if (failing === null || failing.told) return null;
    if (failing.verdict === 'inconclusive') {
      if (failing.times >= unknownInARow) this.tellFailing(failing, `For ${failing.times} looks in a row nothing is known`);
      return null;
    }
    const { deployment } = this.request;
    if (onFailure.then === 'rollback' && deployment) return this.rollBack(id, failing, deployment);
    this.tellFailing(failing, 'The release is not within its limits');
    return null;
  }

  /** Seen twice at once before anything is moved: one look may be wrong. */
  private async rollBack(id: string, failing: Failing, deployment: DeploymentRequest): Promise<FollowUpReport | null> {
    const { level } = this.request.spec.followUps.onFailure;
    const again = await this.check(`${id}.again`, 'look again before a rollback', null);
    if (again === null) return this.stopped();
    this.take(again, false);
    if (again.verdict !== 'fail') return null;
    const reason = `follow-up: ${failing.reasons.join('; ')}`;
    const wish = { level, of: deployment.deploymentId, reason };
    const request = rollbackOf(deployment, wish, { deploymentId: rollbackId(deployment, level), requester: 'follow-up' });
    const started = await startRollback(request);
    const what = 'The release is not within its limits, seen twice';
    if (started) {
      this.tellFailing(failing, `${what}. The rollback ${request.deploymentId} was started`);
      return this.close('ROLLBACK_STARTED', `${what}: ${failing.reasons.join('; ')}. The rollback is ${request.deploymentId}.`);
    }
    const command = `analytics-deploy rollback ${deployment.deploymentId} --level ${level}`;
    this.tellFailing(failing, `${what}. The rollback could not be started, as another deployment runs in its lane. After it: ${command}`);
    return null;
  }

  private tellFailing(failing: Failing, what: string): void {
    this.state.failing = this.state.failing && { ...this.state.failing, told: true };
    this.notice('issue', `follow-up-failing-${this.looked()}`, 'not as it should be', `${what}: ${failing.reasons.join('; ')}`);
  }

  private tellAlerts(): void {
    const { unheard } = this.desk;
    const told = unheard.splice(0, unheard.length);
    const [first] = told;
    if (!first) return;
    const words = told.map(({ name, summary }) => (summary === '' ? name : `${name}: ${summary}`));
    this.notice(
      'issue',
      `follow-up-alert-${this.looked()}-${first.fingerprint}`,
      `alert ${first.name}`,
      `Alertmanager tells of ${words.join('; ')}. The release is looked at now.`,
    );
  }

  /** In order and once each; nobody waits for it, and its failure stops nothing. */
  private notice(kind: NoticeKind, key: string, subject: string, text: string): void {
    const { spec, deploymentId } = this.request;
    const names = sinksFor(spec, kind);
    const sinks = spec.sinks.filter(({ name }) => names.includes(name));
    if (sinks.length === 0) return;
    const message = plainMessage(this.about(), kind, subject, [text, `analytics-deploy follow-up ${deploymentId}`]);
    const options = { id: `notice.${key}`, summary: `notice: ${key}`, policy: 'notice' } as const;
    this.told = this.told
      .then(() => {
        const request: NotifyRequest = {
          sinks,
          tokens: spec.tokens,
          key: `${deploymentId}/${key}`,
          ...message,
          threads: this.state.threads,
        };
        return CancellationScope.nonCancellable(() => this.call<NotifyRequest, NotifyReceipt>('notify', request, options));
      })
      .then(
        (receipt) => this.answered(receipt),
        (error: unknown) => {
          if (!(error instanceof TemporalFailure)) throw error;
        },
      );
  }

  /** Later messages answer the first one, where a sink knows of that. */
  private answered({ sinks }: NotifyReceipt): void {
    const threads = sinks.flatMap(({ name, thread }) => (thread === undefined ? [] : [[name, thread] as const]));
    this.state.threads = { ...Object.fromEntries(threads), ...this.state.threads };
  }

  /** Waits until everything was told, or given up: bounded by the activity's own limits. */
  settled(): Promise<void> {
    return this.told;
  }

  private about(): About {
    const { spec, deploymentId, version } = this.request;
    return { name: `${spec.service} ${version}`, environment: spec.environment, deploymentId, readers: readersOf(spec) };
  }

  private digest({ phase, place, of }: Due): DigestRequest {
    const { spec, deploymentId } = this.request;
    const firing = this.desk.alerts.filter((alert) => alert.firing);
    return {
      sinks: spec.sinks.filter(({ name }) => sinksFor(spec, 'digest').includes(name)),
      tokens: spec.tokens,
      threads: this.state.threads,
      key: `${deploymentId}/digest-${phase.id}-${place}`,
      subject: plainMessage(this.about(), 'digest', `digest, ${phase.title}`, []).subject,
      period: `${phase.title}, look ${place} of ${of}`,
      counts: this.state.period,
      trend: this.state.trend,
      lines: [
        ...this.openWords(),
        ...(firing.length > 0 ? [`Alerts that fire: ${firing.map(({ name }) => name).join(', ')}`] : []),
        `analytics-deploy follow-up ${deploymentId}`,
      ],
    };
  }

  /** Looks so far, those that alerts called for included: tells one notice from the other. */
  private looked(): number {
    const { passed, failed, inconclusive } = this.state.counts;
    return passed + failed + inconclusive;
  }

  private openWords(): readonly string[] {
    const of = (state: string) => this.desk.attestations.filter((attestation) => attestation.state === state);
    const missed = of('expired').map(({ id }) => id);
    return [
      ...of('open').map(
        (attestation) => `To be attested: ${askedWords(attestation)}; ${this.command('attest', `--item ${attestation.id}`)}`,
      ),
      ...(missed.length > 0 ? [`Nobody attested in time: ${missed.join(', ')}`] : []),
    ];
  }

  private command(name: string, options: string): string {
    return `analytics-deploy ${name} ${followUpIdOf(this.request.deploymentId)} ${options}`;
  }

  private phase(): string {
    return (this.checks[this.state.next] ?? this.checks.at(-1))?.phase.title ?? '';
  }

  private carried(): Carried {
    const { alerts, attestations, waived, decisions, unlisted, refusals } = this.desk;
    return { ...this.state, alerts, attestations, waived, decisions, unlisted, refusals };
  }

  private view(): FollowUpView {
    const { request, state, report, checks } = this;
    const { startedAt, next, counts, failing, recent } = state;
    const { alerts, attestations, decisions, unlisted, refusals } = this.desk;
    const due = report ? undefined : checks[next];
    return {
      deploymentId: request.deploymentId,
      service: request.spec.service,
      environment: request.spec.environment,
      version: request.version,
      state: report ? 'ended' : failing ? 'failing' : 'following up',
      phase: this.phase(),
      startedAt,
      nextAt: due ? startedAt + due.at : null,
      endsAt: startedAt + (checks.at(-1)?.at ?? 0),
      done: next,
      planned: checks.length,
      counts,
      failing,
      recent,
      alerts,
      attestations,
      decisions,
      unlisted,
      refusals,
      report,
    };
  }

  /** What Temporal's own screens show; costs no event. */
  private tell(): void {
    setCurrentDetails(followUpDetails(this.view()));
  }
}

function begun(startedAt: number): Carried {
  return {
    startedAt,
    next: 0,
    counts: none,
    period: none,
    digestOwed: false,
    threads: {},
    trend: {},
    recent: [],
    failing: null,
    structure: null,
    alerts: [],
    attestations: [],
    waived: [],
    decisions: [],
    unlisted: 0,
    refusals: [],
  };
}

/** A stretch goes on while looks do not pass; one that is worse than before is told anew. */
function failingNow(
  before: Failing | null,
  { verdict, reasons }: Pick<FollowUpReceipt, 'verdict' | 'reasons'>,
  now: number,
): Failing | null {
  if (verdict !== 'fail' && verdict !== 'inconclusive') return null;
  const same = before?.verdict === verdict;
  return { verdict, since: same ? before.since : now, times: same ? before.times + 1 : 1, reasons, told: same && before.told };
}

/** Digests that a course is made of. */
const longestCourse = 12;
function extended(trend: Carried['trend'], shares: FollowUpReceipt['shares']): Carried['trend'] {
  return Object.fromEntries(Object.entries(shares).map(([id, share]) => [id, [...(trend[id] ?? []), share].slice(-longestCourse)]));
}
