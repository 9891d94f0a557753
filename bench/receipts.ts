import type { Activities, MigrationsState, UndoReceipt } from '../workflows/runbook/contract';
import { flagData, type Release } from '../workflows/runbook/release';
import type { Spec } from '../workflows/runbook/spec';

/** Of any object. */
export const uid = { uid: '5f0c6f0e-7a53-4d0e-9f5e-0d9a3b1c2d4e', resourceVersion: '481516' } as const;
const digest = (of: string): string => of.repeat(64).slice(0, 64);

/**
 * What every activity answers where all is well, with receipts as large as real ones.
 * @param watch lasts as long as a look at the signals, undefined until it is told to stop, and says how many samples that were
 */
export function receipts(release: Release, watch: (window: number | undefined) => Promise<number>): Activities {
  const restored: UndoReceipt = { result: 'restored' };
  return {
    resolveRelease: async () => release,
    resolveRollback: async () => ({ ...release, from: release.version }),
    pushTag: async () => ({ result: 'created', object: digest('c').slice(0, 40) }),
    readWorkload: async () => ({ image: release.live.image, replicas: 3, flagsConfigMap: null, ...uid }),
    setWorkload: async ({ change }) => ({
      image: change.image ?? release.live.image,
      replicas: change.replicas ?? 3,
      flagsConfigMap: change.flagsConfigMap ?? null,
      ...uid,
    }),
    restoreWorkload: async () => restored,
    awaitRollout: async () => ({ ready: 3, desired: 3, revision: '7' }),
    verifyPodConfig: async () => ({ pods: 3 }),
    probe: async ({ request }) => ({ status: request.expect.status, took: 12 }),
    runLoadTest: async () => ({ requests: 60_000, errors: 12, p95: 212.4, cacheHits: 0.86 }),
    runCommand: async () => ({ took: 61_200, output: `sha256:${digest('e')}` }),
    checkCode: async () => ({ took: 1_200, output: `sha256:${digest('e')}`, cached: false }),
    checkCoverage: async () => ({ took: 1_200, output: `sha256:${digest('e')}`, statements: 0.91, branches: 0.84, cached: false }),
    readCommitStatus: async ({ ci }) => ({ source: ci.name, link: null }),
    compareStructure: async () => ({ compared: 2, fields: 19 }),
    readFlags: async () => ({ existed: false, uid: null }),
    createFlags: async () => ({ existed: true, uid: uid.uid }),
    removeFlags: async () => restored,
    readTraffic: async () => ({ weights: release.weights, ...uid }),
    shiftTraffic: async ({ change: { candidate, live, candidateShare } }) => ({
      weights: { [candidate.colour]: candidateShare, [live.colour]: 100 - candidateShare },
      ...uid,
    }),
    restoreTraffic: async () => restored,
    readSelector: async () => ({ colour: release.selected, ...uid }),
    moveSelector: async ({ change }) => ({ colour: change.candidate.colour, ...uid }),
    restoreSelector: async () => restored,
    sampleSignals: async ({ share, signals, window }) => ({
      samples: await watch(window),
      missing: 0,
      split: { part: share * 10, among: 1_000 },
      failure: null,
      signals: signals.map(({ id, direction, quantile }) => ({
        signal: id,
        candidate: { part: direction === 'below' ? 1 : 990, among: 1_000 },
        control: { part: direction === 'below' ? 1 : 990, among: 1_000 },
        latest: { part: direction === 'below' ? 1 : 99, among: 100 },
        quantile: quantile ? 0.212 : null,
        unknown: null,
      })),
    }),
    checkGauges: async ({ gauges }) => ({ values: Object.fromEntries(gauges.map(({ id, limit }) => [id, limit / 2])) }),
    verifyMetrics: async ({ families }) => ({ families: Object.fromEntries(families.map((family) => [family, 12])) }),
    readAutoscaler: async ({ minimum }) => ({ minimum, ...uid }),
    setAutoscaler: async ({ change }) => ({ minimum: change.minimum, ...uid }),
    restoreAutoscaler: async () => restored,
    verifySource: async () => ({ commit: digest('c').slice(0, 40) }),
    takeTarget: async () => ({ epoch: 1 }),
    releaseTarget: async () => ({}),
    listOpenDeployments: async () => ({ open: [] }),
    checkRedis: async ({ redis }) => ({ servers: redis.servers.length, took: 1, memory: 0.41, policies: ['allkeys-lru'] }),
    checkRedisCluster: async () => ({ slots: 16_384, nodes: 6, replicas: null }),
    checkDashboards: async ({ dashboards }) => ({ titles: dashboards.uids }),
    checkAlerts: async ({ alerts }) => ({ required: alerts.rules.length, loaded: 12 }),
    checkFlags: async ({ initial }) => ({ flags: Object.keys(initial).length, added: [] }),
    checkVariables: async ({ variables }) => ({ variables: variables.required.length, configMaps: 2, secrets: ['analytics-secrets'] }),
    checkCertificates: async ({ hosts }) => ({ hosts: hosts.length, days: 61 }),
    checkRouting: async ({ live, production }) => ({ live: live.colour, ready: 3, backends: 2, by: production.traffic.mechanism }),
    checkMonitoring: async () => ({ alertmanagers: 1, alerts: 0 }),
    readRequest: () => Promise.reject(new Error('there are no follow-ups here')),
    keepReport: async ({ deploymentId }) => ({ file: `/var/lib/analytics-deploy/reports/${deploymentId}.json` }),
    recordChange: async ({ hold }) => ({ epoch: hold.epoch }),
    backUpDatabase: async ({ deployment }) => ({
      kind: 'dump',
      id: deployment,
      file: `${deployment}.dump`,
      bytes: 1_200_000,
      sha256: digest('f'),
      tables: 3,
      rows: 1_234,
      takenAt: '2026-11-24T01:40:00.000Z',
    }),
    rowsSinceBackup: async ({ deployment }) => ({
      backup: deployment,
      takenAt: '2026-11-24T01:40:00.000Z',
      madeBy: deployment,
      isVerified: true,
      sha256: digest('f'),
      rows: 812,
      words: "812 rows written since 2026-11-24 01:40 UTC, by the server's counters",
      tables: [{ table: 'public.events', before: 1_000_000, now: 1_000_812 }],
    }),
    restoreDatabase: async ({ backup, deployment }) => ({
      backup,
      takenAt: '2026-11-24T01:40:00.000Z',
      safety: { id: `${deployment}-before-restore`, file: `${deployment}-before-restore.dump`, bytes: 1_200_000, sha256: digest('e') },
      tables: 3,
      rows: 1_234,
      lost: "7 rows written since 2026-11-24 01:40 UTC, by the server's counters",
      took: 61_200,
      notes: [],
    }),
    readMigrations: async () => migrated(4, ['0005_add_sessions']),
    tryMigrations: async () => ({ pending: ['0005_add_sessions'], down: 'tried', took: 4_100 }),
    migrate: async () => migrated(5, []),
    undoMigrations: async () => restored,
    applyMigrations: async () => migrated(5, []),
    reverseMigrations: async () => migrated(4, ['0005_add_sessions']),
    notify: async ({ sinks }) => ({ sinks: sinks.map(({ name }) => ({ name, result: 'delivered' as const })) }),
    lookAfter: async ({ window, digest }) => ({
      verdict: 'pass',
      reasons: [],
      note: `answers within 500 ms 99.0 % · errors 0.1 % (${await watch(window)} samples)`,
      shares: { errors: 0.001, latency: 0.99, cache: 0.86 },
      ...(digest ? { digest: { sinks: digest.sinks.map(({ name }) => ({ name, result: 'delivered' as const })) } } : {}),
    }),
  };
}

function migrated(applied: number, pending: readonly string[]): MigrationsState {
  return { applied, last: `000${applied}_migration`, digest: digest('f').slice(0, 16), pending };
}

/** The release that a spec with a version is resolved to. */
export function releaseOf(spec: Spec, version: string): Release {
  const [first = 'blue', second = 'green'] = Object.keys(spec.production.colours);
  const colour = (name: string, replicas: number) => ({
    colour: name,
    deployment: spec.production.colours[name]?.deployment ?? name,
    service: spec.production.colours[name]?.service ?? name,
    image: `${spec.image.repository}@sha256:${digest('a')}`,
    flagsConfigMap: null,
    replicas,
    readyReplicas: replicas,
  });
  return {
    version,
    tag: spec.tag.name.replaceAll('{version}', version),
    commit: digest('c').slice(0, 40),
    image: `${spec.image.repository}@sha256:${digest('b')}`,
    live: colour(second, 3),
    candidate: colour(first, 0),
    weights: { [second]: 100, [first]: 0 },
    selected: second,
    ...(spec.flags ? { flags: { configMap: `${spec.flags.configMap}-0123456789`, data: flagData(spec) } } : {}),
    digest: digest('d'),
  };
}
