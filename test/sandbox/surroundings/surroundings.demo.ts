import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities';
import { tlsCertificates } from '../../../activities/ports/certificates/adapter';
import { machineClock } from '../../../activities/ports/clock/adapter';
import { axiosHttp } from '../../../activities/ports/http/adapter';
import { redisClient } from '../../../activities/ports/redis/adapter';
import { Secret } from '../../../activities/ports/secrets';
import { standingKinds, type StandingKind } from '../../../sandbox/faults';
import { startSurroundings, type Surroundings } from '../../../sandbox/surroundings/start';
import { fakePorts } from '../../fakes/ports';
import { failing, run } from '../../activities/run';
import { describeWithParts } from '../../support/parts';
import { testFolder } from '../parts/folder';
import { analyticsSpec } from '../specs';

const base = testFolder();
const password = 'of-the-sandbox';
const spec = analyticsSpec();
const environment = spec.checklist?.environment;
const activities = createActivities({
  ...fakePorts({
    http: axiosHttp,
    redis: redisClient,
    certificates: tlsCertificates,
    secrets: { resolve: async () => new Secret(password) },
  }),
  clock: machineClock,
});

/** The same for the sandbox's own servers and for real ones: what a checklist sees of them, well and wrong. */
function suite(real: boolean): void {
  let around: Surroundings;
  beforeAll(async () => {
    around = await startSurroundings({ spec, dir: mkdtempSync(join(base, 'world-')), secrets: { redis: password }, real });
  }, 60_000);
  afterAll(() => around.stop());
  beforeEach(() => around.follow(new Set()), 30_000);

  const redis = () => {
    if (!environment?.redis) throw new Error('the default spec names no Redis');
    return { redis: { ...environment.redis, servers: [around.redis], within: 5_000 }, token: 'env:X' as const };
  };
  const looks: Readonly<Partial<Record<StandingKind, () => Promise<unknown>>>> = {
    redis: () => run(activities.checkRedis, redis()),
    'alert-rule': () => run(activities.checkAlerts, { alerts: { url: around.prometheus, rules: environment?.alerts?.rules ?? [] } }),
    alert: () =>
      run(activities.checkMonitoring, {
        monitoring: {
          prometheus: around.prometheus,
          alertmanager: around.alertmanager,
          alerts: ['severity="critical"', 'service="analytics"'],
        },
      }),
    certificate: () => run(activities.checkCertificates, { hosts: [around.tlsHost], least: 14, ca: around.ca }),
  };
  const sentences: Readonly<Partial<Record<StandingKind, RegExp>>> = {
    redis: /uses [\d.]+ % of its maxmemory, below 80 % is allowed/,
    'alert-rule': /the alert rule AnalyticsErrors of group analytics is not healthy \(err\): found duplicate series/,
    alert: /1 alert is active \(severity="critical", service="analytics"\): SandboxAlert since .*: made to fire by the sandbox/,
    certificate: /the certificate of localhost:\d+ ends in 3 days \(\d{4}-\d\d-\d\d\), at least 14 days are asked for/,
  };

  test('is well as a rule', async () => {
    await Promise.all(Object.values(looks).map((look) => look()));
    expect(await run(activities.checkRedisCluster, redis())).toMatchObject({ slots: 16_384, nodes: 1 });
  });

  test.each(Object.keys(looks) as StandingKind[])('%s alone can be made wrong, gives its own sentence, and is well again', async (kind) => {
    await around.follow(new Set([kind]));
    for (const [name, look] of Object.entries(looks)) {
      if (name === kind) expect((await failing(look())).message).toMatch(sentences[kind] ?? /^$/);
      else await look();
    }
    await around.follow(new Set());
    await looks[kind]?.();
  });

  test('all at once can be wrong', async () => {
    await around.follow(new Set(standingKinds));
    for (const [kind, look] of Object.entries(looks))
      expect((await failing(look())).message).toMatch(sentences[kind as StandingKind] ?? /^$/);
  });

  test('knows its own password alone', async () => {
    const { checkRedis } = createActivities(fakePorts({ redis: redisClient }));
    expect(await failing(run(checkRedis, redis()))).toMatchObject({ type: 'Forbidden' });
  });

  test('says which of it is real', () => {
    expect(around.kinds).toMatchObject(
      real ? { redis: 'Valkey', monitoring: 'Prometheus and Alertmanager' } : { redis: 'stand-in', monitoring: 'stand-in' },
    );
  });
}

describe("what stands beside the service, by the sandbox's own servers,", () => suite(false));
describeWithParts('what stands beside the service, by real servers,', ['valkey', 'prometheus', 'alertmanager'], () => suite(true));
