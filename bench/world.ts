import { Context } from '@temporalio/activity';
import type { Activities, MigrationsState, UndoReceipt } from '../workflows/runbook/contract';
import { flagData, type Release } from '../workflows/runbook/release';
import type { Spec } from '../workflows/runbook/spec';

/** An activity that has begun, or whose effect has happened. */
export interface Call {
  readonly workflowId: string;
  readonly name: string;
  /** The activity's id: for the runbook's steps the step's id. */
  readonly id: string;
  readonly attempt: number;
  readonly when: 'before' | 'after';
  /** What it writes: the subject, the idempotency key and the new value. */
  readonly write?: Write;
}
export interface Write {
  readonly subject: string;
  readonly key: string;
  readonly value: unknown;
}
/** Hears of every call before and after its effect; while it waits, the activity waits. */
export type Hook = (call: Call) => Promise<void> | void;

/** Answers the runbook's contract at once, with receipts as large as real ones. */
export function instantWorld(spec: Spec, hook: Hook): Activities {
  const answers = receipts(spec);
  const told = Object.entries(answers).map(([name, answer]): readonly [string, unknown] => [
    name,
    async (input: never) => {
      const { workflowExecution, attempt, activityId: id } = Context.current().info;
      const write = writeOf(name, input);
      const call = { workflowId: workflowExecution?.workflowId ?? '', name, id, attempt, ...(write ? { write } : {}) };
      await hook({ ...call, when: 'before' });
      const out = await (answer as (input: never) => Promise<unknown>)(input);
      await hook({ ...call, when: 'after' });
      return out;
    },
  ]);
  return Object.fromEntries(told) as unknown as Activities;
}

/** Changes carry `change` and `key`; what they write is what they carry. */
function writeOf(name: string, input: unknown): Write | null {
  if (typeof input !== 'object' || input === null || !('key' in input) || !('change' in input)) return null;
  const { key, change } = input as { readonly key: string; readonly change: Readonly<Record<string, unknown>> };
  const undone = 'to' in input ? input.to : null;
  const { namespace, deployment, route, service } = change;
  const subject = [namespace, deployment ?? route ?? service ?? change.name].map(String).join('/');
  return { subject, key: `${key} ${name}`, value: undone ?? change };
}

const uid = { uid: '5f0c6f0e-7a53-4d0e-9f5e-0d9a3b1c2d4e', resourceVersion: '481516' } as const;
const digest = (of: string): string => of.repeat(64).slice(0, 64);

function receipts(spec: Spec): Activities {
  const release = releaseOf(spec, 'v1.4.0');
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
    checkCode: async () => ({ took: 12_400, output: `sha256:${digest('e')}`, cached: false }),
    checkCoverage: async () => ({ took: 31_000, output: `sha256:${digest('e')}`, statements: 0.91, branches: 0.84, cached: false }),
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
      samples: await untilOver(window),
      missing: 0,
      split: { part: share * 100, among: 10_000 },
      failure: null,
      signals: signals.map(({ id, direction }) => ({
        signal: id,
        candidate: { part: direction === 'below' ? 10 : 9_900, among: 10_000 },
        control: { part: direction === 'below' ? 10 : 9_900, among: 10_000 },
        latest: { part: direction === 'below' ? 1 : 990, among: 1_000 },
        quantile: 0.212,
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
    readRequest: () => Promise.reject(new Error('a bench has no follow-ups')),
    keepReport: async ({ deploymentId }) => ({ file: `/var/lib/analytics-deploy/reports/${deploymentId}.json` }),
    recordChange: async ({ hold }) => ({ epoch: hold.epoch }),
    backUpDatabase: async ({ deployment }) => ({
      kind: 'dump',
      id: deployment,
      file: `${deployment}.dump`,
      bytes: 48_213_004,
      sha256: digest('f'),
      tables: 12,
      rows: 1_204_311,
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
      safety: { id: `${deployment}-before-restore`, file: `${deployment}-before-restore.dump`, bytes: 48_213_004, sha256: digest('f') },
      tables: 12,
      rows: 1_204_311,
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
      note: `answers within 500 ms 99.0 % · errors 0.1 % (${await untilOver(window)} samples)`,
      shares: { errors: 0.001, latency: 0.99, cache: 0.86 },
      ...(digest ? { digest: { sinks: digest.sinks.map(({ name }) => ({ name, result: 'delivered' as const })) } } : {}),
    }),
  };
}

function migrated(applied: number, pending: readonly string[]): MigrationsState {
  return { applied, last: `000${applied}_migration`, digest: digest('f').slice(0, 16), pending };
}

/** As the real sampler: beats every second, and answers when the window is over or the workflow asks it to stop. */
async function untilOver(window: number | undefined): Promise<number> {
  const context = Context.current();
  context.heartbeat();
  const pulse = setInterval(() => context.heartbeat(), 1_000);
  await new Promise<void>((resolve) => {
    const timer = window === undefined ? undefined : setTimeout(resolve, window);
    context.cancellationSignal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  clearInterval(pulse);
  return 3;
}

/** The release that this world resolves. */
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
