import type { SlackSinkSpec } from '../../../workflows/runbook/spec';
import { failure } from '../../failures';
import type { FailureType } from '../../../workflows/runbook/failures';
import type { Http, HttpAnswer } from '../http';
import type { Notice, Sent } from '../notices';
import type { Secret } from '../secrets';
import type { Sender } from './adapter';
import { deadline } from './limits';
import { refusal } from './refusal';
import { repeatMark } from './text';

/** Messages of these kinds are shown in the channel too, not in their thread alone. */
const broadcast: ReadonlySet<Notice['kind']> = new Set(['issue', 'rollback', 'success', 'escalation']);
const eventType = 'analytics_deploy_notice';
/** In how many messages a copy is looked for: so many pages of so many. */
const pages = 5;
const perPage = 200;

/** Slack: by a bot's token, in one thread per deployment; or by an incoming webhook, which knows no threads. */
export function slackSender(http: Http): Sender<SlackSinkSpec> {
  return (sink, notice, { token, hook }, signal) => {
    if (hook) return byWebhook(http, hook, notice, signal);
    return byBot(http, sink, token, notice, signal);
  };
}

async function byBot(http: Http, sink: SlackSinkSpec, token: Secret | undefined, notice: Notice, signal: AbortSignal): Promise<Sent> {
  const channel = sink.channel ?? '';
  const { key, kind, thread, mayRepeat } = notice;
  const earlier = mayRepeat ? await findCopy() : null;
  if (earlier?.ts !== undefined) return { thread: thread ?? earlier.ts, isOnce: true };
  const isMarked = mayRepeat && earlier === null;
  const { ts } = await call('chat.postMessage', {
    channel,
    text: words(notice, isMarked),
    // Names of people and groups in a text are made mentions.
    link_names: true,
    unfurl_links: false,
    // By this a copy is found again.
    metadata: { event_type: eventType, event_payload: { key } },
    ...(thread === undefined ? {} : { thread_ts: thread, ...(broadcast.has(kind) ? { reply_broadcast: true } : {}) }),
  });
  return {
    ...(typeof ts === 'string' ? { thread: thread ?? ts } : {}),
    ...(earlier ? { isOnce: true } : {}),
    ...(isMarked ? { note: unfound } : {}),
  };

  /** The copy of an earlier sending; no `ts` where there is certainly none, null where the app may not look, or not far enough. */
  async function findCopy(): Promise<{ readonly ts?: string } | null> {
    const where = thread === undefined ? 'conversations.history' : `conversations.replies`;
    try {
      let cursor = '';
      for (let page = 1; page <= pages; page++) {
        const query = new URLSearchParams({
          channel,
          include_all_metadata: 'true',
          limit: String(perPage),
          ...(thread === undefined ? {} : { ts: thread }),
          ...(cursor === '' ? {} : { cursor }),
        });
        const { messages, has_more: hasMore, response_metadata: next } = await call(`${where}?${query.toString()}`);
        if (!Array.isArray(messages)) return null;
        const found = (messages as readonly SlackMessage[]).find(({ metadata }) => metadata?.event_payload?.key === key);
        if (typeof found?.ts === 'string') return { ts: found.ts };
        if (hasMore !== true) return {};
        cursor = cursorIn(next);
        if (cursor === '') return null;
      }
      return null;
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  async function call(method: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const answer = await http.send({
      method: body === undefined ? 'GET' : 'POST',
      base: sink.api,
      path: method,
      token,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json; charset=utf-8' }, body }),
      deadline,
      signal,
    });
    const fields = answer.status === 200 ? parsed(answer) : null;
    if (answer.status !== 200 || fields === null) throw refusedByStatus('Slack', answer);
    if (fields['ok'] !== true) throw refusedBySlack(typeof fields['error'] === 'string' ? fields['error'] : 'no reason', channel, answer);
    return fields;
  }
}

/** Slack looks in channels by their id alone. */
const unfound = 'With the scope channels:history, and the channel named by its id, the app could tell whether the first one had arrived.';

/** Where the next page begins; empty where Slack names none. */
function cursorIn(metadata: unknown): string {
  const cursor = (metadata as { readonly next_cursor?: unknown } | null | undefined)?.next_cursor;
  return typeof cursor === 'string' ? cursor : '';
}

interface SlackMessage {
  readonly ts?: unknown;
  readonly metadata?: { readonly event_payload?: { readonly key?: unknown } };
}

/** The webhook's address is its secret: it is in no message. */
async function byWebhook(http: Http, hook: Secret, notice: Notice, signal: AbortSignal): Promise<Sent> {
  const url = URL.parse(hook.reveal());
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw refusal('Misconfigured', 'The secret of the incoming webhook is no address', 'Store the whole address that Slack shows.');
  }
  const named = `The incoming webhook at ${url.host}`;
  const answer = await http
    .send({ method: 'POST', base: url.href, body: { text: words(notice, notice.mayRepeat), link_names: true }, deadline, signal })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      const { wrote } = ((error as { details?: readonly { wrote?: boolean }[] }).details ?? [])[0] ?? {};
      throw failure('Unavailable', `${named} gave no answer`, {
        remedy: 'Check that the worker may reach it.',
        ...(wrote === false ? { wrote } : {}),
      });
    });
  if (answer.status !== 200) throw refusedByStatus(named, answer);
  return {};
}

function refusedByStatus(who: string, { status, headers }: HttpAnswer): Error {
  if (status === 429)
    return refusal('RateLimited', `${who} asks to send more slowly`, 'It is tried again when it says.', headers['retry-after']);
  if (status >= 500 || status === 200)
    return failure('Unavailable', `${who} answered ${status} without a word that it took it`, { remedy: 'See status.slack.com.' });
  return status === 404 || status === 410
    ? refusal('NotFound', `${who} answered ${status}: it is not there any more`, 'Make a new one, and store its address.')
    : refusal('Invalid', `${who} answered ${status}`, 'Correct the sink in the spec.');
}

/** What Slack's own words for a refusal mean, and what to do. Others are told as they are. */
const refusals: Readonly<Record<string, readonly [type: FailureType, remedy: string]>> = {
  ...same(
    ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive'],
    'Forbidden',
    'Store a valid bot token of the app.',
  ),
  ...same(['missing_scope', 'no_permission', 'not_allowed_token_type'], 'Forbidden', 'Give the app the scope chat:write.'),
  ...same(['channel_not_found', 'not_in_channel'], 'NotFound', 'Correct the channel of the sink, and invite the app to it.'),
  ...same(['is_archived'], 'Invalid', 'Name a channel that is in use.'),
};
function same(errors: readonly string[], type: FailureType, remedy: string): Record<string, readonly [FailureType, string]> {
  return Object.fromEntries(errors.map((error) => [error, [type, remedy] as const]));
}
/** Of these Slack itself does not know what became of the message. */
const unsure: ReadonlySet<string> = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

function refusedBySlack(error: string, channel: string, { headers }: HttpAnswer): Error {
  const what = `Slack answered "${error}" for channel ${channel}`;
  if (error === 'ratelimited' || error === 'rate_limited')
    return refusal('RateLimited', what, 'It is tried again when it says.', headers['retry-after']);
  if (unsure.has(error)) return failure('Unavailable', what, { remedy: 'See status.slack.com.' });
  const [type, remedy] = refusals[error] ?? (['Invalid', 'Correct the sink in the spec.'] as const);
  return refusal(type, what, remedy);
}

function parsed({ body }: HttpAnswer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** Slack's own signs are taken from texts; a mention such as <!subteam^S0123> or <@U0123> stays one. */
function words({ subject, text }: Notice, isMarked: boolean): string {
  return [`*${escaped(subject)}*`, escaped(text), ...(isMarked ? [repeatMark] : [])].join('\n\n');
}
function escaped(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/<(?!(?:@[UW]|!subteam\^S)[A-Z0-9]+>)/g, '&lt;')
    .replace(/(?<!<(?:@[UW]|!subteam\^S)[A-Z0-9]{1,30})>/g, '&gt;');
}
