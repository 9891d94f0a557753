import {
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { askAgain, askFor, expire } from './attesting';
import { caller, readFailure, type Call } from './calls';
import { FollowUpNotices } from './follow-up-notices';
import { followUpRules, readFollowUpMessage, type FollowUpDesk } from './follow-up-rules';
import { followUpDetails } from './follow-up-details';
import { drop, isOver } from './item-rules';
import { followUpMessageNames, followUpStatus, searchAttributes, type FollowUpMessageName, type FollowUpMessages } from './messages';
import { rollbackId, startRollback } from './rollback-begin';
import { Reception } from './reception';
import { isAttestation, notGiven } from './runbook/attestations';
import type { NotifyRequest } from './runbook/contract';
import { firingWords } from './runbook/post-deployment/alerts';
import { add } from './runbook/post-deployment/digest';
import {
  standingOf,
  type AlertView,
  type Carried,
  type CheckCounts,
  type FollowUpCheck,
  type FollowUpOutcome,
  type FollowUpReceipt,
  type FollowUpReport,
  type FollowUpRequest,
  type FollowUpView,
} from './runbook/post-deployment/follow-up';
import { costs, mostEvents, plannedEvents } from './runbook/post-deployment/room';
import { nextCheck, plannedChecks, type PlannedCheck } from './runbook/post-deployment/schedule';
import { stretched, tellingsOf, withReasons, type Telling } from './runbook/post-deployment/stretch';
import type { DeploymentRequest } from './runbook/release';
import type { FollowUpPhaseSpec } from './runbook/spec';
import { rollbackOf } from './runbook/rollback/request';
import type { Writable } from './writable';

type Due = PlannedCheck & { readonly number: number };
/** What was found, and the messages of a look that could not be done: they are still to be sent. */
type Looked = { readonly receipt: FollowUpReceipt; readonly isDone: boolean };

/** Looks that are kept for people. */
const shown = 10;
/**
 * Rollbacks that are tried while another deployment runs in the lane; after them people are told the command alone. The first has its room from
 * the beginning, the next one takes what alerts have left.
 */
const mostTries = 2;
/** A run that was talked to so much goes on in a new one. */
const longestHistory = 1_000;
/** Events of a run's end that are not written yet when it is counted. */
const lastEvents = 3;
const none: CheckCounts = { passed: 0, failed: 0, inconclusive: 0 };
const grace = 5 * 60_000;

/** One run of a deployment's follow-ups. Mutable; what the next run needs of it is plain data. */
export class FollowUps {
  private readonly state: Writable<Carried>;
  private readonly desk: FollowUpDesk;
  private readonly checks: readonly PlannedCheck[];
  private readonly call: Call;
  private readonly notices: FollowUpNotices;
  private report: FollowUpReport | null = null;
  /** The first so many of the unheard alerts are told by the look that is under way. */
  private carrying = 0;
  /** The look that is under way may end in a rollback. */
  private isTrying = false;
  /** The phase that this run began with. */
  private readonly begun: FollowUpPhaseSpec | undefined;

  constructor(private readonly request: FollowUpRequest) {
    const { followUps } = request.spec;
    this.state = { ...(request.carried ?? begun(Date.now())) };
    this.checks = plannedChecks(followUps);
    this.begun = this.checks[this.state.next]?.phase;
    this.call = caller(request.taskQueues);
    this.notices = new FollowUpNotices(request, this.call, this.state.threads);
    this.desk = {
      request,
      questions: [],
      attestations: this.state.attestations.map((attestation) => ({ ...attestation })),
      waived: [...this.state.waived],
      ending: null,
      alertsOf: followUps.alerts?.labels ?? null,
      alerts: this.state.alerts.map((alert) => ({ ...alert })),
      unheard: [...this.state.unheard],
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
      onExpiry: attestation.onExpiry === 'waive' ? 'waive' : notGiven,
    }));
    if (asked.length === 0) return;
    this.desk.attestations.push(...asked);
    this.notices.send(this.notices.toBeAttested(phase?.id ?? '', asked));
    this.tell();
  }

  /** The look that is due next; null where all are done. */
  next(): Due | null {
    return nextCheck(this.checks, this.state.next, Date.now() - this.state.startedAt);
  }

  /** One timer, which an alert or a stop ends early, or that the run has been talked to so much. */
  async wait(due: Due): Promise<FollowUpReport | null> {
    const { phase, place, of } = due;
    const left = this.state.startedAt + due.at - Date.now();
    const isOver = () => this.desk.stopped !== null || this.isCalled() || this.isLong();
    if (left > 0) await condition(isOver, left, { summary: `${phase.title}: look ${place} of ${of}` });
    return this.stopped();
  }

  /** One short activity, where it is due or an alert calls for it; it tells people itself what somebody must act on. */
  async look(due: Due): Promise<FollowUpReport | null> {
    const isPlanned = this.isPlanned(due);
    if (!isPlanned && !this.isCalled()) return null;
    this.expire();
    const check = this.checkOf(due, isPlanned && (due.digest || this.state.digestOwed));
    const looked = await this.check(`${due.phase.id}.look-${due.place}`, `${due.phase.title}: look at the release`, check);
    if (looked === null) return this.stopped();
    this.take(looked, check);
    if (isPlanned) this.state.next = due.number + 1;
    const { receipt } = looked;
    if (receipt.verdict === 'superseded') return this.close('SUPERSEDED', receipt.reasons[0] ?? 'Another release serves now.');
    const { deployment } = this.request;
    const ended = receipt.isSeenTwice && deployment ? await this.rollBack(receipt.reasons.join('; '), deployment) : null;
    this.isTrying = false;
    this.tell();
    return ended;
  }

  /** A phase has its own run, and nobody's talking makes one too long. */
  isRunOver(due: Due): boolean {
    const phaseIsOver = this.state.next > due.number && due.closes && this.state.next < this.checks.length;
    return phaseIsOver || this.isLong();
  }

  carriedOn(): FollowUpRequest {
    return { ...this.request, carried: this.carried() };
  }

  /** Ends them, and tells people so: once. */
  close(outcome: FollowUpOutcome, reason: string, rollback?: string): FollowUpReport {
    if (this.report) return this.report;
    const { startedAt, counts, trend, failing, digestOwed } = this.state;
    this.expire();
    for (const attestation of this.desk.attestations) if (attestation.state === 'open') attestation.state = 'closed';
    const then = 'The follow-ups have ended.';
    this.notices.sendAgain(this.notices.alerts(this.looked(), this.taken(), then));
    this.notices.send(this.notices.alerts(this.looked(), this.hear(), then));
    const { alerts, attestations, decisions } = this.desk;
    // The planned end is told by the last digest.
    if (outcome !== 'COMPLETED' || digestOwed) this.notices.send(this.notices.ended({ reason, counts, failing, alerts, attestations }));
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
      ...(rollback === undefined ? {} : { rollback }),
    };
    this.desk.closed = `the follow-ups have ended: ${outcome}. ${reason}`;
    this.tell();
    return this.report;
  }

  /** The report, where somebody has stopped them. */
  stopped(): FollowUpReport | null {
    return this.desk.stopped ? this.close('STOPPED', this.desk.stopped.reason) : null;
  }

  /** Waits until everything was told, or given up: bounded by the activity's own limits. */
  settled(): Promise<void> {
    return this.notices.settled();
  }

  private isPlanned({ at }: Due): boolean {
    return Date.now() - this.state.startedAt >= at;
  }

  /** An alert calls for a look at once while there is room for it; a later one is told with the next look that is planned. */
  private isCalled(): boolean {
    return this.desk.unheard.length > 0 && this.room() >= costs.called;
  }

  private isLong(): boolean {
    return workflowInfo().historyLength > longestHistory;
  }

  /** Events that are left for what nobody planned. What people say takes nothing of it. */
  private room(): number {
    const { desk, state } = this;
    const said = (desk.decisions.length + desk.unlisted) * costs.decision;
    const planned = plannedEvents(this.checks.slice(state.next), this.begun);
    const ends = desk.alerts.filter(({ firing }) => firing).length * costs.push;
    const rollback = this.wantsRollback() && (state.tries === 0 || this.isTrying) ? costs.rollback : 0;
    const wayBack = state.toldFailing ? costs.standing : 0;
    return mostEvents + said - this.spent() - planned - ends - rollback - wayBack;
  }

  /** Events of this run and those before it. */
  private spent(): number {
    return this.state.events + workflowInfo().historyLength + lastEvents;
  }

  private wantsRollback(): boolean {
    const { deployment, spec } = this.request;
    return spec.followUps.onFailure.then === 'rollback' && deployment !== undefined && this.state.tries < mostTries;
  }

  private mayRollBack(): boolean {
    return this.wantsRollback() && (this.state.tries === 0 || this.room() >= costs.rollback);
  }

  /** What nobody attested in time has its declared outcome; it is never an attestation. What was waived for a time is asked for again after it. */
  private expire(): void {
    for (const attestation of this.desk.attestations) {
      if (attestation.state === 'waived' && isOver(attestation)) {
        drop(this.desk, attestation.id);
        askAgain(attestation);
      }
      if (attestation.state === 'open' && attestation.dueAt <= Date.now()) expire(attestation);
    }
  }

  private checkOf(due: Due, withDigest: boolean): FollowUpCheck {
    const { spec, serving } = this.request;
    const { signals, watching, production, verification, consistency, tokens, gauges, followUps } = spec;
    const { structure, period: counts, trend, failing } = this.state;
    const look = this.looked() + 1;
    const first = this.notices.alerts(this.looked(), this.desk.unheard, 'The release is looked at now.');
    this.carrying = this.desk.unheard.length;
    this.isTrying = this.mayRollBack();
    const write: Readonly<Record<Telling, () => NotifyRequest | null>> = {
      pass: () => this.notices.isOver(look),
      inconclusive: () => this.notices.isUnknown(look, (failing?.times ?? 0) + 1),
      fail: () => this.notices.isFailing(look),
    };
    const tells = tellingsOf(failing).flatMap((telling) => {
      const notice = write[telling]();
      return notice ? [[telling, notice] as const] : [];
    });
    return {
      spec: { signals, watching, production, verification, ...(consistency ? { consistency } : {}), tokens, gauges },
      serving,
      window: followUps.window,
      structure,
      ...(first ? { first } : {}),
      tells: Object.fromEntries(tells),
      again: this.isTrying,
      ...(withDigest
        ? { digest: this.notices.digest(due, { counts, trend }, this.desk.attestations, [...this.alertWords(), ...this.lastWord(due)]) }
        : {}),
    };
  }

  /** Null where it was stopped meanwhile. One that cannot be done is inconclusive: never a pass. */
  private async check(id: string, summary: string, check: FollowUpCheck): Promise<Looked | null> {
    const scope = new CancellationScope();
    const within = (check.again ? 2 : 1) * check.window + grace;
    const looked = scope
      .run(() => this.call<FollowUpCheck, FollowUpReceipt>('lookAfter', check, { id, summary, policy: 'followUp', within }))
      .then(
        (receipt): Looked => ({ receipt, isDone: true }),
        (error: unknown): Looked => {
          if (!(error instanceof TemporalFailure)) throw error;
          const reason = readFailure(error)?.message ?? error.message;
          const reasons = [`the look could not be done: ${reason}`];
          return { receipt: { verdict: 'inconclusive', reasons, note: '', shares: {} }, isDone: false };
        },
      );
    const first = await Promise.race([looked, condition(() => this.desk.stopped !== null).then(() => null)]);
    if (first === null) scope.cancel();
    return first;
  }

  private take({ receipt, isDone }: Looked, check: FollowUpCheck): void {
    this.taken();
    const { state } = this;
    const { verdict, note, reasons, shares, structure, digest, told = [] } = receipt;
    const now = Date.now();
    state.counts = add(state.counts, verdict);
    state.period = check.digest && digest ? none : add(state.period, verdict);
    state.digestOwed = check.digest !== undefined && !digest;
    for (const answer of [...told, ...(digest ? [digest] : [])]) this.notices.answered(answer);
    state.recent = [...state.recent, { at: now, verdict, note: [...reasons, note].filter((part) => part !== '').join('; ') }].slice(-shown);
    state.structure = { ...structure, ...state.structure };
    if (check.digest) state.trend = extended(state.trend, shares);
    const telling = verdict === 'superseded' || receipt.isSeenTwice ? undefined : check.tells[verdict];
    const isTold = telling !== undefined && (isDone || this.room() >= costs.notice);
    state.failing = stretched(state.failing, receipt, isTold, now);
    this.tellStanding();
    if (isDone) return;
    this.notices.sendAgain(check.first ?? null);
    if (telling && isTold) this.notices.sendAgain(withReasons(telling, reasons));
  }

  /** For lists and metrics, which ask no workflow; only where it changes, and where there is room for the way back too. */
  private tellStanding(): void {
    const { state } = this;
    const isFailing = state.failing !== null;
    if (!this.request.searchAttributes || isFailing === (state.toldFailing === true)) return;
    if (isFailing && this.room() < 2 * costs.standing) return;
    state.toldFailing = isFailing;
    upsertSearchAttributes([{ key: { name: searchAttributes.status, type: 'KEYWORD' }, value: standingOf(state.failing) }]);
  }

  /** Two looks agree. Where another deployment runs in the lane, the next look that fails tries once more. */
  private async rollBack(reasons: string, deployment: DeploymentRequest): Promise<FollowUpReport | null> {
    const { state } = this;
    const { level } = this.request.spec.followUps.onFailure;
    const { brought } = this.request;
    const wish = { level, of: deployment.deploymentId, reason: `follow-up: ${reasons}`, ...(brought ? { brought } : {}) };
    const request = rollbackOf(deployment, wish, { deploymentId: rollbackId(deployment, level), requester: 'follow-up' });
    state.failing = state.failing && { ...state.failing, told: 'fail' };
    if (await startRollback(request)) {
      this.notices.send(this.notices.rollsBack(this.looked(), reasons, request.deploymentId));
      const what = `The release is not within its limits, seen twice: ${reasons}`;
      return this.close('ROLLBACK_STARTED', `${what}. The rollback is ${request.deploymentId}.`, request.deploymentId);
    }
    state.tries++;
    this.notices.send(this.notices.cannotRollBack(this.looked(), reasons));
    return null;
  }

  /** The alerts that nobody was told of yet: from now on they are told. */
  private hear(): readonly AlertView[] {
    return this.desk.unheard.splice(0, this.desk.unheard.length);
  }

  /** The alerts that the look under way was to tell: it has told them, or they are told again. */
  private taken(): readonly AlertView[] {
    const alerts = this.desk.unheard.splice(0, this.carrying);
    this.carrying = 0;
    return alerts;
  }

  /** Looks so far, those that alerts called for included. */
  private looked(): number {
    const { passed, failed, inconclusive } = this.state.counts;
    return passed + failed + inconclusive;
  }

  private alertWords(): readonly string[] {
    const { alerts, alertsOf } = this.desk;
    return [
      ...firingWords(alerts),
      ...(alertsOf && this.listensTo() === null ? ['No further alert is taken here: Alertmanager alone tells of them'] : []),
    ];
  }

  private lastWord({ number }: Due): readonly string[] {
    return number + 1 === this.checks.length ? ['This was the last look: the follow-ups have ended, and no digest comes any more.'] : [];
  }

  /** Labels of the alerts that are taken, while there is room for one, the look that it calls for, and its end. */
  private listensTo(): FollowUpView['listensTo'] {
    return this.room() >= costs.push + costs.called + costs.push ? this.desk.alertsOf : null;
  }

  private phase(): string {
    return (this.checks[this.state.next] ?? this.checks.at(-1))?.phase.title ?? '';
  }

  private carried(): Carried {
    const { alerts, unheard, attestations, waived, decisions, unlisted, refusals } = this.desk;
    const { threads } = this.notices;
    return { ...this.state, events: this.spent(), threads, alerts, unheard, attestations, waived, decisions, unlisted, refusals };
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
      state: report ? 'ended' : standingOf(failing),
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
      listensTo: report ? null : this.listensTo(),
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
    events: 0,
    next: 0,
    counts: none,
    period: none,
    digestOwed: false,
    threads: {},
    trend: {},
    recent: [],
    failing: null,
    tries: 0,
    structure: {},
    alerts: [],
    unheard: [],
    attestations: [],
    waived: [],
    decisions: [],
    unlisted: 0,
    refusals: [],
  };
}

/** Digests that a course is made of. */
const longestCourse = 12;
function extended(trend: Carried['trend'], shares: FollowUpReceipt['shares']): Carried['trend'] {
  return Object.fromEntries(Object.entries(shares).map(([id, share]) => [id, [...(trend[id] ?? []), share].slice(-longestCourse)]));
}
