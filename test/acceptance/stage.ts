import { Worker } from '@temporalio/worker';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlActivities, execActivities } from '../../activities';
import { createPorts } from '../../activities/ports/create';
import { searchAttributesOf } from '../../client/temporal/search-attributes';
import { defaultSpecPath, loadSpec } from '../../spec';
import { connectCluster, type ClusterClient } from '../../sandbox/cluster/client';
import { readConnection } from '../../sandbox/cluster/connection';
import type { LedgerEntry } from '../../sandbox/kubernetes';
import type { Snapshot } from '../../sandbox/snapshot';
import { connectionTo, withoutTemporal } from '../../sandbox/temporal/connection';
import { type Sandbox, startSandbox, type SandboxOptions } from '../../sandbox/world';
import type { analyticsDeployment } from '../../workflows/analytics-deployment';
import { workflowIdOf } from '../../workflows/messages';
import type { DeploymentRequest } from '../../workflows/runbook/release';
import type { RequestSpec, Spec } from '../../workflows/runbook/spec';
import { quietRuntime } from '../support/runtime';
import { testEnvironment, type TestTemporal } from '../support/temporal';
import { Deployment } from '../workflows/harness';

const root = join(__dirname, '..', '..');

/** Longer than any machine takes, in milliseconds. */
const slow = 20_000;
const patiently = (request: RequestSpec): RequestSpec => ({ ...request, expect: { ...request.expect, within: slow } });

/** The default spec with waits of seconds, and what takes long switched off unless a test wants it. */
export function stageSpec(change: Partial<Spec> = {}, path: string = defaultSpecPath): Spec {
  const loaded = loadSpec(path);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { spec } = loaded;
  return {
    ...spec,
    ramp: {
      initial: { ...spec.ramp.initial, watch: 1_200 },
      steps: spec.ramp.steps.map(({ share }) => ({ share, watch: 800 })),
      selectorWatch: 600,
      soak: 600,
    },
    watching: { ...spec.watching, every: 200, extendAtMost: 30_000 },
    // How fast the machine is that runs the tests is not what they are about.
    signals: spec.signals.filter(({ quantile }) => !quantile).map((signal) => ({ ...signal, minimum: 5 })),
    smoke: spec.smoke.map(patiently),
    verification: { ...spec.verification, requests: spec.verification.requests.map(patiently) },
    ...(spec.load
      ? { load: { ...spec.load, duration: 2_000, rate: 80, limits: { ...spec.load.limits, p95: slow, minimumRequests: 50 } } }
      : {}),
    production: { ...spec.production, settle: 0, traffic: { ...spec.production.traffic, propagation: 200 } },
    attention: { deadline: 2_000, undoDeadline: 2_000 },
    off: { '1.3': 'not part of this test', '1.4': 'not part of this test' },
    ...change,
  };
}

/** The watch at 50 % lasts so long that only a failure or a person ends it. */
export function heldAtHalf(spec: Spec): Spec {
  const hour = 3_600_000;
  return {
    ...spec,
    ramp: { ...spec.ramp, steps: spec.ramp.steps.map(({ share, watch }) => ({ share, watch: share === 50 ? hour : watch })) },
  };
}

/** The stage's spec with the sections that a short run leaves out. */
export function withSections(spec: Spec, names: readonly string[], change: Partial<Spec> = {}): Spec {
  const off = Object.fromEntries(Object.entries(spec.off).filter(([id]) => !names.includes(id)));
  return { ...spec, off, ...change };
}

/** A whole world, a Temporal server, and workers that can be killed. */
export class Stage {
  private readonly ending: (() => Promise<unknown>)[] = [];
  private constructor(
    readonly sandbox: Sandbox,
    readonly temporal: TestTemporal,
    readonly before: Snapshot,
    readonly queue: string,
    readonly dir: string,
  ) {}

  static async open({ cluster = 'stand-in', ...options }: Partial<SandboxOptions> & { readonly spec: Spec }): Promise<Stage> {
    quietRuntime();
    const dir = await mkdtemp(join(tmpdir(), 'analytics-deploy-stage-'));
    const [temporal, sandbox] = await Promise.all([testEnvironment(), startSandbox({ dir, rate: 120, cluster, ...options })]);
    return new Stage(sandbox, temporal, await sandbox.snapshot(), temporal.unique('stage'), dir);
  }

  async close(): Promise<void> {
    for (const end of this.ending.reverse()) await end();
    await this.sandbox.stop();
    await this.temporal.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** What the tool wrote so far, other people's and controllers' writes left out. */
  async ownWrites(): Promise<readonly LedgerEntry[]> {
    return (await this.sandbox.ledger()).filter(({ manager }) => manager === 'analytics-deploy');
  }

  /** The tokens that no history may contain. */
  secrets(): readonly string[] {
    const values = Object.values(this.sandbox.spec.tokens).map((reference) => readFileSync(reference.replace(/^file:/, ''), 'utf8').trim());
    if (values.length === 0 || values.some((value) => value.length < 8)) throw new Error('The sandbox has no tokens to look for.');
    return values;
  }

  /** The folder of the reports that are kept. */
  get reports(): string {
    return join(this.dir, 'reports');
  }

  /** The cluster, as somebody else sees it. */
  cluster(): ClusterClient {
    const client = connectCluster(readConnection(this.sandbox.cluster.kubeconfig()), 'somebody-else');
    this.ending.push(async () => client.close());
    return client;
  }

  /** A worker in this process. */
  async work(kubeconfig = this.sandbox.kubeconfigPath): Promise<void> {
    const ports = createPorts({
      ...process.env,
      KUBECONFIG: kubeconfig,
      ANALYTICS_DEPLOY_REPORTS: this.reports,
      ANALYTICS_DEPLOY_NOTICES: this.reports,
    });
    const shared = {
      connection: this.temporal.connection,
      maxHeartbeatThrottleInterval: '200ms',
      defaultHeartbeatThrottleInterval: '200ms',
      stickyQueueScheduleToStartTimeout: '2s',
      shutdownForceTime: '2s',
    } as const;
    const workers = await Promise.all([
      Worker.create({
        ...shared,
        taskQueue: this.queue,
        workflowBundle: { codePath: join(root, 'dist', 'workflow-bundle.js') },
        activities: { ...controlActivities(ports) },
      }),
      Worker.create({ ...shared, taskQueue: `${this.queue}-exec`, activities: { ...execActivities(ports) } }),
    ]);
    const running = Promise.all(workers.map((worker) => worker.run()));
    this.ending.push(() => {
      for (const worker of workers) worker.shutdown();
      return running;
    });
  }

  /** The surroundings of a command of ours: this stage's Temporal and cluster, and nothing of the user's own. */
  environment(kubeconfig = this.sandbox.kubeconfigPath): NodeJS.ProcessEnv {
    return {
      ...withoutTemporal(),
      ...connectionTo(this.temporal.address, this.dir),
      KUBECONFIG: kubeconfig,
      ANALYTICS_DEPLOY_NOTICES: this.reports,
    };
  }

  /** A worker as a process of its own, to be killed. */
  spawnWorker(): ChildProcess {
    const child = spawn(
      process.execPath,
      [join(root, 'bin', 'analytics-deploy.js'), 'worker', '--task-queue', this.queue, '--exec-task-queue', `${this.queue}-exec`],
      { stdio: 'ignore', env: this.environment() },
    );
    this.ending.push(async () => {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    });
    return child;
  }

  /** A worker of a build that fails every workflow task. Gives the function that stops it. */
  async workBroken(workflowsPath: string): Promise<() => Promise<void>> {
    const worker = await Worker.create({ connection: this.temporal.connection, taskQueue: this.queue, workflowsPath });
    const running = worker.run();
    const stop = async (): Promise<void> => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    };
    this.ending.push(stop);
    return stop;
  }

  /** Until the server has counted failures of the workflow task that `status` would call engine trouble. */
  async untilTaskFails({ handle }: Deployment): Promise<void> {
    for (;;) {
      const { raw } = await handle.describe();
      if ((raw.pendingWorkflowTask?.attempt ?? 0) >= 4) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Starts a deployment of the sandbox's service. */
  async deploy(change: Partial<DeploymentRequest> = {}): Promise<Deployment> {
    const { spec } = this.sandbox;
    const version = change.version ?? 'v1.0.0';
    const request: DeploymentRequest = {
      deploymentId: `${spec.service}-${spec.environment}-${version}-20261124T020000Z`,
      version,
      requester: 'ana',
      planDigest: 'plan',
      spec,
      searchAttributes: true,
      taskQueues: { control: this.queue, exec: `${this.queue}-exec` },
      ...change,
    };
    const handle = await this.temporal.client.workflow.start<typeof analyticsDeployment>('analyticsDeployment', {
      taskQueue: this.queue,
      workflowId: `${workflowIdOf(spec.service, spec.environment)}:${this.queue}:${version}`,
      args: [request],
      typedSearchAttributes: searchAttributesOf(request),
      memo: { deploymentId: request.deploymentId, version, service: spec.service, environment: spec.environment },
    });
    this.ending.push(() => handle.terminate('test over').catch(() => undefined));
    return new Deployment(handle, request);
  }
}

/** Opens a stage for as long as a test takes, and takes it down whatever becomes of the test. */
export async function onStage<T>(options: Parameters<typeof Stage.open>[0], test: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await Stage.open(options);
  try {
    return await test(stage);
  } finally {
    await stage.close();
  }
}

/** Waits until a step of the deployment is in the given state. */
export function step(deployment: Deployment, id: string, state = 'running', within = 120_000) {
  return deployment.until(({ rows }) => rows.some((row) => row.children.some((child) => child.id === id && child.state === state)), within);
}
