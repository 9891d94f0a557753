/** Where notices go. */
export type SinkSpec = WebhookSinkSpec | SlackSinkSpec | MailSinkSpec | FileSinkSpec;

/** A JSON post; its Idempotency-Key tells repeats apart. */
export interface WebhookSinkSpec {
  readonly kind: 'webhook';
  readonly name: string;
  readonly url: string;
  readonly token?: string;
}

/** Slack: a bot that posts into a channel, one thread per deployment; or an incoming webhook, which knows no threads. */
export interface SlackSinkSpec {
  readonly kind: 'slack';
  readonly name: string;
  /** Id of the channel, for a bot. */
  readonly channel?: string;
  /** Name in `tokens` of the bot's token. */
  readonly token?: string;
  /** Name in `tokens` of the incoming webhook's address, which is a secret. */
  readonly hook?: string;
  /** Base URL of the Web API. */
  readonly api: string;
}

/** E-mail by SMTP. */
export interface MailSinkSpec {
  readonly kind: 'mail';
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `starttls`: asked for, and nothing is sent without it. `tls`: from the first byte. `none`: in the clear. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly user?: string;
  /** Name in `tokens` of the password. */
  readonly token?: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** JSON lines in a file of the worker's machine. */
export interface FileSinkSpec {
  readonly kind: 'file';
  readonly name: string;
  /** Below `ANALYTICS_DEPLOY_NOTICES`. */
  readonly path: string;
}

/** The secrets of a sink: what they are for, and their names in `tokens`. */
export function secretsOf(sink: SinkSpec): Readonly<Record<string, string>> {
  const token = 'token' in sink ? sink.token : undefined;
  const hook = 'hook' in sink ? sink.hook : undefined;
  return { ...(token === undefined ? {} : { token }), ...(hook === undefined ? {} : { hook }) };
}
