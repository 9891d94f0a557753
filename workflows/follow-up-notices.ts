import { CancellationScope, TemporalFailure } from '@temporalio/workflow';
import { askedWords } from './attesting';
import type { Call } from './calls';
import type { OpenAttestation } from './desk-state';
import { followUpIdOf } from './messages';
import { plainMessage, type About } from './runbook/announcements';
import { readersOf, sinksFor } from './runbook/announcing';
import type { NotifyReceipt, NotifyRequest } from './runbook/contract';
import { firingWords } from './runbook/post-deployment/alerts';
import { countsInWords } from './runbook/post-deployment/digest';
import type { AlertView, DigestRequest, FollowUpReport, FollowUpRequest, FollowUpView } from './runbook/post-deployment/follow-up';
import type { PlannedCheck } from './runbook/post-deployment/schedule';
import type { NoticeKind } from './runbook/spec';
import { utc } from './runbook/words';

/** A message; null where no sink takes such. */
type Notice = NotifyRequest | null;
/** How they ended, and what is left open. */
type Ended = Pick<FollowUpReport, 'reason' | 'counts' | 'alerts' | 'attestations'> & Pick<FollowUpView, 'failing'>;

/**
 * What the follow-ups tell people. A look carries the messages that are about it, which costs the history nothing; the others are sent by
 * themselves. `{reasons}` stands for what a look finds.
 */
export class FollowUpNotices {
  /** Messages so far that were sent by themselves, one after another. */
  private sent: Promise<void> = Promise.resolve();

  /** @param threads what the first message was called, by sink: later ones answer it. */
  constructor(
    private readonly request: FollowUpRequest,
    private readonly call: Call,
    public threads: Readonly<Record<string, string>>,
  ) {}

  toBeAttested(phase: string, asked: readonly OpenAttestation[]): Notice {
    const words = asked.map((attestation) => `${askedWords(attestation)}\n  ${this.attestCommand(attestation)}`);
    return this.write('attestation', `attest-${phase}`, 'to be attested', `To be attested:\n${words.join('\n')}`);
  }

  /** @param look its number, as everywhere here: tells one message from the other. */
  isOver(look: number): Notice {
    return this.write('status', `follow-up-over-${look}`, 'within its limits again', 'The release is within its limits again.');
  }

  isUnknown(look: number, times: number): Notice {
    return this.bad(look, `For ${times} looks in a row nothing is known: {reasons}`);
  }

  isFailing(look: number): Notice {
    const { then } = this.request.spec.followUps.onFailure;
    const byHand = then === 'rollback' ? `\nNo rollback was started. Where one is needed: ${this.rollbackCommand()}` : '';
    return this.bad(look, `The release is not within its limits: {reasons}${byHand}`);
  }

  rollsBack(look: number, reasons: string, rollbackId: string): Notice {
    return this.bad(look, `The release is not within its limits, seen twice: ${reasons}\nThe rollback ${rollbackId} was started.`);
  }

  cannotRollBack(look: number, reasons: string): Notice {
    const busy = 'The rollback could not be started, as another deployment runs in its lane';
    return this.bad(look, `The release is not within its limits, seen twice: ${reasons}\n${busy}. After it: ${this.rollbackCommand()}`);
  }

  alerts(look: number, alerts: readonly AlertView[], then: string): Notice {
    const [first] = alerts;
    if (!first) return null;
    const words = alerts.map(
      ({ name, summary, by }) => `${name}${summary === '' ? '' : `: ${summary}`}${by === undefined ? '' : `, says ${by}`}`,
    );
    const who = alerts.every(({ by }) => by !== undefined) ? 'Told by hand:' : 'Alertmanager tells of';
    const key = `follow-up-alert-${look}-${first.fingerprint}`;
    return this.write('issue', key, `alert ${first.name}`, `${who} ${words.join('; ')}. ${then}`);
  }

  /** The last word, to those who had the digests: what is still not as it should be stays so, and nobody looks any more. */
  ended({ reason, counts, failing, alerts, attestations }: Ended): Notice {
    const missed = attestations.filter(({ state }) => state === 'expired' || state === 'closed').map(({ id }) => id);
    const lines = [
      `The follow-ups have ended, no digest comes any more: ${reason}`,
      `${countsInWords(counts)}.`,
      ...(failing
        ? [
            `${failing.verdict === 'fail' ? 'Not within its limits' : 'Not known'} since ${utc(failing.since)}: ${failing.reasons.join('; ')}`,
          ]
        : []),
      ...firingWords(alerts),
      ...(missed.length > 0 ? [`Nobody attested: ${missed.join(', ')}`] : []),
    ];
    return this.write('digest', 'follow-up-ended', 'the follow-ups have ended', lines.join('\n'));
  }

  digest(
    { phase, place, of }: PlannedCheck,
    known: Pick<DigestRequest, 'counts' | 'trend'>,
    attestations: readonly OpenAttestation[],
    alerts: readonly string[],
  ): DigestRequest {
    const { spec, deploymentId } = this.request;
    const open = attestations.filter(({ state }) => state === 'open');
    const missed = attestations.filter(({ state }) => state === 'expired').map(({ id }) => id);
    return {
      ...known,
      sinks: this.sinks('digest'),
      tokens: spec.tokens,
      threads: this.threads,
      key: `${deploymentId}/digest-${phase.id}-${place}`,
      subject: plainMessage(this.about(), 'digest', `digest, ${phase.title}`, []).subject,
      period: `${phase.title}, look ${place} of ${of}`,
      lines: [
        ...open.map((attestation) => `To be attested: ${askedWords(attestation)}; ${this.attestCommand(attestation)}`),
        ...(missed.length > 0 ? [`Nobody attested in time: ${missed.join(', ')}`] : []),
        ...alerts,
        `analytics-deploy follow-up ${deploymentId}`,
      ],
    };
  }

  /** In order and once each; nobody waits for it, and its failure stops nothing. */
  send(notice: Notice): void {
    if (notice === null) return;
    const key = notice.key.slice(this.request.deploymentId.length + 1);
    const options = { id: `notice.${key}`, summary: `notice: ${key}`, policy: 'notice' } as const;
    this.sent = this.sent
      .then(() =>
        CancellationScope.nonCancellable(() =>
          this.call<NotifyRequest, NotifyReceipt>('notify', { ...notice, threads: this.threads }, options),
        ),
      )
      .then(
        (receipt) => this.answered(receipt),
        (error: unknown) => {
          if (!(error instanceof TemporalFailure)) throw error;
        },
      );
  }

  /** What a look has carried: nobody knows how far it came with it. */
  sendAgain(notice: Notice): void {
    this.send(notice && { ...notice, mayRepeat: true });
  }

  /** Later messages answer the first one, where a sink knows of that. */
  answered({ sinks }: NotifyReceipt): void {
    const threads = sinks.flatMap(({ name, thread }) => (thread === undefined ? [] : [[name, thread] as const]));
    this.threads = { ...Object.fromEntries(threads), ...this.threads };
  }

  /** Waits until everything was told, or given up: bounded by the activity's own limits. */
  settled(): Promise<void> {
    return this.sent;
  }

  private bad(look: number, text: string): Notice {
    return this.write('issue', `follow-up-failing-${look}`, 'not as it should be', text);
  }

  private write(kind: NoticeKind, key: string, subject: string, text: string): Notice {
    const { spec, deploymentId } = this.request;
    const sinks = this.sinks(kind);
    if (sinks.length === 0) return null;
    const message = plainMessage(this.about(), kind, subject, [text, `analytics-deploy follow-up ${deploymentId}`]);
    return { sinks, tokens: spec.tokens, key: `${deploymentId}/${key}`, ...message, threads: this.threads };
  }

  private sinks(kind: NoticeKind): NotifyRequest['sinks'] {
    const { spec } = this.request;
    const names = sinksFor(spec, kind);
    return spec.sinks.filter(({ name }) => names.includes(name));
  }

  private about(): About {
    const { spec, deploymentId, version } = this.request;
    return { name: `${spec.service} ${version}`, environment: spec.environment, deploymentId, readers: readersOf(spec) };
  }

  private attestCommand({ id }: OpenAttestation): string {
    return `analytics-deploy attest ${followUpIdOf(this.request.deploymentId)} --item ${id}`;
  }

  private rollbackCommand(): string {
    return `analytics-deploy rollback ${this.request.deploymentId} --level ${this.request.spec.followUps.onFailure.level}`;
  }
}
