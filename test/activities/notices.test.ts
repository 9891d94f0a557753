import { describe, expect, test } from '@jest/globals';
import { ActivityCancellationDetails } from '@temporalio/common';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActivities } from '../../activities';
import { failure } from '../../activities/failures';
import { axiosHttp } from '../../activities/ports/http/adapter';
import { createNotices } from '../../activities/ports/notices/adapter';
import type { Notice, Notices, Sent } from '../../activities/ports/notices';
import type { NotifyReceipt, NotifyRequest } from '../../workflows/runbook/contract';
import { FakeClock, fakePorts } from '../fakes/ports';
import { startServer } from '../fakes/server';
import { run, surroundings } from './run';

const down = () => failure('Unavailable', 'ops.example.com refuses connections', { remedy: 'Start it.', wrote: false });
const lost = () => failure('Unavailable', 'ops.example.com took longer than 8000 ms', { remedy: 'Look at it.' });

/** Sinks by name, each with what its sendings come to: the next one at every sending, the last one for ever. */
function sinksThat(answers: Readonly<Record<string, readonly (Sent | Error)[]>>) {
  const sent: { readonly name: string; readonly notice: Notice; readonly secrets: readonly string[] }[] = [];
  const notices: Notices = {
    send(sink, notice, secrets) {
      const before = sent.filter(({ name }) => name === sink.name).length;
      sent.push({ name: sink.name, notice, secrets: Object.keys(secrets) });
      const all = answers[sink.name] ?? [{}];
      const answer = all[Math.min(before, all.length - 1)] ?? {};
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return { sent, notices };
}

function noticeTo(names: readonly string[], more: Partial<NotifyRequest> = {}): NotifyRequest {
  const sinks = names.map((name) => ({ kind: 'webhook' as const, name, url: `http://${name}`, token: 'sink' }));
  return { sinks, tokens: { sink: 'env:SINK' }, key: 'shop-1/status-1', kind: 'status', subject: 'started', text: 'v1', ...more };
}

describe('a notice', () => {
  test('goes to every sink; one that is down is tried three times, listed with its own sentence, and fails nothing', async () => {
    const { sent, notices } = sinksThat({ down: [down()] });
    const { notify } = createActivities(fakePorts({ notices }));
    const receipt = await run(notify, noticeTo(['chat', 'down', 'mail']));
    expect(receipt.sinks).toEqual([
      { name: 'chat', result: 'delivered' },
      { name: 'down', result: 'undelivered', note: 'ops.example.com refuses connections. Start it.' },
      { name: 'mail', result: 'delivered' },
    ]);
    expect(sent.map(({ name }) => name).sort()).toEqual(['chat', 'down', 'down', 'down', 'mail']);
    expect(new Set(sent.map(({ notice }) => notice.key))).toEqual(new Set(['shop-1/status-1']));
    expect(sent.every(({ notice, secrets }) => !notice.mayRepeat && secrets.join() === 'token')).toBe(true);
  });

  test('whose answer is lost is sent again as what may be a repeat, and the report says so', async () => {
    const { sent, notices } = sinksThat({ chat: [lost(), {}] });
    const receipt = await run(createActivities(fakePorts({ notices })).notify, noticeTo(['chat']));
    expect(receipt.sinks).toEqual([{ name: 'chat', result: 'perhaps twice', note: 'An answer was lost, and it was sent again.' }]);
    expect(sent.map(({ notice }) => notice.mayRepeat)).toEqual([false, true]);
  });

  test('whose answer is lost at a sink that can tell is there once', async () => {
    const { notices } = sinksThat({ log: [lost(), { isOnce: true }] });
    const receipt = await run(createActivities(fakePorts({ notices })).notify, noticeTo(['log']));
    expect(receipt.sinks).toEqual([{ name: 'log', result: 'delivered' }]);
  });

  test('that no answer ever came to may have arrived all the same', async () => {
    const { notices } = sinksThat({ chat: [lost()] });
    const receipt = await run(createActivities(fakePorts({ notices })).notify, noticeTo(['chat']));
    expect(receipt.sinks).toMatchObject([
      { result: 'undelivered', note: expect.stringMatching(/Look at it\. An answer was lost: it may have arrived\.$/) },
    ]);
  });

  test('waits as long as the sink asks for, but not for ever', async () => {
    const slow = (seconds: number) => failure('RateLimited', 'chat asks to send more slowly', { wrote: false }, seconds * 1_000);
    const { sent, notices } = sinksThat({ chat: [slow(7), {}], mail: [slow(120)] });
    const clock = new FakeClock();
    const began = clock.time;
    const receipt = await run(createActivities(fakePorts({ notices, clock })).notify, noticeTo(['chat', 'mail']));
    expect(receipt.sinks.map(({ result }) => result)).toEqual(['delivered', 'undelivered']);
    expect(sent.filter(({ name }) => name === 'mail')).toHaveLength(1);
    expect(clock.time - began).toBe(7_000);
  });

  test('that a sink refuses for good is not sent again', async () => {
    const { sent, notices } = sinksThat({ chat: [failure('Forbidden', 'chat knows no such token', { wrote: false })] });
    const receipt = await run(createActivities(fakePorts({ notices })).notify, noticeTo(['chat']));
    expect(receipt.sinks).toMatchObject([{ result: 'undelivered', note: 'chat knows no such token.' }]);
    expect(sent).toHaveLength(1);
  });

  test('to a sink whose secret is missing is undelivered, and says which', async () => {
    const secrets = {
      resolve: () => Promise.reject(failure('Misconfigured', 'The secret env:SINK is not there', { remedy: 'Set SINK.' })),
    };
    const receipt = await run(createActivities(fakePorts({ secrets })).notify, noticeTo(['chat']));
    expect(receipt.sinks).toEqual([{ name: 'chat', result: 'undelivered', note: 'The secret env:SINK is not there. Set SINK.' }]);
  });

  test('that is not waited for any more tells which sinks have it, and leaves the others out', async () => {
    const { notices, sent } = sinksThat({});
    const never = new Promise<Sent>(() => undefined);
    const slow: Notices = {
      send: (sink, notice, secrets, signal) =>
        sink.name === 'slow'
          ? Promise.race([never, new Promise<Sent>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))])
          : notices.send(sink, notice, secrets, signal),
    };
    const environment = surroundings();
    const receipt = environment.run(createActivities(fakePorts({ notices: slow })).notify, noticeTo(['chat', 'slow']));
    while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    environment.cancel();
    expect(await receipt).toEqual({ sinks: [{ name: 'chat', result: 'delivered' }] });
  });

  test('that another run has begun to send is told as what may be a repeat', async () => {
    const { sent, notices } = sinksThat({});
    const receipt = await run(createActivities(fakePorts({ notices })).notify, noticeTo(['chat'], { mayRepeat: true }));
    expect(sent[0]?.notice.mayRepeat).toBe(true);
    expect(receipt.sinks[0]?.result).toBe('perhaps twice');
  });

  test('answers the first message of the deployment, at each sink by its own name', async () => {
    const { sent, notices } = sinksThat({ chat: [{ thread: '1700.1' }] });
    const receipt = await run(
      createActivities(fakePorts({ notices })).notify,
      noticeTo(['chat', 'mail'], { threads: { mail: '<first@x>' } }),
    );
    expect(receipt.sinks[0]).toEqual({ name: 'chat', result: 'delivered', thread: '1700.1' });
    expect(sent.map(({ name, notice }) => [name, notice.thread])).toEqual([
      ['chat', undefined],
      ['mail', '<first@x>'],
    ]);
  });
});

describe('a worker that dies between two sinks', () => {
  test('leaves in its heartbeats what has arrived: the next one sends the rest alone, as what may be a repeat', async () => {
    const first = sinksThat({ chat: [{ thread: '1700.1' }] });
    const dying = surroundings();
    let known: unknown;
    dying.on('heartbeat', (details: unknown) => (known = details));
    const hangs: Notices = {
      send: (sink, ...rest) =>
        sink.name === 'chat'
          ? first.notices.send(sink, ...rest)
          : new Promise<Sent>((_, reject) => rest[2].addEventListener('abort', () => reject(rest[2].reason as Error))),
    };
    const attempt = dying.run<[NotifyRequest], NotifyReceipt, (request: NotifyRequest) => Promise<NotifyReceipt>>(
      createActivities(fakePorts({ notices: hangs })).notify,
      noticeTo(['chat', 'mail']),
    );
    while ((known as Record<string, { result?: string }> | undefined)?.['chat']?.result !== 'delivered') await new Promise(setImmediate);
    dying.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    await expect(attempt).rejects.toBeDefined();

    const second = sinksThat({});
    const receipt = await run(createActivities(fakePorts({ notices: second.notices })).notify, noticeTo(['chat', 'mail']), {
      attempt: 2,
      heartbeatDetails: known,
    });
    expect(second.sent.map(({ name, notice }) => [name, notice.mayRepeat])).toEqual([['mail', true]]);
    expect(receipt.sinks).toEqual([
      { name: 'chat', result: 'delivered', thread: '1700.1' },
      { name: 'mail', result: 'perhaps twice', note: 'An answer was lost, and it was sent again.' },
    ]);
  });
});

describe('real sinks of which three are broken', () => {
  test('give three sentences in one receipt, and the file has its line once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'analytics-deploy-sinks-'));
    const losing = await startServer((_, response) => void response.destroy());
    const refusing = await startServer((_, response) => void response.writeHead(403).end());
    try {
      const { notify } = createActivities(fakePorts({ notices: createNotices(axiosHttp, folder) }));
      const receipt = await run(notify, {
        sinks: [
          {
            ...{ kind: 'mail', name: 'mail', host: '127.0.0.1', port: 1, security: 'none' },
            ...{ from: 'deploy@example.com', to: ['team@example.com'] },
          },
          { kind: 'webhook', name: 'losing', url: losing.url },
          { kind: 'webhook', name: 'refusing', url: refusing.url },
          { kind: 'file', name: 'log', path: 'log.jsonl' },
        ] as NotifyRequest['sinks'],
        tokens: {},
        ...{ key: 'shop-1/success', kind: 'success', subject: 'is live', text: 'v1' },
      });
      expect(receipt.sinks.map(({ name, result, note }) => [name, result, note?.replace(/:\d{4,5}/, ':PORT')])).toEqual([
        [
          'mail',
          'undelivered',
          'The mail server 127.0.0.1:1 cannot be reached (ECONNREFUSED). Start it, or correct host and port of the sink mail.',
        ],
        ['losing', 'undelivered', expect.stringMatching(/ECONNRESET.* An answer was lost: it may have arrived\.$/)],
        ['refusing', 'undelivered', '127.0.0.1:PORT answered 403. Correct the token that the sink names.'],
        ['log', 'delivered', undefined],
      ]);
      expect(losing.heard.map(({ headers }) => headers['idempotency-key'])).toEqual(Array.from({ length: 3 }, () => 'shop-1/success'));
      expect(readFileSync(join(folder, 'log.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(1);
    } finally {
      await Promise.all([losing.close(), refusing.close()]);
      rmSync(folder, { recursive: true });
    }
  });
});
