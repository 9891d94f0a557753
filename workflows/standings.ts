import { condition, patched } from '@temporalio/workflow';
import { Announcer } from './announcer';
import type { Board } from './board';
import type { Call } from './calls';
import type { Desk } from './desk';
import type { Ending } from './endings';
import { waiverWords } from './item-rules';
import { Escalation, type Alarm, type Over } from './escalation';
import { Journal, type Standing } from './journal';
import { WHOLE_RUNBOOK } from './runbook/patches';
import { plainMessage, type Exposure } from './runbook/announcements';
import { about, needsAttention, wasPutBack, type Announcement, type RunFacts } from './runbook/announcing';
import type { NotifyReceipt, NotifyRequest } from './runbook/contract';
import type { EndingKind } from './runbook/failures';
import { leftOut } from './runbook/profiles';
import type { SampleTally } from './runbook/judge/evidence';
import { releaseFacts, type DeploymentRequest, type Release } from './runbook/release';
import type { Percent } from './runbook/spec';
import type { AskedView, AttentionView, DeploymentReport, DeploymentState, DeploymentView, Outcome, WindowView } from './runbook/view';
import { shortImage } from './runbook/workload';
import type { Observer } from './runner';
import type { Saga } from './saga';
import { begunWith } from './since';
import type { Unwound } from './unwinding';

/** Where the deployment stands, for everybody who asks: the status query, Temporal's own screens, the report, the notices. */
export class Standings implements Observer {
  private readonly startedAt = Date.now();
  private readonly journal: Journal;
  private readonly forwardOnly: string[] = [];
  private migrations: readonly string[] = [];
  private phaseNow = 'start';
  private release: Release | null = null;
  private shareNow: Percent = 0;
  /** The candidate's share before anything was written: what it has again once everything is put back. */
  private shareBefore: Percent = 0;
  private done: string | null = null;
  private report: DeploymentReport | null = null;
  private windowNow: Omit<WindowView, 'endsAt'> | null = null;
  private readonly benchmarks: string[] = [];
  private readonly watches: { readonly title: string; readonly tally: SampleTally }[] = [];
  private exposure: readonly Exposure[] = [];
  /** Null where nobody is told, and in deployments that were begun before there were announcements. */
  private readonly telling: { readonly announcer: Announcer; readonly escalation: Escalation } | null;
  private endingSince = 0;

  constructor(
    private readonly request: DeploymentRequest,
    private readonly desk: Desk,
    private readonly saga: Saga,
    private readonly board: Board,
    private readonly call: Call,
  ) {
    this.journal = new Journal(request.searchAttributes, () => this.view());
    this.telling = request.spec.sinks.length > 0 && patched(WHOLE_RUNBOOK) ? this.tellBy(call) : null;
  }

  private tellBy(call: Call): { readonly announcer: Announcer; readonly escalation: Escalation } {
    const changed = () => this.changed();
    const announcer = new Announcer(this.request, call, changed);
    const tell = (announcement: Announcement, only: readonly string[]) =>
      announcer.send(announcement, announcement.write(this.facts()), only);
    return { announcer, escalation: new Escalation(this.desk.state.alarms, this.request.spec, tell, changed) };
  }

  view(): DeploymentView {
    const { request, release } = this;
    const { gate, questions, paused, undos, refusals, decisions, unlisted, attestations } = this.desk.state;
    const now = Date.now();
    const { deploymentId, version, requester, planDigest } = request;
    return {
      deploymentId,
      service: request.spec.service,
      environment: request.spec.environment,
      version,
      requester,
      planDigest,
      state: this.state(),
      phase: this.phaseNow,
      startedAt: this.startedAt,
      endsAt: this.report ? null : now + this.board.remaining(now),
      releaseDigest: release?.digest ?? null,
      ...(release ? { release: releaseFacts(release) } : {}),
      ...(request.rollback ? { rollback: request.rollback } : {}),
      candidate: release && { colour: release.candidate.colour, image: request.rollback ? release.version : version },
      live: release && { colour: release.live.colour, image: shortImage(release.live.image) },
      share: this.isTrafficBack() ? this.shareBefore : this.shareNow,
      rows: this.board.rows,
      gate,
      window: this.windowNow && {
        ...this.windowNow,
        endsAt: this.windowNow.waiting ? null : now + this.board.remaining(now, 'in window'),
      },
      ...askedOf(request),
      attention: questions[0]?.view ?? null,
      paused,
      ifStoppedNow: this.saga.pending.map(({ title }) => title),
      byHand: this.saga.pending.map(({ byHand }) => byHand),
      undos: undos.map(({ skippedBy: _, ...undo }) => undo),
      refusals,
      decisions,
      unlisted,
      attestations,
      waivers: this.waivers(),
      ...(this.telling
        ? { notices: this.telling.announcer.notices, alarms: this.desk.state.alarms.map(({ isOver: _, ...alarm }) => alarm) }
        : {}),
      report: this.report,
    };
  }

  changed(): void {
    if (this.isTrafficBack()) this.exposed(0);
    // What serves is itself what is changed: from the first write on.
    else if (this.shareBefore > 0 && this.saga.touchedProduction) this.exposed(this.shareNow);
    this.journal.stand(this.standing());
    this.journal.write();
  }
  /** A message was taken: what it changes is seen at once, not with the next step. */
  heard(): void {
    // Runs that were begun without the patch have told it with their next step, and are replayed so.
    if (this.journal.isNews(this.standing()) && !begunWith('standing-with-each-message')) return;
    this.changed();
  }
  phase(phase: string): void {
    this.phaseNow = phase;
  }
  resolved(release: Release): void {
    if (this.release === null) this.shareNow = this.shareBefore = shareOf(release);
    this.release = release;
  }
  share(share: Percent): void {
    this.shareNow = share;
    this.exposed(share);
  }
  measured(words: string): void {
    this.benchmarks.push(words);
  }
  watched(title: string, tally: SampleTally): void {
    this.watches.push({ title, tally });
  }
  window(window: Omit<WindowView, 'endsAt'> | null): void {
    this.windowNow = window;
  }
  stays(what: string): void {
    if (!this.forwardOnly.includes(what)) this.forwardOnly.push(what);
  }

  migrates(names: readonly string[]): void {
    this.migrations = names;
  }

  /** What it means that every step is done, where that is not a release that is live. */
  says(done: string): void {
    this.done = done;
  }

  /** Tells the spec's sinks; nobody waits for it, and its failure stops nothing. */
  announce(announcement: Announcement): void {
    if (this.telling) this.telling.announcer.send(announcement, announcement.write(this.facts()));
    else if (announcement.isOld && this.request.spec.sinks.length > 0) this.tellAsBefore(announcement);
  }
  /** Calls the spec's contacts, one after another, until it is over. */
  raise(alarm: Alarm): Over {
    return this.telling?.escalation.raise(alarm) ?? (() => undefined);
  }

  /** An undo waits for a person: people are told, and called until it is decided. Whoever is called already, or at it, hears it as it is. */
  undoNeedsAttention(question: Omit<AttentionView, 'since' | 'deadline'>): Over {
    if (!this.telling) return () => undefined;
    this.announce(needsAttention(question, this.request.spec.attention.undoDeadline));
    if (this.telling.escalation.isHeard()) return () => undefined;
    return this.raise({ id: question.step, title: question.title, reason: question.reason });
  }

  /** Beside the unwinding: people are called where it takes long. */
  async whilePuttingBack(finished: () => boolean, open: () => readonly string[]): Promise<void> {
    this.endingSince = Date.now();
    if (this.telling) return this.telling.escalation.whileStuck(finished, open);
    let elapsed = 0;
    for (const after of remindersBefore) {
      if (await condition(finished, (after - elapsed) * minute, { summary: `escalation after ${after} min of putting back` })) return;
      elapsed = after;
      this.announce(stuckBefore(after, open()));
    }
    await condition(finished);
  }

  /** The last messages are sent, or given up, before the record is closed. From here on no other message changes anything. */
  async tellTheEnd(ending: Ending | null, unwound: Unwound): Promise<void> {
    if (!this.telling) return;
    const { announcer, escalation } = this.telling;
    this.desk.state.closed =
      'everything is done, and the last people are being told. In a few seconds the deployment has ended: type it again then.';
    escalation.endAll();
    if (ending && unwound.left.length === 0) this.exposed(0);
    if (ending) this.announce(wasPutBack(ending.reason, this.endingSince || Date.now(), unwound));
    await announcer.settledSoon();
  }

  /** What is known of the run now. */
  facts(): RunFacts {
    const { request, board } = this;
    return {
      request,
      release: this.release,
      now: Date.now(),
      startedAt: this.startedAt,
      plan: board.totals,
      rows: board.rows,
      planned: board.planned,
      stood: this.desk.state.stood,
      share: this.isTrafficBack() ? 0 : this.shareNow,
      watches: this.watches,
      benchmarks: this.benchmarks,
      exposure: this.exposure,
      waivers: this.waivers(),
      unwell: this.saga.unwell,
    };
  }

  /** The share of traffic on the candidate over time: how long users had it. */
  private exposed(share: Percent): void {
    const now = Date.now();
    const last = this.exposure.at(-1);
    const open = last?.until === null ? last : undefined;
    if (open?.share === share || (!open && share === 0)) return;
    this.exposure = [
      ...(open ? [...this.exposure.slice(0, -1), { ...open, until: now }] : this.exposure),
      ...(share > 0 ? [{ share, from: now, until: null }] : []),
    ];
  }

  /** As deployments do that were begun before there were announcements: at once, to all sinks, without order. */
  private tellAsBefore({ key, write }: Announcement): void {
    const { spec, deploymentId } = this.request;
    const { subject, text } = write(this.facts());
    const notice = { sinks: spec.sinks, tokens: spec.tokens, key: `${deploymentId}/${key}`, subject, text };
    this.call<NotifyRequest, NotifyReceipt>('notify', notice, { id: `notice.${key}`, summary: `notice: ${key}`, policy: 'notice' }).catch(
      () => undefined,
    );
  }

  /** Ends the deployment's record: from here on no message changes anything. */
  close(ending: Ending | null, unwound: Unwound): DeploymentReport {
    const { request, desk } = this;
    const { unwell } = this.saga;
    const isUnwell = !ending && unwell.length > 0;
    const { undone, left } = isUnwell ? { undone: [], left: unwell } : unwound;
    const outcome = outcomeOf(ending, { undone, left }, this.waivers().length > 0);
    if (ending && unwound.left.length === 0) this.shareNow = this.shareBefore;
    this.phaseNow = 'ended';
    this.windowNow = null;
    this.report = {
      deploymentId: request.deploymentId,
      outcome,
      reason: [
        ending?.reason ?? this.done ?? `${request.spec.service} ${request.version} is live.`,
        ...(isUnwell ? [`But it is not well there: ${unwell.map(({ reason }) => reason).join(' ')}`] : []),
      ].join(' '),
      service: request.spec.service,
      environment: request.spec.environment,
      version: request.version,
      ...(request.rollback ? { rollback: request.rollback } : {}),
      requester: request.requester,
      ...askedOf(request),
      releaseDigest: this.release?.digest ?? null,
      ...(this.release ? { release: releaseFacts(this.release) } : {}),
      startedAt: this.startedAt,
      endedAt: Date.now(),
      rows: this.board.rows,
      decisions: desk.state.decisions,
      unlisted: desk.state.unlisted,
      undone,
      left,
      ...(isUnwell ? { unwell: true } : {}),
      forwardOnly: this.forwardOnly,
      ...(this.migrations.length > 0 ? { migrations: this.migrations } : {}),
      ...(desk.state.attestations.length > 0 ? { attestations: desk.state.attestations } : {}),
      waivers: this.waivers(),
      ...(this.telling ? { notices: this.telling.announcer.notices } : {}),
    };
    desk.state.closed = `the deployment has ended: ${outcome}. ${this.report.reason}`;
    this.changed();
    return this.report;
  }

  /** Seen as soon as it is so; the search attribute follows at the end, where it costs no event of its own. */
  private isTrafficBack(): boolean {
    const traffic = this.saga.pending.filter(({ production, rank }) => production && rank === 'traffic');
    const isBack = (subject: string) => this.desk.state.undos.some((undo) => undo.subject === subject && undo.state === 'done');
    return traffic.length > 0 && traffic.every(({ subject }) => isBack(subject));
  }

  /** What was skipped, and what was waived. */
  private waivers(): readonly string[] {
    const { waivers, waived } = this.desk.state;
    return [...waivers, ...waived.map(waiverWords)];
  }

  private standing(): Standing {
    return { phase: this.phaseNow, status: this.report?.outcome ?? this.state(), weight: this.shareNow };
  }

  private state(): DeploymentState {
    const { ending, questions, gate, paused, attestations } = this.desk.state;
    if (this.report) return 'ended';
    if (ending) return 'unwinding';
    if (questions.length > 0) return 'needs attention';
    if (paused) return 'paused';
    if (gate) return 'waiting for approval';
    if (attestations.some(({ state }) => state === 'open')) return 'waiting for attestations';
    return this.windowNow?.waiting ? 'waiting for its window' : 'running';
  }
}

function askedOf(request: DeploymentRequest): { readonly asked?: AskedView } {
  const { profile, emergency } = request;
  if (profile === undefined && !emergency) return {};
  return {
    asked: {
      ...(profile === undefined ? {} : { profile }),
      ...(emergency ? { emergency: emergency.reason } : {}),
      leftOut: leftOut(request),
    },
  };
}

/** When deployments that were begun before there were announcements tell that putting back is still going on, in minutes. */
const remindersBefore = [1, 5, 15];
const minute = 60_000;

function stuckBefore(after: number, open: readonly string[]): Announcement {
  return {
    kind: 'escalation',
    key: `rollback-stuck-${after}`,
    title: 'reminder: putting back takes long',
    isOld: true,
    write: (facts) =>
      plainMessage(about(facts), 'escalation', 'is still being put back', [
        `Putting back takes more than ${after} min. Open: ${open.join('; ')}`,
      ]),
  };
}

/** What the candidate has of the traffic before the first write: all of it where a rollback changes the colour that serves. */
function shareOf({ weights, candidate, selected }: Release): Percent {
  const all = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  if (all === 0) return selected === candidate.colour ? 100 : 0;
  return Math.round((100 * (weights[candidate.colour] ?? 0)) / all);
}

/** What an ending means where everything could be put back. */
const endings: Readonly<Record<EndingKind, (somethingUndone: boolean) => Outcome>> = {
  failed: (somethingUndone) => (somethingUndone ? 'ROLLED_BACK' : 'FAILED'),
  aborted: () => 'ROLLED_BACK',
  'rolled-back-by-person': () => 'ROLLED_BACK',
  cancelled: () => 'ROLLED_BACK',
  rejected: () => 'FAILED',
  superseded: () => 'FAILED',
  expired: () => 'EXPIRED',
  'handed-over': () => 'ROLLBACK_INCOMPLETE',
};

function outcomeOf(ending: Ending | null, { undone, left }: Unwound, waived: boolean): Outcome {
  if (left.length > 0) return 'ROLLBACK_INCOMPLETE';
  if (!ending) return waived ? 'SUCCEEDED_WITH_WAIVERS' : 'SUCCEEDED';
  return endings[ending.kind](undone.length > 0);
}
