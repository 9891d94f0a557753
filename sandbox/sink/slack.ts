import type { ServerResponse } from 'node:http';
import { respondJson } from '../http/server';
import type { Received } from './sink';

/** As much of Slack's Web API as a bot needs that posts messages and their answers. */
export function answerAsSlack(method: string, body: string, response: ServerResponse, record: (received: Received) => boolean): void {
  if (method !== 'chat.postMessage') return respondJson(response, 200, { ok: false, error: 'unknown_method' });
  const message = read(body);
  if (!message) return respondJson(response, 200, { ok: false, error: 'invalid_json' });
  const { channel, text, thread_ts: thread, metadata } = message;
  if (typeof channel !== 'string' || channel === '') return respondJson(response, 200, { ok: false, error: 'channel_not_found' });
  if (typeof text !== 'string' || text === '') return respondJson(response, 200, { ok: false, error: 'no_text' });
  const [subject = '', ...rest] = text.split('\n\n');
  const key = metadata?.event_payload?.key;
  record({
    idempotencyKey: typeof key === 'string' ? key : null,
    subject: plain(subject.replace(/^\*|\*$/g, '')),
    text: plain(rest.join('\n\n')),
    by: 'slack',
    answers: typeof thread === 'string' ? thread : null,
  });
  const now = Date.now();
  respondJson(response, 200, { ok: true, channel, ts: `${Math.floor(now / 1000)}.${String(now % 1000).padStart(3, '0')}000` });
}

interface Message {
  readonly channel?: unknown;
  readonly text?: unknown;
  readonly thread_ts?: unknown;
  readonly metadata?: { readonly event_payload?: { readonly key?: unknown } };
}

function read(body: string): Message | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

const plain = (text: string): string => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
