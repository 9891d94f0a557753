import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { axiosHttp } from '../../../activities/ports/http/adapter';
import { createNotices } from '../../../activities/ports/notices/adapter';
import { Secret } from '../../../activities/ports/secrets';
import { overridesOf, type Urls } from '../../../sandbox/world/overrides';
import { type Sink, startSink } from '../../../sandbox/sink/sink';
import { readSpec, starterSpec } from '../../../spec';
import type { SinkSpec } from '../../../workflows/runbook/spec';

let sink: Sink;
beforeAll(async () => {
  sink = await startSink();
});
afterAll(() => sink.stop());

/** The default spec's sinks, as the sandbox points them at itself. */
function sinksHere(): readonly SinkSpec[] {
  const result = readSpec(starterSpec(), 'analytics.yaml');
  if (!result.ok) throw new Error('the default spec is in order');
  const elsewhere = 'http://127.0.0.1:1';
  const urls: Urls = {
    ...{ production: elsewhere, inCluster: elsewhere, staging: elsewhere, monitoring: elsewhere, registry: elsewhere },
    ...{ git: elsewhere, control: elsewhere, kubernetes: elsewhere },
    ...{ redis: elsewhere, prometheus: elsewhere, alertmanager: elsewhere, tlsHost: 'localhost:1', hostsCa: '/nowhere' },
    ...{ sink: sink.url, slack: sink.slack, mail: sink.mail },
  };
  return overridesOf(result.spec, urls, 'sandbox', {}, false).sinks;
}

test("the default spec's messages arrive in the sandbox by Slack, mail and webhook, and show what they answer", async () => {
  const notices = createNotices(axiosHttp, '/nowhere');
  const secrets = { token: new Secret('anything') };
  const { signal } = new AbortController();
  for (const to of sinksHere().filter(({ kind }) => kind !== 'file')) {
    const first = { kind: 'announcement' as const, subject: 'begins & ends', text: 'när\n\n- one', thread: undefined, mayRepeat: false };
    const { thread } = await notices.send(to, { ...first, key: `shop-1/announcement` }, secrets, signal);
    await notices.send(to, { ...first, key: `shop-1/status-1`, thread }, secrets, signal);
  }
  const arrived = sink.notices();
  expect(arrived.map(({ by, idempotencyKey, subject, text }) => [by, idempotencyKey, subject, text])).toEqual(
    ['slack', 'mail', 'webhook'].flatMap((by) =>
      ['announcement', 'status-1'].map((kind) => [by, `shop-1/${kind}`, 'begins & ends', 'när\n\n- one']),
    ),
  );
  expect(arrived.map(({ answers }) => answers !== null)).toEqual([false, true, false, true, false, false]);
});

test('what Slack would refuse is refused', async () => {
  const post = async (method: string, body: string) => (await fetch(`${sink.slack}/${method}`, { method: 'POST', body })).json();
  expect(await post('chat.postMessage', '{"text":"x"}')).toEqual({ ok: false, error: 'channel_not_found' });
  expect(await post('chat.postMessage', '{')).toEqual({ ok: false, error: 'invalid_json' });
  expect(await post('chat.delete', '{}')).toEqual({ ok: false, error: 'unknown_method' });
});
