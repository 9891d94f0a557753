import { CancellationScope, condition } from '@temporalio/workflow';
import type { Call } from './calls';
import { handOn } from './last-notices';
import { Postman, type Letter } from './postman';
import { sinksFor, type Announcement } from './runbook/announcing';
import type { Message } from './runbook/announcements';
import type { DeploymentRequest } from './runbook/release';
import type { NoticeView, SinkView } from './runbook/view';

type OpenNotice = Omit<NoticeView, 'sinks'> & { sinks: readonly SinkView[] };
interface Errand {
  readonly notice: OpenNotice;
  /** To the sinks that have not answered. */
  letter: Letter;
}

/** How long the end of a deployment waits for its last messages, in milliseconds. */
const lastWait = 5_000;

/**
 * Tells people, in order and once per key. Nobody waits for it: a sink that is down holds up no step, only the messages behind it, never a call
 * for a person, and shows in the report. Mutable: it remembers what was sent.
 */
export class Announcer {
  private readonly told: OpenNotice[] = [];
  private open: readonly Errand[] = [];
  /** By key: what is not told again under it. */
  private readonly said = new Map<string, readonly string[]>();
  private readonly postman: Postman;
  /** Calls for people do not wait behind what others are told. */
  private readonly last = { calls: Promise.resolve(), rest: Promise.resolve() };
  /** Whatever is cancelled: the messages that tell of a cancellation are sent too. Only the end of the deployment stops them. */
  private readonly sending = new CancellationScope({ cancellable: true, parent: new CancellationScope({ cancellable: false }) });

  constructor(
    private readonly request: DeploymentRequest,
    call: Call,
    private readonly changed: () => void,
  ) {
    const { deploymentId, spec } = request;
    this.postman = new Postman({ deploymentId, sinks: spec.sinks, tokens: spec.tokens, threads: {} }, call);
  }

  get notices(): readonly NoticeView[] {
    return this.told;
  }

  /** @param only names of sinks, where not all of the kind's. */
  send(
    { key: base, kind, again = '' }: Pick<Announcement, 'key' | 'kind' | 'again'>,
    { subject, text }: Message,
    only?: readonly string[],
  ): void {
    const names = only ?? sinksFor(this.request.spec, kind);
    const to = this.request.spec.sinks.map(({ name }) => name).filter((name) => names.includes(name));
    const before = this.said.get(base) ?? [];
    if (to.length === 0 || before.includes(again)) return;
    this.said.set(base, [...before, again]);
    const key = before.length === 0 ? base : `${base}-${before.length + 1}`;
    const notice: OpenNotice = { kind, key, at: Date.now(), subject, sinks: to.map((name) => ({ name, result: 'under way', note: '' })) };
    this.told.push(notice);
    const errand: Errand = { notice, letter: { kind, key, subject, text, to } };
    this.open = [...this.open, errand];
    const queue = kind === 'escalation' ? 'calls' : 'rest';
    this.last[queue] = this.last[queue].then(() => this.run(errand));
  }

  /** Waits until everything was sent, or given up: bounded by the activity's own limits. */
  async settled(): Promise<void> {
    await Promise.all([this.last.calls, this.last.rest]);
  }

  /** Waits for a moment. What is still on its way then is sent by a run of its own, so that the lane is free for what comes next. */
  async settledSoon(): Promise<void> {
    if (this.open.length === 0) return;
    if (await condition(() => this.open.length === 0, lastWait, { summary: 'the last messages are sent' })) return;
    this.sending.cancel();
    await this.settled();
    if (this.open.length === 0) return;
    const { deploymentId, spec, taskQueues } = this.request;
    const letters = this.open.map(({ letter }) => letter);
    const run = await handOn({ deploymentId, sinks: spec.sinks, tokens: spec.tokens, threads: this.postman.threads, taskQueues, letters });
    for (const { notice, letter } of this.open) {
      const note = `No answer yet when the deployment ended: ${run} goes on trying.`;
      notice.sinks = notice.sinks.map((sink) => (letter.to.includes(sink.name) ? { ...sink, result: 'undelivered', note } : sink));
    }
  }

  private async run(errand: Errand): Promise<void> {
    if (this.sending.consideredCancelled) return;
    const { notice, letter } = errand;
    const deliveries = await this.sending.run(() => this.postman.deliver(letter));
    const answers = new Map(deliveries.map(({ name, result, note = '' }) => [name, { name, result, note }]));
    notice.sinks = notice.sinks.map((sink) => answers.get(sink.name) ?? sink);
    const to = letter.to.filter((name) => !answers.has(name));
    errand.letter = { ...letter, to, mayRepeat: true };
    if (to.length === 0) this.open = this.open.filter((other) => other !== errand);
    this.changed();
  }
}
