import { listen, readBody, respondJson } from '../http/server';

/** One notice as it arrived first. */
export interface Notice {
  readonly idempotencyKey: string | null;
  readonly subject: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** How often it came again with the same key. */
  readonly repeats: number;
}
export interface Sink {
  readonly url: string;
  notices(): readonly Notice[];
  stop(): Promise<void>;
}

/** A receiver of notices: POST records, GET lists. The same Idempotency-Key is recorded once. */
export async function startSink(port = 0): Promise<Sink> {
  let notices: readonly Notice[] = [];
  const record = (notice: Notice): boolean => {
    const known = notice.idempotencyKey !== null && notices.some((earlier) => earlier.idempotencyKey === notice.idempotencyKey);
    notices = known
      ? notices.map((earlier) =>
          earlier.idempotencyKey === notice.idempotencyKey ? { ...earlier, repeats: earlier.repeats + 1 } : earlier,
        )
      : [...notices, notice];
    return !known;
  };
  const server = await listen(async (request, response) => {
    if (request.method === 'GET') return respondJson(response, 200, notices);
    if (request.method !== 'POST') return respondJson(response, 405, { error: 'Send notices by POST, read them by GET.' });
    const notice = readNotice(await readBody(request));
    if (!notice) return respondJson(response, 400, { error: 'A notice is a JSON object with "subject" or "text".' });
    const key = request.headers['idempotency-key'];
    const recorded = record({ ...notice, idempotencyKey: typeof key === 'string' ? key : null, receivedAt: Date.now(), repeats: 0 });
    respondJson(response, recorded ? 201 : 200, { recorded });
  }, port);
  return { url: server.url, notices: () => notices, stop: () => server.close() };
}

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
