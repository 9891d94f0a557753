import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { Spec } from '../workflows/runbook/spec';
import { surfaceOf } from './app/surface';
import { type ClusterClient, connectCluster } from './cluster/client';
import type { Cluster } from './cluster/cluster';
import { readConnection } from './cluster/connection';
import type { Database } from './database/database';
import { type Fault, Faults, isCodeFault } from './faults';
import { startFleet } from './fleet/fleet';
import { seededChance } from './gateway/chance';
import { type Gateway, startGateway } from './gateway/gateway';
import { findProject } from './git/project';
import { makeRemote } from './git/remote';
import { startRealCluster } from './control-plane/cluster';
import { frontCluster } from './control-plane/proxy';
import { startStandIn } from './kubernetes';
import { startLoad } from './load/load';
import { planMetrics } from './metrics/plan';
import { startMonitoring } from './monitoring/monitoring';
import { startSurroundings } from './surroundings/start';
import { FlagFault } from './world/flag-fault';
import { startRegistry } from './registry/registry';
import { startSink } from './sink/sink';
import { takeSnapshot } from './snapshot';
import { callsOf } from './world/calls';
import type { SandboxControl, Stats } from './world/client';
import { startControl } from './world/control';
import { openDatabase } from './world/database';
import { firstLive, namespacesOf, seedsOf, stagingService } from './world/objects';
import { type Overrides, overridesOf, pathOfUrl, pointAt, type Urls } from './world/overrides';
import { makeSecrets } from './world/secrets';
import { allOf, Started } from './world/stack';
import { until } from './world/until';

export interface SandboxOptions {
  readonly spec: Spec;
  /** Where kubeconfig, overrides, secrets and the git remote are kept. */
  readonly dir: string;
  /** The version that serves at the beginning. */
  readonly liveVersion?: string;
  /** Versions that the registry has, besides the live one. */
  readonly versions?: readonly string[];
  /** Requests per second on production. */
  readonly rate?: number;
  /** Pods of the live colour. */
  readonly replicas?: number;
  /** Port of the stand-in's API; a free one where it is absent. */
  readonly port?: number;
  /** What the world runs on: the stand-in, a control plane of our own, or the cluster of a kubeconfig. Default: the stand-in. */
  readonly cluster?: 'stand-in' | 'real' | { readonly kubeconfig: string };
  /** For the whole runbook: nothing of it is left out, and what only its checks need is started too. */
  readonly full?: boolean;
  /** Whether what stands beside the service is real where this machine has it: that takes some seconds more. Default: in a full world. */
  readonly real?: boolean;
  /** Told what went wrong behind the scenes. */
  readonly notice?: (message: string) => void;
}

/** A world on this machine: cluster, service, users, git remote, registry and sink. */
export interface Sandbox extends SandboxControl {
  readonly kubeconfigPath: string;
  /** What points a spec at this world. */
  readonly overrides: Overrides;
  /** The same as a YAML file. */
  readonly specOverridesPath: string;
  /** The given spec with the overrides in it. */
  readonly spec: Spec;
  readonly urls: Urls;
  /** The cluster itself, for faults of its API. */
  readonly cluster: Cluster;
  /** The service's database; null where the run asks for none, or the machine has none. */
  readonly database: Database | null;
  /** What stands beside the service: a real server's title, or that the sandbox's own stands in for it. */
  readonly kinds: Readonly<Record<string, string>>;
  /** The commit that the git remote's `main` is at, while no fault is set in it. */
  readonly commit: string;
  stop(): Promise<void>;
}

/** Requests per second on staging, and from inside the cluster: enough to see who answers. */
const trickle = 2;
/** How long the world may take to come up, in milliseconds. */
const patience = 30_000;
const usualVersions = ['v0.9.0', 'v1.0.0', 'v1.1.0'] as const;

/** Starts the whole world by the spec's own names, and resolves when it serves. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const started = new Started();
  try {
    return await build(options, started);
  } catch (error) {
    await started.stopAll();
    throw error;
  }
}

async function build(options: SandboxOptions, started: Started): Promise<Sandbox> {
  const {
    spec,
    liveVersion = 'v0.9.0',
    versions = usualVersions,
    rate = 40,
    replicas = 3,
    full = false,
    notice = () => undefined,
  } = options;
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const made = makeSecrets(spec, join(dir, 'secrets'));
  const [cluster, registry, sink, remote, secrets, service, surroundings] = await allOf([
    openCluster(options, dir, notice).then((it) => started.keep(it, () => it.stop())),
    startRegistry(spec.image.repository, [liveVersion, ...versions]).then((it) => started.keep(it, () => it.stop())),
    startSink().then((it) => started.keep(it, () => it.stop())),
    makeRemote(findProject(), join(dir, 'git')),
    made,
    openDatabase(spec, dir, full).then((it) => started.keep(it, async () => it.database?.stop())),
    made
      .then(({ values }) => startSurroundings({ spec, dir: join(dir, 'surroundings'), secrets: values, real: options.real ?? full }))
      .then((it) => started.keep(it, () => it.stop())),
  ]);
  const kubeconfigPath = join(dir, 'kubeconfig');
  await writeFile(kubeconfigPath, cluster.kubeconfig(spec.production.namespace), { mode: 0o600 });
  const connection = readConnection(cluster.kubeconfig());
  const connect = (name: string): ClusterClient => started.keep(connectCluster(connection, name), (client) => client.close());

  const faults = new Faults();
  const plan = planMetrics(spec);
  const gateway = await startTraffic(spec, connect, started, faults, notice);
  const stopping = new AbortController();
  const fleet = await startFleet(
    {
      service: spec.service,
      container: spec.image.container,
      namespaces: namespacesOf(spec),
      production: spec.production.namespace,
      colourKey: spec.production.selectorKey,
      registry: registry.url,
      endpoints: surfaceOf(spec),
      tokens: secrets.values,
      plan,
      faults,
      stopping: stopping.signal,
      notice,
    },
    connect('sandbox-fleet'),
  );
  started.keep(fleet, (it) => {
    stopping.abort();
    return it.stop();
  });
  const client = connect('sandbox');
  const image = `${spec.image.repository}@${registry.publish(liveVersion)}`;
  for (const { path, object } of seedsOf({ spec, image, liveVersion, replicas })) await client.call(path, { method: 'POST', body: object });
  await untilReady(spec, gateway, replicas);

  const calls = callsOf(spec, secrets.values);
  const users = (url: string, perSecond: number) => started.keep(startLoad(url, perSecond, calls), (it) => it.stop());
  const streams = {
    production: users(gateway.production, rate),
    staging: users(gateway.staging, trickle),
    inCluster: users(gateway.inCluster, trickle),
  };
  const startedAt = Date.now();
  const ready = (): Stats['ready'] =>
    Object.fromEntries(Object.entries(spec.production.colours).map(([colour, { service }]) => [colour, gateway.readyBehind(service)]));
  const stats = (): Stats => ({
    startedAt,
    production: streams.production.tally(),
    staging: streams.staging.tally(),
    inCluster: streams.inCluster.tally(),
    shares: gateway.shares(),
    ready: ready(),
    faults: faults.all(),
  });
  const flags = new FlagFault(client, spec);
  const standingChanged = async (): Promise<void> => {
    await surroundings.follow(faults.standing());
    await flags.follow(faults.standing());
    await service.database?.follow(faults.standing());
  };
  const control: SandboxControl = {
    stats: async () => stats(),
    ledger: async () => cluster.ledger,
    snapshot: () => takeSnapshot(client, namespacesOf(spec)),
    notices: async () => sink.notices(),
    setFault: async (fault: Fault) => {
      if (isCodeFault(fault.kind)) await remote.break(fault.kind);
      faults.set(fault);
      await standingChanged();
    },
    clearFaults: async () => {
      if (faults.all().some(({ fault }) => isCodeFault(fault.kind))) await remote.mend();
      faults.clear();
      await standingChanged();
    },
  };
  const dashboards = {
    title: `${spec.service} overview`,
    uids: spec.checklist?.environment?.dashboards?.uids ?? [],
    areGone: () => faults.standing().has('dashboard'),
  };
  const monitoring = started.keep(await startMonitoring(dashboards, () => ({ ...stats() })), (it) => it.close());
  const controls = started.keep(await startControl(control), (it) => it.close());
  if (rate > 0)
    await until(
      () => stats().production.requests > 0,
      patience,
      () => 'no request was answered in production',
    );

  const urls: Urls = {
    production: gateway.production,
    inCluster: gateway.inCluster,
    staging: gateway.staging,
    monitoring: monitoring.url,
    registry: registry.url,
    git: remote.url,
    sink: sink.url,
    slack: sink.slack,
    mail: sink.mail,
    control: controls.url,
    kubernetes: connection.server,
    redis: surroundings.redis,
    prometheus: surroundings.prometheus,
    alertmanager: surroundings.alertmanager,
    tlsHost: surroundings.tlsHost,
    hostsCa: surroundings.ca,
  };
  const overrides = overridesOf(spec, urls, connection.context, secrets.references, full, service);
  const specOverridesPath = join(dir, 'overrides.yaml');
  await writeFile(specOverridesPath, stringify(overrides), { mode: 0o600 });
  return {
    ...control,
    kubeconfigPath,
    overrides,
    specOverridesPath,
    spec: pointAt(spec, overrides),
    urls,
    cluster,
    database: service.database,
    kinds: { ...(spec.database ? { database: service.kind } : {}), ...surroundings.kinds },
    commit: remote.commit,
    stop: () => started.stopAll(),
  };
}

async function openCluster(
  { cluster = 'stand-in', port }: SandboxOptions,
  dir: string,
  notice: (message: string) => void,
): Promise<Cluster> {
  if (cluster === 'stand-in') return startStandIn(port === undefined ? {} : { port });
  if (cluster === 'real') return startRealCluster(dir, notice);
  return frontCluster(readConnection(await readFile(cluster.kubeconfig, 'utf8')));
}

async function startTraffic(
  spec: Spec,
  connect: (name: string) => ClusterClient,
  started: Started,
  faults: Faults,
  notice: (message: string) => void,
): Promise<Gateway> {
  const { production, staging } = spec;
  const settings = {
    production: {
      namespace: production.namespace,
      traffic: production.traffic,
      selectorKey: production.selectorKey,
      service: production.service,
      colours: Object.fromEntries(Object.entries(production.colours).map(([colour, { service }]) => [service, colour])),
      metricsPath: pathOfUrl(production.metricsUrl, '/metrics'),
    },
    staging: { namespace: staging.namespace, service: stagingService(spec), metricsPath: pathOfUrl(staging.metricsUrl, '/metrics') },
    plan: planMetrics(spec),
    chance: seededChance(20_261_124),
    sharesChanged: (shares: Readonly<Record<string, number>>) => faults.sharesAre(shares),
    notice,
  };
  return started.keep(await startGateway(settings, connect('sandbox-gateway')), (it) => it.stop());
}

async function untilReady(spec: Spec, gateway: Gateway, replicas: number): Promise<void> {
  const { service } = spec.production.colours[firstLive(spec)] ?? spec.production;
  const counts = (): readonly [number, number, number] => [
    gateway.readyBehind(service),
    gateway.readyBehind(spec.production.service),
    gateway.readyInStaging(),
  ];
  const isReady = (): boolean => {
    const [live, inside, stage] = counts();
    return live >= replicas && inside >= replicas && stage >= 1;
  };
  await until(isReady, patience, () => {
    const [live, inside, stage] = counts();
    return `ready pods: ${live} of ${replicas} behind ${service}, ${inside} behind ${spec.production.service}, ${stage} of 1 in staging`;
  });
}
