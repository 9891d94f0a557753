import type { NoticeKind, SecretReference, SinkSpec } from '../spec';

/** What people are told. */
export interface NoticeActivities {
  /** Sends one notice to all sinks. Never fails the deployment. */
  notify(request: NotifyRequest): Promise<NotifyReceipt>;
}

export interface NotifyRequest {
  readonly sinks: readonly SinkSpec[];
  readonly tokens: Readonly<Record<string, SecretReference>>;
  /** `deploymentId/kind`: the sink's Idempotency-Key. */
  readonly key: string;
  /** Absent from deployments that were begun before there were announcements. */
  readonly kind?: NoticeKind;
  readonly subject: string;
  readonly text: string;
  /** What the first message of the deployment was called, by sink: it is answered. */
  readonly threads?: Readonly<Record<string, string>>;
  /** Another run has begun to send it, and nobody knows how far that came. */
  readonly mayRepeat?: true;
}

/** Without the sinks whose answer was not waited for. */
export interface NotifyReceipt {
  readonly sinks: readonly Delivery[];
}
/** What became of one message at one sink. */
export interface Delivery {
  readonly name: string;
  /** `perhaps twice`: an answer was lost, and it was sent again. */
  readonly result: 'delivered' | 'undelivered' | 'perhaps twice';
  /** Why not, or what else there is to say; one sentence. */
  readonly note?: string;
  /** What later messages answer. */
  readonly thread?: string;
}
