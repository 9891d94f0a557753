import { delimiter, dirname, join } from 'node:path';
import { connectSandbox, type SandboxControl } from '../world/client';
import { connectionTo, withoutTemporal } from '../temporal/connection';
import { fetchParts } from '../parts/fetch';
import { freePort } from '../parts/free-port';
import { type DevServer, startTemporal } from '../temporal/dev-server';
import { ServerNotFound } from '../temporal/find';
import { takeFolder } from './folder';
import { writeDemoOverrides } from './overrides';
import { type DemoProcess, startProcess } from './process';

export interface StageSettings {
  /** Where data, logs and kubeconfig are kept. */
  readonly dir: string;
  readonly specPath: string;
  /** The compiled entries, relative to which the processes are started. */
  readonly dist: string;
  /** Told of each part as it comes up, fact by fact. */
  readonly tell: (part: 'server' | 'sandbox' | 'worker', ...facts: readonly string[]) => void;
  readonly signal: AbortSignal;
  /** What the world runs on: `stand-in`, `real`, or a kubeconfig file. */
  readonly cluster: string;
  /** The whole runbook, from the checklist to the follow-ups. */
  readonly full: boolean;
}

/** Everything that the demo runs on: server, world and workers, all on this machine. */
export interface Stage {
  readonly address: string;
  readonly uiUrl: string | null;
  /** Environment of clients: nothing of the user's own Temporal settings is in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly specPath: string;
  readonly overridesPath: string;
  readonly kubeconfigPath: string;
  readonly control: SandboxControl;
  /** Kills the control worker as a crash would, and starts another one. */
  crashWorker(): Promise<void>;
  /** Resolves when the Temporal server has ended, on whoever's word. */
  readonly serverEnded: Promise<void>;
  stop(): Promise<void>;
}

interface Ready {
  readonly control: string;
  readonly kubeconfig: string;
  readonly overrides: string;
  readonly kinds: Readonly<Record<string, string>>;
}

const startLimit = 60_000;
/** A real control plane may have to be built first. */
const buildLimit = 45 * 60_000;

/** Starts server, world and workers; whatever has been started is stopped where one of them fails. */
export async function openStage(settings: StageSettings): Promise<Stage> {
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of undo.splice(0).reverse()) await each();
  };
  try {
    return { ...(await build(settings, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Undo = (step: () => Promise<void> | void) => void;

async function build(
  { dir, specPath, dist, tell, signal, cluster, full }: StageSettings,
  undo: (() => Promise<void> | void)[],
): Promise<Omit<Stage, 'stop'>> {
  const remember: Undo = (step) => void undo.push(step);
  if (full) await fetchParts();
  const folder = takeFolder(dir);
  remember(folder.free);
  const kept = (name: string) => join(folder.path, name);
  const [server, world] = await Promise.all([
    startServer(kept('temporal'), kept('temporal.db')).then((started) => {
      remember(() => started.stop());
      tell('server', `web UI ${started.uiUrl ?? 'none'}`, `export TEMPORAL_ADDRESS=${started.address}`, `data in ${dir}/`);
      return started;
    }),
    startWorld({ specPath, dir: folder.path, dist, cluster, full }, remember).then((started) => {
      tell('sandbox', `export KUBECONFIG=${started.kubeconfig}`, 'v0.9.0 live, 40 requests/s', ...(full ? standing(started.kinds) : []));
      return started;
    }),
  ]);
  signal.throwIfAborted();
  const overridesPath = writeDemoOverrides(specPath, world.overrides, kept('overrides.yaml'));
  const env = connectionTo(server.address, folder.path);
  const startWorker = async (role: 'control' | 'exec', times: number): Promise<DemoProcess> => {
    const worker = startProcess({
      name: `${role} worker`,
      args: [join(dist, 'client', 'main.js'), 'worker', '--role', role],
      env: workerEnvironment(env, role === 'control' ? world.kubeconfig : kept('no-kubeconfig')),
      logFile: kept(`worker-${role}-${times}.log`),
    });
    remember(() => worker.stop());
    await worker.untilItSays('worker polls', startLimit);
    return worker;
  };
  let crashes = 0;
  const [first] = await Promise.all([startWorker('control', 0), startWorker('exec', 0)]);
  let control = first;
  tell('worker', 'roles control and exec', `logs in ${dir}/`);
  return {
    address: server.address,
    uiUrl: server.uiUrl,
    env,
    specPath,
    overridesPath,
    kubeconfigPath: world.kubeconfig,
    control: connectSandbox(world.control),
    serverEnded: server.ended,
    async crashWorker() {
      await control.crash();
      control = await startWorker('control', ++crashes);
    },
  };
}

/** Where clients look for the UI of a server on this machine. */
const uiOffset = 1_000;
const highestPort = 65_535;
const attempts = 5;

/** The web UI a thousand ports above the server, so that every client derives its links. */
async function startServer(dataDir: string, dbFile: string): Promise<DevServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    if (port + uiOffset > highestPort) continue;
    try {
      return await startTemporal({ dataDir, dbFile, port, uiPort: port + uiOffset });
    } catch (error) {
      // Only a port that was taken meanwhile is worth another attempt.
      if (attempt >= attempts || error instanceof ServerNotFound) throw error;
    }
  }
}

/** Which of what stands beside the service is real. */
const standing = (kinds: Ready['kinds']): readonly string[] => Object.entries(kinds).map(([name, kind]) => `${name}: ${kind}`);

async function startWorld(
  { specPath, dir, dist, cluster, full }: Pick<StageSettings, 'specPath' | 'dir' | 'dist' | 'cluster' | 'full'>,
  remember: Undo,
): Promise<Ready> {
  const sandbox = startProcess({
    name: 'sandbox',
    args: [join(dist, 'sandbox', 'main.js'), '--spec', specPath, '--dir', dir, '--cluster', cluster, ...(full ? ['--full'] : [])],
    env: process.env,
    logFile: join(dir, 'sandbox.log'),
  });
  remember(() => sandbox.stop());
  return JSON.parse(await sandbox.untilItSays('"ready":true', cluster === 'stand-in' ? startLimit : buildLimit)) as Ready;
}

/** The spec's commands find the Node that runs the demo. */
function workerEnvironment(client: Readonly<Record<string, string>>, kubeconfig: string): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return { ...withoutTemporal(), ...client, PATH: path, KUBECONFIG: kubeconfig };
}
