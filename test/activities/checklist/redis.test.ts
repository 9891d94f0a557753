import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { createActivities } from '../../../activities';
import { healthProblems, memoryProblems } from '../../../activities/checklist/redis';
import { redisClient } from '../../../activities/ports/redis/adapter';
import { Secret } from '../../../activities/ports/secrets';
import { startValkey, type Valkey, type ValkeySettings } from '../../../sandbox/parts/valkey';
import type { RedisSpec } from '../../../workflows/runbook/spec';
import { fakePorts } from '../../fakes/ports';
import { testFolder } from '../../sandbox/parts/folder';
import { describeWithParts } from '../../support/parts';
import { failing, run } from '../run';

const password = 'hunter2-redis';
const secrets = { resolve: () => Promise.resolve(new Secret(password)) };
const { checkRedis, checkRedisCluster } = createActivities(fakePorts({ redis: redisClient, secrets }));
const spec = (servers: readonly string[], more: Partial<RedisSpec> = {}): RedisSpec => ({
  servers,
  token: 'redis',
  cluster: false,
  within: 2_000,
  memory: 0.8,
  policies: ['allkeys-lru', 'allkeys-lfu'],
  ...more,
});
const asked = (redis: RedisSpec) => ({ redis, token: 'env:REDIS_PASSWORD' as const });

/** Sends lines to a server and waits for an answer that ends so. */
function send(port: number, lines: readonly string[], until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect({ host: '127.0.0.1', port }, () => void socket.write(`${lines.join('\r\n')}\r\n`));
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (!until.test(said)) return;
      socket.destroy();
      resolve(said);
    });
    socket.once('error', reject);
  });
}

describeWithParts('a real Redis before a deployment', ['valkey'], ({ valkey }) => {
  const base = testFolder();
  const withServer = async (settings: Partial<ValkeySettings>, work: (server: Valkey) => Promise<void>): Promise<void> => {
    const usual = { password, maxmemory: '64mb', maxmemoryPolicy: 'allkeys-lru', dataDir: mkdtempSync(join(base, 'data-')) };
    const server = await startValkey({ ...usual, ...settings }, valkey);
    try {
      await work(server);
    } finally {
      await server.stop();
    }
  };

  test('passes where it answers, has memory left and evicts as it may', () =>
    withServer({}, async ({ url }) => {
      const receipt = await run(checkRedis, asked(spec([url])));
      expect(receipt).toEqual({ servers: 1, took: expect.any(Number), memory: expect.any(Number), policies: ['allkeys-lru'] });
      expect(receipt.memory).toBeGreaterThan(0);
      expect(receipt.memory).toBeLessThan(0.5);
      expect(await run(checkRedisCluster, asked(spec([url])))).toEqual({ slots: null, nodes: 1, replicas: 0 });
    }));

  test('fails where its memory is nearly full, and says how full', () =>
    withServer({}, async ({ url, port }) => {
      await send(port, [`AUTH ${password}`, 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory-policy noeviction'], /OK\r\n.*OK\r\n.*OK/s);
      const told = await failing(run(checkRedis, asked(spec([url]))));
      expect(told).toMatchObject({ type: 'CheckFailed', final: true });
      expect(told.message).toMatch(
        new RegExp(
          `Redis at ${url} uses [\\d.]+ % of its maxmemory, below 80 % is allowed; .* has the maxmemory-policy noeviction, allowed are`,
        ),
      );
      expect(told.message).toMatch(/then retry\.$/);
    }));

  test('fails where it has no limit at all', () =>
    withServer({ maxmemory: '0' }, async ({ url }) => {
      expect((await failing(run(checkRedis, asked(spec([url]))))).message).toContain('has no maxmemory');
    }));

  test('fails where the password is wrong, and never shows it', () =>
    withServer({ password: 'another' }, async ({ url }) => {
      const told = await failing(run(checkRedis, asked(spec([url]))));
      expect(told).toMatchObject({ type: 'Forbidden', final: true });
      expect(told.message).toBe(
        `Redis at ${url} refuses the password (WRONGPASS). Give checklist.environment.redis.token the name of the right secret.`,
      );
      expect(JSON.stringify(told)).not.toContain(password);
      const { token: _, ...anonymous } = asked(spec([url]));
      expect((await failing(run(checkRedis, anonymous))).message).toContain('(NOAUTH)');
    }));

  test('is unavailable where nobody answers, at once and without a second try of its own', () =>
    withServer({}, async (server) => {
      await server.stop();
      const told = await failing(run(checkRedis, asked(spec([server.url]))));
      expect(told).toMatchObject({ type: 'Unavailable', final: false });
      expect(told.message).toContain('ECONNREFUSED');
    }));

  test('fails for one bad server among good ones, and names what could not be looked at besides', () =>
    withServer({}, (good) =>
      withServer({ maxmemoryPolicy: 'noeviction' }, async (bad) => {
        const gone = 'redis://127.0.0.1:1';
        const told = await failing(run(checkRedis, asked(spec([good.url, bad.url, gone]))));
        expect(told.type).toBe('CheckFailed');
        expect(told.message).toContain(`Redis at ${bad.url} has the maxmemory-policy noeviction`);
        expect(told.message).toContain(`Redis at ${gone} gave no answer`);
        expect(told.message).not.toContain(good.url);
      }),
    ));

  test('judges a cluster by its slots', () =>
    withServer({ cluster: true }, async ({ url, port }) => {
      const told = await failing(run(checkRedisCluster, asked(spec([url], { cluster: true }))));
      expect(told.message).toContain('says cluster_state fail');
      expect(told.message).toContain('serves 0 of 16384 slots');
      await send(port, [`AUTH ${password}`, 'CLUSTER ADDSLOTSRANGE 0 16383'], /OK\r\n.*OK/s);
      const isWhole = async (): Promise<boolean> => {
        const said = await send(port, [`AUTH ${password}`, 'CLUSTER INFO'], /cluster_slots_fail/);
        return said.includes('cluster_state:ok');
      };
      while (!(await isWhole())) await new Promise((resolve) => setImmediate(resolve));
      expect(await run(checkRedisCluster, asked(spec([url], { cluster: true })))).toEqual({ slots: 16_384, nodes: 1, replicas: null });
    }));

  test('fails where a cluster is declared and there is none', () =>
    withServer({}, async ({ url }) => {
      expect((await failing(run(checkRedisCluster, asked(spec([url], { cluster: true }))))).message).toContain('belongs to no cluster');
    }));
});

test('an address that is none of Redis is refused', async () => {
  expect(await failing(run(checkRedis, asked(spec(['https://cache.example.com']))))).toMatchObject({ type: 'Misconfigured' });
});

test('what a server does not tell is no pass', () => {
  expect(memoryProblems({ info: {} }, 0.8, ['allkeys-lru'])).toEqual([
    'does not tell its memory: INFO has no used_memory and maxmemory',
    'has the maxmemory-policy (not told), allowed are allkeys-lru',
  ]);
  expect(
    memoryProblems({ info: { used_memory: '1e3', maxmemory: '100', maxmemory_policy: 'allkeys-lru' } }, 0.8, ['allkeys-lru']),
  ).toHaveLength(1);
  expect(healthProblems({ info: {}, cluster: null }, false)).toHaveLength(2);
  expect(healthProblems({ info: { loading: '0' }, cluster: { cluster_state: 'ok' } }, true)).toEqual([
    'serves an unknown number of 16384 slots of its cluster',
  ]);
});

test('a replica is well while the link to its primary is up', () => {
  const info = { loading: '0', role: 'slave', master_link_status: 'up' };
  expect(healthProblems({ info, cluster: null }, false)).toEqual([]);
  expect(healthProblems({ info: { ...info, master_link_status: 'down' }, cluster: null }, false)).toEqual([
    'is a replica whose link to its primary is down',
  ]);
});
