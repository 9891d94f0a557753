import { listen, readBody, respondJson } from '../http/server';
import { answerAsSlack } from './slack';
import { startMailbox } from './mailbox';

/** One notice as it arrived first. */
export interface Notice {
  readonly idempotencyKey: string | null;
  readonly subject: string;
  readonly text: string;
  /** How it came. */
  readonly by: 'webhook' | 'slack' | 'mail';
  /** What it answers: a message of Slack's or a Message-ID; null for the first of a thread. */
  readonly answers: string | null;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** How often it came again with the same key. */
  readonly repeats: number;
}
/** What a receiver has read of a notice. */
export type Received = Omit<Notice, 'receivedAt' | 'repeats'>;
export interface Sink {
  readonly url: string;
  /** Slack's Web API. */
  readonly slack: string;
  /** Where mail is taken. */
  readonly mail: { readonly host: string; readonly port: number };
  notices(): readonly Notice[];
  stop(): Promise<void>;
}

/** A receiver of notices, as webhook, as Slack and as mail server: POST records, GET lists. The same key is recorded once for each way. */
export async function startSink(port = 0): Promise<Sink> {
  let notices: readonly Notice[] = [];
  const record = (received: Received): boolean => {
    const isSame = ({ idempotencyKey, by }: Notice) =>
      idempotencyKey !== null && idempotencyKey === received.idempotencyKey && by === received.by;
    const isKnown = notices.some(isSame);
    notices = isKnown
      ? notices.map((earlier) => (isSame(earlier) ? { ...earlier, repeats: earlier.repeats + 1 } : earlier))
      : [...notices, { ...received, receivedAt: Date.now(), repeats: 0 }];
    return !isKnown;
  };
  const mailbox = await startMailbox(record);
  const server = await listen(async (request, response) => {
    if (request.url?.startsWith(slackPath))
      return answerAsSlack(request.url.slice(slackPath.length), await readBody(request), response, record);
    if (request.method === 'GET') return respondJson(response, 200, notices);
    if (request.method !== 'POST') return respondJson(response, 405, { error: 'Send notices by POST, read them by GET.' });
    const notice = readNotice(await readBody(request));
    if (!notice) return respondJson(response, 400, { error: 'A notice is a JSON object with "subject" or "text".' });
    const key = request.headers['idempotency-key'];
    const recorded = record({ ...notice, idempotencyKey: typeof key === 'string' ? key : null, by: 'webhook', answers: null });
    respondJson(response, recorded ? 201 : 200, { recorded });
  }, port);
  return {
    url: server.url,
    slack: server.url + slackPath.slice(0, -1),
    mail: { host: mailbox.host, port: mailbox.port },
    notices: () => notices,
    stop: async () => {
      await Promise.all([server.close(), mailbox.stop()]);
    },
  };
}
const slackPath = '/slack/api/';

function readNotice(body: string): Pick<Notice, 'subject' | 'text'> | null {
  const value = parse(body);
  if (typeof value !== 'object' || value === null) return null;
  const { subject, text } = value as { readonly subject?: unknown; readonly text?: unknown };
  if (typeof subject !== 'string' && typeof text !== 'string') return null;
  return { subject: typeof subject === 'string' ? subject : '', text: typeof text === 'string' ? text : '' };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
