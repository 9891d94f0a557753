import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { type ClusterClient, connectCluster, hasStatus } from '../cluster/client';
import { readConnection } from '../cluster/connection';
import { writeKubeconfig } from '../kubernetes/kubeconfig';
import { makeCertificates } from '../kubernetes/tls';
import { freePort } from '../parts/free-port';
import { killGroup } from '../parts/run-command';
import { endWithParent } from '../parts/watchdog';
import { Started } from '../world/stack';
import type { Programs } from './programs';

/** A control plane of our own that is up: etcd, API server, controllers. Scheduler and kubelet are the sandbox's fleet. */
export interface ControlPlane {
  readonly url: string;
  /** The authority of the server's certificate, PEM. */
  readonly ca: string;
  /** Of a user who may do everything. */
  readonly token: string;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
/** How long one of its parts may take to come up, in milliseconds. It takes about three seconds. */
const startLimit = 60_000;
const stopLimit = 5_000;
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'endpointslice-controller',
  'job-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'resourcequota-controller',
  'disruption-controller',
];

/** Starts a control plane whose data, certificates and logs are in a folder of its own. It ends with this process, however that ends. */
export async function startControlPlane(programs: Programs, dir: string): Promise<ControlPlane> {
  const started = new Started();
  try {
    const plane = await build(programs, dir, started);
    return { ...plane, stop: () => started.stopAll() };
  } catch (error) {
    await started.stopAll();
    throw error;
  }
}

async function build(programs: Programs, dir: string, started: Started): Promise<Omit<ControlPlane, 'stop'>> {
  await mkdir(dir, { recursive: true });
  const kept = (name: string): string => join(dir, name);
  const { ca, cert, key } = await makeCertificates(host);
  const token = randomBytes(24).toString('base64url');
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const url = `https://${host}:${port}`;
  await Promise.all([
    writeFile(kept('server.crt'), cert, { mode: 0o600 }),
    writeFile(kept('server.key'), key, { mode: 0o600 }),
    writeFile(kept('tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 }),
    writeFile(kept('accounts.key'), accountsKey(), { mode: 0o600 }),
    writeFile(kept('admin.kubeconfig'), writeKubeconfig({ url, ca, token, contexts: ['sandbox'] }), { mode: 0o600 }),
  ]);
  const start = (name: string, program: string, args: readonly string[]): Server =>
    started.keep(new Server(name, program, args, kept(`${name}.log`)), (server) => server.stop());

  const etcdUrl = `http://${host}:${etcdPort}`;
  const peerUrl = `http://${host}:${peerPort}`;
  const etcd = start('etcd', programs.etcd, [
    ...['--data-dir', kept('etcd'), '--unsafe-no-fsync', '--log-level', 'warn'],
    ...['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
    ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl, '--initial-cluster', `default=${peerUrl}`],
  ]);
  await etcd.until(async () => (await fetch(`${etcdUrl}/health`)).ok);
  const apiserver = start('kube-apiserver', programs.apiserver, [
    ...[`--etcd-servers=${etcdUrl}`, `--bind-address=${host}`, `--secure-port=${port}`, `--cert-dir=${kept('certificates')}`],
    ...[`--tls-cert-file=${kept('server.crt')}`, `--tls-private-key-file=${kept('server.key')}`],
    ...[`--token-auth-file=${kept('tokens.csv')}`, '--authorization-mode=RBAC', '--service-cluster-ip-range=10.96.0.0/16'],
    ...['--service-account-issuer=https://sandbox', '--api-audiences=https://sandbox'],
    ...[`--service-account-key-file=${kept('accounts.key')}`, `--service-account-signing-key-file=${kept('accounts.key')}`],
    // Pods here have no token of their own: nobody runs them but the fleet.
    ...['--disable-admission-plugins=ServiceAccount', '--profiling=false'],
  ]);
  const client = connectCluster(readConnection(await readFile(kept('admin.kubeconfig'), 'utf8')), 'sandbox');
  try {
    await apiserver.until(() => isReady(client));
    start('kube-controller-manager', programs.controllerManager, [
      ...[`--kubeconfig=${kept('admin.kubeconfig')}`, `--controllers=${controllers.join(',')}`, '--leader-elect=false'],
      ...['--secure-port=0', '--profiling=false'],
    ]);
    for (const file of programs.definitions) await define(client, await readFile(file, 'utf8'));
    await untilDefined(client, apiserver);
  } finally {
    client.close();
  }
  return { url, ca, token };
}

function accountsKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The health page answers with a word, which is no JSON: version says the same, once the server serves. */
async function isReady(client: ClusterClient): Promise<boolean> {
  const namespaces = await client.call<{ readonly items: readonly { readonly metadata: { readonly name: string } }[] }>(
    '/api/v1/namespaces',
  );
  return namespaces.items.some(({ metadata }) => metadata.name === 'default');
}

const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** The custom resources that the tool knows; the modules bring more. */
const wanted = new Set([
  'httproutes.gateway.networking.k8s.io',
  'virtualservices.networking.istio.io',
  'destinationrules.networking.istio.io',
]);
interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly versions: readonly { readonly name: string; readonly served: boolean }[] };
}

async function define(client: ClusterClient, yaml: string): Promise<void> {
  const all = parseAllDocuments(yaml).map((document) => document.toJS() as Definition | null);
  for (const definition of all) {
    if (!definition || !wanted.has(definition.metadata.name)) continue;
    await client.call(definitionsPath, { method: 'POST', body: definition }).catch((error: unknown) => {
      if (!hasStatus(error, 409)) throw error;
    });
  }
}

async function untilDefined(client: ClusterClient, server: Server): Promise<void> {
  // Established is said before the first list is answered.
  const isServed = async (name: string): Promise<boolean> => {
    const { spec } = await client.call<Definition>(`${definitionsPath}/${name}`);
    const [plural = '', ...group] = name.split('.');
    const versions = spec.versions.filter(({ served }) => served);
    await Promise.all(versions.map(({ name: version }) => client.call(`/apis/${group.join('.')}/${version}/${plural}`)));
    return true;
  };
  await server.until(async () => (await Promise.all([...wanted].map(isServed))).every(Boolean));
}

/** One program of the control plane. Its log is the place to look when it does not come up. */
class Server {
  private readonly child: ChildProcess;
  private readonly release: () => void;
  private failed: string | null = null;

  constructor(
    private readonly name: string,
    program: string,
    args: readonly string[],
    private readonly logFile: string,
  ) {
    const log = openSync(logFile, 'a');
    this.child = spawn(program, args, { stdio: ['ignore', log, log], detached: process.platform !== 'win32' });
    closeSync(log);
    this.child.once('error', ({ message }) => (this.failed = message));
    this.release = endWithParent(this.child);
  }

  /** Waits until it is so; what throws meanwhile is not so yet. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + startLimit;
    while (!(await isSo().catch(() => false))) {
      if (this.hasEnded() || Date.now() > deadline) {
        const why = this.hasEnded() ? 'ended' : `was not ready within ${startLimit / 1_000} s`;
        const lines = (await readFile(this.logFile, 'utf8')).trim().split('\n').slice(-5).join('\n');
        throw new Error(
          `${this.name} ${why}${this.failed === null ? '' : ` (${this.failed})`}. Its log, ${this.logFile}, ends with:\n${lines}`,
        );
      }
      await delay(50);
    }
  }

  async stop(): Promise<void> {
    if (!this.hasEnded()) {
      const exit = once(this.child, 'exit');
      killGroup(this.child.pid, 'SIGTERM');
      const timer = setTimeout(() => killGroup(this.child.pid), stopLimit);
      await exit;
      clearTimeout(timer);
    }
    this.release();
  }

  private hasEnded(): boolean {
    const { exitCode, signalCode, pid } = this.child;
    return exitCode !== null || signalCode !== null || pid === undefined;
  }
}
