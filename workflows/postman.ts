import { CancellationScope, TemporalFailure } from '@temporalio/workflow';
import { heardLast, readFailure, type Call } from './calls';
import type { Delivery, NotifyReceipt, NotifyRequest } from './runbook/contract';
import { secretsOf, type SecretReference, type SinkSpec } from './runbook/spec';

/** One message on its way. */
export interface Letter extends Required<Pick<NotifyRequest, 'kind' | 'key' | 'subject' | 'text'>> {
  /** Names of the sinks that get it. */
  readonly to: readonly string[];
  /** Somebody has begun to send it, and nobody knows how far that came. */
  readonly mayRepeat?: true;
}
/** Where a deployment's messages go, and what each sink calls the first of them. */
export interface Round {
  readonly deploymentId: string;
  readonly sinks: readonly SinkSpec[];
  readonly tokens: Readonly<Record<string, SecretReference>>;
  readonly threads: Readonly<Record<string, string>>;
}

/** Takes messages to their sinks, one activity each. Mutable: it remembers what each sink calls the deployment's thread. */
export class Postman {
  readonly threads: Record<string, string>;

  constructor(
    private readonly round: Round,
    private readonly call: Call,
  ) {
    this.threads = { ...round.threads };
  }

  /** Says what became of it at each sink; one that does not take it is no failure. Where its scope is cancelled: what is known by then. */
  async deliver({ to, key, kind, subject, text, mayRepeat }: Letter): Promise<readonly Delivery[]> {
    const { deploymentId, tokens } = this.round;
    const sinks = this.round.sinks.filter(({ name }) => to.includes(name));
    const isNeeded = (token: string) => sinks.some((sink) => Object.values(secretsOf(sink)).includes(token));
    const request: NotifyRequest = {
      ...{ sinks, key: `${deploymentId}/${key}`, kind, subject, text },
      tokens: only(tokens, isNeeded),
      threads: only(this.threads, (name) => to.includes(name)),
      ...(mayRepeat ? { mayRepeat } : {}),
    };
    const deliveries = await this.sent(request, key);
    for (const { name, thread } of deliveries) if (thread !== undefined) this.threads[name] ??= thread;
    return deliveries;
  }

  private async sent(request: NotifyRequest, key: string): Promise<readonly Delivery[]> {
    try {
      const options = { id: `notice.${key}`, summary: `notice: ${key}`, policy: 'notice', answersWhenStopped: true } as const;
      return (await this.call<NotifyRequest, NotifyReceipt>('notify', request, options)).sinks;
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      const isStopped = CancellationScope.current().consideredCancelled;
      return request.sinks.flatMap(({ name }): Delivery | readonly Delivery[] => {
        const answer = arrived(heardLast(error), name);
        if (answer) return answer;
        return isStopped ? [] : { name, result: 'undelivered', note: withoutAnswer(error) };
      });
    }
  }
}

/** What the worker had told of a sink before it stopped. */
function arrived(heard: unknown, name: string): Delivery | null {
  const told = typeof heard === 'object' && heard !== null ? (heard as Readonly<Record<string, Delivery | string>>)[name] : undefined;
  return typeof told === 'object' ? told : null;
}

function withoutAnswer(error: unknown): string {
  return `the worker that sent it gave no answer (${readFailure(error)?.message ?? 'stopped'}): it may have arrived`;
}

function only<Value>(named: Readonly<Record<string, Value>>, isNeeded: (name: string) => boolean): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(named).filter(([name]) => isNeeded(name)));
}
