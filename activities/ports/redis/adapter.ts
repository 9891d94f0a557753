import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import type * as Client from '@redis/client';
import { codeOf, failure, quote } from '../../failures';
import { readAuthorities } from '../authorities';
import type { Redis, RedisFacts, RedisQuestion } from '../redis';

/** The library is loaded only when a server is first asked. */
const load = (): typeof Client => createRequire(__filename)('@redis/client') as typeof Client;

/** Redis by its official client: one connection a look, without a second try, as retries are the policy's. */
export const redisClient: Redis = {
  async look(question) {
    const { server, deadline, signal } = question;
    const where = addressOf(server);
    const client = load().createClient(await optionsOf(question, where));
    // Without a listener a broken connection would end the process; what went wrong is told by the call that fails.
    client.on('error', () => undefined);
    const late = AbortSignal.timeout(deadline);
    const given = AbortSignal.any([signal, late]);
    const stop = () => client.destroy();
    try {
      return await untilAborted(given, stop, async () => {
        await client.connect();
        const took = await fastestPing(client);
        const info = fieldsOf(await client.info());
        const cluster = info['cluster_enabled'] === '1' ? fieldsOf(await client.clusterInfo()) : null;
        return { took, info, cluster } satisfies RedisFacts;
      });
    } catch (error) {
      signal.throwIfAborted();
      throw told(error, server, late.aborted ? deadline : null);
    } finally {
      if (client.isOpen) client.destroy();
    }
  },
};

function addressOf(server: string): URL {
  const url = URL.parse(server);
  if (url && /^rediss?:$/.test(url.protocol) && url.hostname !== '') return url;
  throw failure('Misconfigured', `${quote(server, 100)} is no redis or rediss address`, { remedy: 'Correct the address in the spec.' });
}

async function optionsOf({ user, password, ca, deadline }: RedisQuestion, url: URL) {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const trusted = await readAuthorities(ca);
  const place = { host, port: Number(url.port || 6379), connectTimeout: deadline, reconnectStrategy: false } as const;
  return {
    RESP: 2 as const,
    socket:
      url.protocol === 'rediss:'
        ? { ...place, tls: true as const, ...(isIP(host) ? {} : { servername: host }), ...(trusted ? { ca: trusted } : {}) }
        : place,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    disableOfflineQueue: true,
    disableClientInfo: true,
  };
}

async function untilAborted<T>(signal: AbortSignal, stop: () => void, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
  const working = work();
  working.catch(() => undefined);
  try {
    return await Promise.race([working, aborted]);
  } catch (error) {
    if (signal.aborted) stop();
    throw error;
  }
}

/** Milliseconds of the fastest of a few: a worker that was busy with something else is no slow server. */
async function fastestPing(client: { ping(): Promise<string> }): Promise<number> {
  let fastest = Infinity;
  for (let time = 0; time < pings; time++) {
    const began = performance.now();
    if ((await client.ping()) !== 'PONG') throw new Error('no PONG');
    fastest = Math.min(fastest, performance.now() - began);
  }
  return fastest;
}
const pings = 3;

/** Lines of `name:value`, with headings between them. */
function fieldsOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Only codes are told, and the first word of what the server said: the rest may quote what we sent. */
function told(error: unknown, server: string, late: number | null): Error {
  if ((error as { name?: unknown } | null)?.name === 'ApplicationFailure') return error as Error;
  if (late !== null) return failure('Unavailable', `Redis at ${server} gave no answer within ${late} ms`, { remedy: reach });
  const message = error instanceof Error ? error.message : '';
  const [said = ''] = /^[A-Z]{4,}\b/.exec(message) ?? [];
  if (said === 'WRONGPASS' || said === 'NOAUTH' || /invalid password|without any password/i.test(message))
    return failure('Forbidden', `Redis at ${server} refuses the password (${said || 'ERR'})`, {
      remedy: 'Give checklist.environment.redis.token the name of the right secret.',
    });
  if (said === 'NOPERM')
    return failure('Forbidden', `Redis at ${server} does not let this user look (NOPERM)`, {
      remedy: 'Give the user the commands PING, INFO and CLUSTER|INFO.',
    });
  if (said === 'LOADING')
    return failure('Unavailable', `Redis at ${server} is still loading its data`, { remedy: 'Wait until it has, then retry.' });
  return failure('Unavailable', `Redis at ${server} gave no answer: ${codeOf(error, said || 'no code')}`, { remedy: reach });
}
const reach = 'Check that it runs, and that the worker reaches it.';
