import { homedir } from 'node:os';
import { tlsCertificates } from './certificates/adapter';
import { machineClock } from './clock/adapter';
import { createCommands } from './commands/adapter';
import { createDatabases } from './databases/adapter';
import { temporalDeployments } from './deployments/adapter';
import { createGit } from './git/adapter';
import { axiosHttp } from './http/adapter';
import type { Ports } from './index';
import { createKubernetes, type Warned } from './kubernetes/adapter';
import { autocannonLoad } from './load/adapter';
import { createMetrics } from './metrics/adapter';
import { createNotices } from './notices/adapter';
import { noticesFolder } from './notices/place';
import { redisClient } from './redis/adapter';
import { createRegistry } from './registry/adapter';
import { createReports } from './reports/adapter';
import { createSecrets } from './secrets/adapter';

/**
 * The real outside world. Nothing is connected before it is first needed. From the environment: KUBECONFIG, the secrets that the spec refers
 * to, `ANALYTICS_DEPLOY_COMMANDS`, the programs that a spec may start, separated by commas (all where it is not set), and
 * `ANALYTICS_DEPLOY_REPORTS` and `ANALYTICS_DEPLOY_NOTICES`, the folders of the reports that are kept and of sinks that are files.
 */
export function createPorts(environment: Readonly<Record<string, string | undefined>>, warned: Warned = () => undefined): Ports {
  const http = axiosHttp;
  const allowed = environment.ANALYTICS_DEPLOY_COMMANDS?.split(',').map((name) => name.trim());
  return {
    kubernetes: createKubernetes(environment.KUBECONFIG, warned),
    http,
    metrics: createMetrics(http),
    registry: createRegistry(http),
    git: createGit(environment),
    commands: createCommands(environment, allowed),
    load: autocannonLoad,
    secrets: createSecrets(environment),
    notices: createNotices(http, noticesFolder(environment, environment.HOME ?? homedir())),
    clock: machineClock,
    deployments: temporalDeployments,
    redis: redisClient,
    certificates: tlsCertificates,
    reports: createReports(environment),
    databases: createDatabases(environment, allowed),
  };
}
