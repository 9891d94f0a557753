import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { axiosHttp } from '../../../../activities/ports/http/adapter';
import type { Notice } from '../../../../activities/ports/notices';
import { createNotices } from '../../../../activities/ports/notices/adapter';
import { Secret } from '../../../../activities/ports/secrets';
import type { SlackSinkSpec } from '../../../../workflows/runbook/spec';
import { json, startServer } from '../../../fakes/server';
import { failing } from '../../run';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer(() => undefined);
});
afterAll(() => server.close());
beforeEach(() => {
  server.heard.length = 0;
});

const notice: Notice = {
  key: 'shop-1/issue-2.3',
  kind: 'issue',
  subject: 'a & b',
  text: '<!channel> errors > 5 %',
  thread: undefined,
  mayRepeat: false,
};
const bot = (): SlackSinkSpec => ({ kind: 'slack', name: 'chat', channel: 'C0123', token: 'bot', api: `${server.url}/api` });
const send = (change: Partial<Notice> = {}) =>
  createNotices(axiosHttp, '/nowhere').send(bot(), { ...notice, ...change }, { token: new Secret('xoxb-1') }, new AbortController().signal);
const sent = (place = 0) => JSON.parse(server.heard[place]?.body ?? '{}') as Readonly<Record<string, unknown>>;
/** Slack's answers by method. */
const slack = (answers: Readonly<Record<string, unknown>>): void => {
  server.answer = ({ url }, response) =>
    json(response, 200, answers[url.replace(/^\/api\/|\?.*$/g, '')] ?? { ok: false, error: 'unknown_method' });
};

describe('Slack by a bot', () => {
  test('gets the message as text that obeys nothing, and names the thread', async () => {
    slack({ 'chat.postMessage': { ok: true, ts: '1700.1', channel: 'C0123' } });
    expect(await send()).toEqual({ thread: '1700.1' });
    expect(server.heard[0]?.headers.authorization).toBe('Bearer xoxb-1');
    expect(sent()).toMatchObject({
      channel: 'C0123',
      text: '*a &amp; b*\n\n&lt;!channel&gt; errors &gt; 5 %',
      metadata: { event_payload: { key: notice.key } },
    });
    expect(sent()).not.toHaveProperty('thread_ts');
  });

  test('mentions people and groups by their ids, and nobody else', async () => {
    slack({ 'chat.postMessage': { ok: true, ts: '1700.1' } });
    await send({ text: '<!subteam^S0123> <@U0123>: look; <!here> <https://evil.example|x>' });
    expect(sent()['text']).toContain('<!subteam^S0123> <@U0123>: look; &lt;!here&gt; &lt;https://evil.example|x&gt;');
  });

  test('answers in the thread; what is wrong or over is shown in the channel too', async () => {
    slack({ 'chat.postMessage': { ok: true, ts: '1700.9' } });
    expect(await send({ thread: '1700.1' })).toEqual({ thread: '1700.1' });
    await send({ thread: '1700.1', kind: 'status' });
    expect(sent(0)).toMatchObject({ thread_ts: '1700.1', reply_broadcast: true });
    expect(sent(1)).not.toHaveProperty('reply_broadcast');
  });

  test('after a lost answer looks for its own copy by the key, and sends nothing where it is there', async () => {
    const messages = [{ ts: '1700.5', metadata: { event_payload: { key: notice.key } } }];
    slack({ 'conversations.replies': { ok: true, messages } });
    expect(await send({ thread: '1700.1', mayRepeat: true })).toEqual({ thread: '1700.1', isOnce: true });
    expect(server.heard.map(({ url }) => url.replace(/\?.*/, ''))).toEqual(['/api/conversations.replies']);
  });

  test('after a lost answer sends it where no copy is, once', async () => {
    slack({ 'conversations.history': { ok: true, messages: [{ ts: '1' }] }, 'chat.postMessage': { ok: true, ts: '1700.6' } });
    expect(await send({ mayRepeat: true })).toEqual({ thread: '1700.6', isOnce: true });
    expect(sent(1)['text']).not.toContain('may be a repeat');
  });

  test('after a lost answer looks through a long thread to its end, and marks the repeat where it cannot', async () => {
    const page = (cursor: string) => ({ ok: true, messages: [{ ts: '1' }], has_more: true, response_metadata: { next_cursor: cursor } });
    const found = { ok: true, messages: [{ ts: '1700.9', metadata: { event_payload: { key: notice.key } } }] };
    server.answer = ({ url }, response) => json(response, 200, url.includes('cursor=two') ? found : page('two'));
    expect(await send({ thread: '1700.1', mayRepeat: true })).toEqual({ thread: '1700.1', isOnce: true });
    expect(server.heard).toHaveLength(2);
    slack({ 'conversations.replies': page('for ever'), 'chat.postMessage': { ok: true, ts: '1700.6' } });
    const { isOnce, note } = await send({ thread: '1700.1', mayRepeat: true });
    expect(isOnce).toBeUndefined();
    expect(note).toContain('the channel named by its id');
  });

  test('that may not read its channel marks the repeat, and says what right it lacks', async () => {
    slack({ 'conversations.history': { ok: false, error: 'missing_scope' }, 'chat.postMessage': { ok: true, ts: '1700.6' } });
    const { isOnce, note } = await send({ mayRepeat: true });
    expect(isOnce).toBeUndefined();
    expect(note).toContain('channels:history');
    expect(sent(1)['text']).toContain('it may be a repeat');
  });

  test.each([
    ['invalid_auth', 'Forbidden', /Slack answered "invalid_auth" for channel C0123\. Store a valid bot token/, false],
    ['not_in_channel', 'NotFound', /invite the app to it/, false],
    ['missing_scope', 'Forbidden', /chat:write/, false],
    ['msg_too_long', 'Invalid', /msg_too_long/, false],
    ['fatal_error', 'Unavailable', /status\.slack\.com/, undefined],
  ])('that answers %s fails as %s, with what to do', async (error, type, words, wrote) => {
    slack({ 'chat.postMessage': { ok: false, error } });
    const told = await failing(send());
    expect(told).toMatchObject({ type, message: expect.stringMatching(words) });
    expect(told.wrote).toBe(wrote);
  });

  test('that asks to wait is waited for', async () => {
    server.answer = (_, response) => void response.writeHead(429, { 'retry-after': '7' }).end();
    expect(await failing(send())).toMatchObject({ type: 'RateLimited', final: false, wrote: false });
  });
});

describe('Slack by an incoming webhook', () => {
  const post = (hook = `${server.url}/services/T1/B1/secret`, change: Partial<Notice> = {}) =>
    createNotices(axiosHttp, '/nowhere').send(
      { kind: 'slack', name: 'chat', hook: 'hook', api: 'https://slack.com/api' },
      { ...notice, ...change },
      { hook: new Secret(hook) },
      new AbortController().signal,
    );

  test('gets the message, knows no thread, and has a repeat marked', async () => {
    server.answer = (_, response) => void response.end('ok');
    expect(await post(undefined, { thread: '1700.1', mayRepeat: true })).toEqual({});
    expect(server.heard[0]?.url).toBe('/services/T1/B1/secret');
    expect(sent()['text']).toContain('it may be a repeat');
  });

  test.each([
    [404, 'NotFound'],
    [403, 'Invalid'],
    [429, 'RateLimited'],
    [500, 'Unavailable'],
  ])('that answers %d fails as %s, without its secret address', async (status, type) => {
    server.answer = (_, response) => void response.writeHead(status).end('no_service');
    const told = await failing(post());
    expect(told.type).toBe(type);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  test('that is not there is told without its secret address', async () => {
    const told = await failing(post('http://127.0.0.1:1/services/T1/B1/secret'));
    expect(told).toMatchObject({ type: 'Unavailable', wrote: false });
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  test('whose secret is no address is told so, without it', async () => {
    const told = await failing(post('xoxb-123'));
    expect(told).toMatchObject({ type: 'Misconfigured' });
    expect(JSON.stringify(told)).not.toContain('xoxb-123');
  });
});
