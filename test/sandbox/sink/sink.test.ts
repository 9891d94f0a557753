import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Sink, startSink } from '../../../sandbox/sink/sink';

let sink: Sink;
beforeAll(async () => {
  sink = await startSink();
});
afterAll(() => sink.stop());

const send = async (body: string, key: string): Promise<number> =>
  (await fetch(`${sink.url}/hook`, { method: 'POST', body, headers: { 'idempotency-key': key } })).status;

test('a notice that comes twice with the same key is recorded once', async () => {
  const body = JSON.stringify({ subject: 'Started', text: 'v1.0.0' });
  expect([await send(body, 'd/started'), await send(body, 'd/started'), await send(body, 'd/ended')]).toEqual([201, 200, 201]);
  expect(sink.notices().map(({ subject, idempotencyKey, repeats }) => [subject, idempotencyKey, repeats])).toEqual([
    ['Started', 'd/started', 1],
    ['Started', 'd/ended', 0],
  ]);
  expect(await (await fetch(sink.url)).json()).toHaveLength(2);
});

test('what is no notice is refused', async () => {
  expect([await send('no json', 'a'), await send('{"other":1}', 'b')]).toEqual([400, 400]);
});
