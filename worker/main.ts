import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { hostname } from 'node:os';
import { controlActivities, execActivities } from '../activities';
import { createPorts } from '../activities/ports/create';
import type { TaskQueues } from '../workflows/runbook/release';
import type { SecretReference } from '../workflows/runbook/spec';
import { tellFollowUps } from './alerts';
import { buildId, prebuiltBundle } from './bundle';
import { log, quietRuntime } from './log';
import { observe } from './observe';
import { serveHealth } from './server';
import { tellActivities } from './tell-activities';

export interface WorkerSettings {
  /** `control` performs the runbook; `exec` runs the spec's commands and needs no Kubernetes credentials. */
  readonly role: 'all' | 'control' | 'exec';
  readonly taskQueues: TaskQueues;
  /** How many waiting deployments are kept in memory; the others are read again from their history. */
  readonly cachedDeployments?: number;
  /** Where /healthz, /readyz and /metrics are served, as `host:port`; absent: nowhere. */
  readonly listen?: string;
  /** Where the token is that Alertmanager's pushes carry; absent: none is taken. */
  readonly alertToken?: SecretReference;
}

/** How long short activities may take to finish when the worker is told to stop; watches move to another worker. */
const drain = { grace: '10s', force: '40s' } as const;

/**
 * Runs a worker until SIGINT or SIGTERM. Temporal's address, namespace and credentials come from the standard: temporal.toml and TEMPORAL_*.
 *
 * @throws where Temporal cannot be reached, or where the prebuilt workflows are not those of the sources.
 */
export async function runWorker({ role, taskQueues, cachedDeployments = 200, listen, alertToken }: WorkerSettings): Promise<void> {
  quietRuntime();
  const workflowBundle = role === 'exec' ? undefined : prebuiltBundle();
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const ports = createPorts(process.env, (request, warning) => log('warn', 'the cluster warns', { request, warning }));
  const shared = {
    connection,
    namespace: namespace ?? 'default',
    identity: `${role}@${hostname()}:${process.pid}`,
    // Names the build in every event; deployments are not pinned to it.
    workerDeploymentOptions: { version: { deploymentName: 'analytics-deploy', buildId: buildId() }, useWorkerVersioning: false },
    shutdownGraceTime: drain.grace,
    shutdownForceTime: drain.force,
    // A stop is heard with the next heartbeat: the default throttle would hold it back for seconds.
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
  } as const;
  const interceptors = { activity: [tellActivities] };
  try {
    const workers = await Promise.all([
      ...(workflowBundle
        ? [
            Worker.create({
              ...shared,
              interceptors,
              taskQueue: taskQueues.control,
              workflowBundle,
              activities: { ...controlActivities(ports) },
              maxCachedWorkflows: cachedDeployments,
              // After a crash the next worker waits no longer than this for the dead one's sticky queue.
              stickyQueueScheduleToStartTimeout: '2s',
              maxConcurrentActivityTaskExecutions: 200,
            }),
          ]
        : []),
      ...(role === 'control'
        ? []
        : [
            Worker.create({
              ...shared,
              interceptors,
              taskQueue: taskQueues.exec,
              activities: { ...execActivities(ports) },
              maxConcurrentActivityTaskExecutions: 4,
            }),
          ]),
    ]);
    const client = new Client({ connection, namespace: shared.namespace });
    const health =
      listen === undefined
        ? null
        : await serveHealth({
            listen,
            build: buildId(),
            notReady: () =>
              workers
                .map((worker) => worker.getState())
                .find((state) => state !== 'RUNNING')
                ?.toLowerCase() ?? null,
            observe: () => observe(client, taskQueues.control, Date.now()),
            ...(alertToken === undefined
              ? {}
              : {
                  alerts: {
                    token: () => ports.secrets.resolve(alertToken),
                    tell: (message) => tellFollowUps(client, taskQueues.control, message),
                  },
                }),
          });
    try {
      const running = Promise.all(workers.map((worker) => worker.run()));
      log('info', 'worker polls', { role, ...taskQueues, namespace: shared.namespace, ...(health ? { listens: health.address } : {}) });
      await running;
    } finally {
      await health?.close();
    }
    log('info', 'worker stopped', { role });
  } finally {
    await connection.close();
  }
}
