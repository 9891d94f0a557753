import { CancellationScope, TemporalFailure } from '@temporalio/workflow';
import { readFailure, type Call } from './calls';
import { sinksFor, type Announcement } from './runbook/announcing';
import type { Message } from './runbook/announcements';
import type { Delivery, NotifyReceipt, NotifyRequest } from './runbook/contract';
import type { DeploymentRequest } from './runbook/release';
import { secretsOf, type SinkSpec } from './runbook/spec';
import type { NoticeView, SinkView } from './runbook/view';

type OpenNotice = Omit<NoticeView, 'sinks'> & { sinks: readonly SinkView[] };

/**
 * Tells people, in order and once per key. Nobody waits for it: a sink that is down holds up no step, only the messages behind it, and shows in
 * the report. Mutable: it remembers what was sent and what each sink calls the deployment's thread.
 */
export class Announcer {
  private readonly told: OpenNotice[] = [];
  private readonly threads: Record<string, string> = {};
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly request: DeploymentRequest,
    private readonly call: Call,
    private readonly changed: () => void,
  ) {}

  get notices(): readonly NoticeView[] {
    return this.told;
  }

  /** @param only names of sinks, where not all of the kind's. */
  send({ key, kind }: Pick<Announcement, 'key' | 'kind'>, message: Message, only?: readonly string[]): void {
    const names = only ?? sinksFor(this.request.spec, kind);
    const sinks = this.request.spec.sinks.filter(({ name }) => names.includes(name));
    if (sinks.length === 0 || this.told.some((notice) => notice.key === key)) return;
    const { subject } = message;
    const notice: OpenNotice = {
      kind,
      key,
      at: Date.now(),
      subject,
      sinks: sinks.map(({ name }) => ({ name, result: 'under way', note: '' })),
    };
    this.told.push(notice);
    this.last = this.last.then(() => this.deliver(notice, message, sinks));
  }

  /** Waits until everything was sent, or given up: bounded by the activity's own limits. */
  settled(): Promise<void> {
    return this.last;
  }

  /** Whatever is cancelled: the messages that tell of a cancellation are sent too. */
  private async deliver(notice: OpenNotice, { kind, subject, text }: Message, sinks: readonly SinkSpec[]): Promise<void> {
    const { deploymentId, spec } = this.request;
    const { key } = notice;
    const tokens = Object.fromEntries(
      Object.entries(spec.tokens).filter(([name]) => sinks.some((sink) => Object.values(secretsOf(sink)).includes(name))),
    );
    const threads = Object.fromEntries(Object.entries(this.threads).filter(([name]) => sinks.some((sink) => sink.name === name)));
    const request: NotifyRequest = { sinks, tokens, key: `${deploymentId}/${key}`, kind, subject, text, threads };
    const options = { id: `notice.${key}`, summary: `notice: ${key}`, policy: 'notice' } as const;
    const deliveries = await CancellationScope.nonCancellable(async () => {
      try {
        return (await this.call<NotifyRequest, NotifyReceipt>('notify', request, options)).sinks;
      } catch (error) {
        if (!(error instanceof TemporalFailure)) throw error;
        return sinks.map(({ name }): Delivery => ({ name, result: 'undelivered', note: withoutAnswer(error) }));
      }
    });
    for (const { name, thread } of deliveries) if (thread !== undefined) this.threads[name] ??= thread;
    notice.sinks = deliveries.map(({ name, result, note = '' }) => ({ name, result, note }));
    this.changed();
  }
}

function withoutAnswer(error: unknown): string {
  return `the worker that sent it gave no answer (${readFailure(error)?.message ?? 'stopped'}): it may have arrived`;
}
