import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { axiosHttp } from '../../../../activities/ports/http/adapter';
import type { Notice } from '../../../../activities/ports/notices';
import { createNotices } from '../../../../activities/ports/notices/adapter';
import { Secret } from '../../../../activities/ports/secrets';
import { startServer } from '../../../fakes/server';
import { failing } from '../../run';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer(() => undefined);
});
afterAll(() => server.close());
beforeEach(() => {
  server.heard.length = 0;
});

const notice: Notice = { key: 'shop-1/status-1', kind: 'status', subject: 's', text: 't', thread: undefined, mayRepeat: false };
const send = (change: Partial<Notice> = {}, url = `${server.url}/hook`) =>
  createNotices(axiosHttp, '/nowhere').send(
    { kind: 'webhook', name: 'ops', url, token: 'hook' },
    { ...notice, ...change },
    { token: new Secret('hunter2') },
    new AbortController().signal,
  );

describe('a webhook', () => {
  test('gets the key of the notice, and no character that a terminal or a header obeys', async () => {
    server.answer = (_, response) => void response.end();
    await send({ key: 'shop-1/ended\r\nx: y', subject: 'a\u001b[31m\nb', text: 'one\ntwo\u001b[0m' });
    expect(server.heard[0]?.headers).toMatchObject({ 'idempotency-key': 'shop-1/ended-x:-y', authorization: 'Bearer hunter2' });
    expect(JSON.parse(server.heard[0]?.body ?? '')).toMatchObject({ kind: 'status', subject: 'a [31m b', text: 'one\ntwo[0m' });
  });

  test('is told what may be a repeat, by the same key', async () => {
    server.answer = (_, response) => void response.end();
    await send({ mayRepeat: true });
    expect(JSON.parse(server.heard[0]?.body ?? '')).toMatchObject({ key: 'shop-1/status-1', mayRepeat: true });
  });

  test.each([
    [500, 'Unavailable', false, undefined],
    [503, 'Unavailable', false, false],
    [502, 'Unavailable', false, undefined],
    [429, 'RateLimited', false, false],
    [403, 'Forbidden', true, false],
    [404, 'Invalid', true, false],
    [302, 'Invalid', true, false],
  ])('that answers %d fails as %s', async (status, type, final, wrote) => {
    server.answer = (_, response) => void response.writeHead(status, { 'retry-after': '3' }).end();
    const told = await failing(send());
    expect(told).toMatchObject({ type, final });
    expect(told.wrote).toBe(wrote);
    expect(told.message).toContain(`127.0.0.1:${new URL(server.url).port}`);
  });

  test('that takes it and loses the answer may have it', async () => {
    server.answer = (_, response) => void response.destroy();
    expect((await failing(send())).wrote).toBeUndefined();
  });

  test('that is not there has certainly not got it', async () => {
    const told = await failing(send({}, 'http://127.0.0.1:1/hook'));
    expect(told).toMatchObject({ type: 'Unavailable', wrote: false });
  });
});
