import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder, placeOnce } from '../parts/cache';
import { runCommand } from '../parts/run-command';

/** The programs of a real control plane, and kubectl, by path. */
export interface Programs {
  readonly etcd: string;
  readonly apiserver: string;
  readonly controllerManager: string;
  readonly kubectl: string;
  /** Folders with the custom resources that the tool writes, as YAML. */
  readonly definitions: readonly string[];
}

/** The version that is built; go.mod pins it. */
export const kubernetesVersion = 'v1.36.3';

/** A control plane cannot be built on this machine; the message says what is missing. */
export class CannotBuild extends Error {
  override readonly name = 'CannotBuild';
}

const packages = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
} as const;
type ProgramName = keyof typeof packages;

/** Where each module keeps its custom resource definitions, and which of them are taken. */
const definitions = [
  { module: 'sigs.k8s.io/gateway-api', from: 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml' },
  { module: 'istio.io/api', from: 'kubernetes/customresourcedefinitions.gen.yaml' },
] as const;

/** The slowest machine that is worth waiting for, in milliseconds: five minutes on two cores. */
const buildLimit = 40 * 60_000;

/** Tells how far the build is, one line at a time. */
export type Tell = (line: string) => void;

/**
 * Builds etcd, kube-apiserver, kube-controller-manager and kubectl from the pinned Go modules, once: they are kept in the cache outside the
 * checkout, under a name that changes with what is pinned.
 *
 * @throws CannotBuild where there is no Go, or where the build fails.
 */
export async function findPrograms(tell: Tell): Promise<Programs> {
  const source = findSource();
  const folder = join(cacheFolder(), `control-plane-${kubernetesVersion}-${await pinned(source)}`);
  const names = Object.keys(packages) as ProgramName[];
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    await requireGo();
    tell(`building ${missing.join(', ')} ${kubernetesVersion} from Go modules, once: about 5 minutes on 2 cores`);
  }
  for (const name of names) await placeOnce(folder, name, (partial) => build(source, name, join(partial, name), tell));
  return {
    etcd: join(folder, 'etcd'),
    apiserver: join(folder, 'kube-apiserver'),
    controllerManager: join(folder, 'kube-controller-manager'),
    kubectl: join(folder, 'kubectl'),
    definitions: await Promise.all(definitions.map(({ module, from }) => copyDefinitions(source, module, from, folder))),
  };
}

/** Whether the programs are in the cache already. */
export async function areBuilt(): Promise<boolean> {
  const folder = join(cacheFolder(), `control-plane-${kubernetesVersion}-${await pinned(findSource())}`);
  return [...Object.keys(packages), 'definitions'].every((name) => existsSync(join(folder, name)));
}

/** The folder of the Go module: beside the sources, also for the compiled form. */
function findSource(from = __dirname): string {
  const source = join(from, 'sandbox', 'control-plane', 'go');
  if (existsSync(join(source, 'go.mod'))) return source;
  const above = dirname(from);
  if (above === from) throw new CannotBuild('The folder sandbox/control-plane/go is not there. Use a complete checkout.');
  return findSource(above);
}

async function pinned(source: string): Promise<string> {
  const files = await Promise.all(['go.mod', 'go.sum'].map((name) => readFile(join(source, name))));
  return createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 12);
}

const remedy = 'Install Go 1.26 or newer (https://go.dev/dl), or set KUBECONFIG to a cluster of your own.';

async function requireGo(): Promise<void> {
  const version = await runCommand(['go', 'version'], { timeout: 30_000 });
  if (version === null || version.code !== 0)
    throw new CannotBuild(`A real control plane is built from Go modules, and there is no Go here. ${remedy}`);
}

async function build(source: string, name: ProgramName, output: string, tell: Tell): Promise<string> {
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1_000);
  const timer = setInterval(() => tell(`  ${name}: compiling for ${seconds()} s`), 15_000);
  try {
    await go(source, [
      'build',
      '-trimpath',
      '-ldflags',
      `-s -w -X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
      '-o',
      output,
      packages[name],
    ]);
  } finally {
    clearInterval(timer);
  }
  tell(`  ${name}: built in ${seconds()} s`);
  return output;
}

/** Copies a module's definitions beside the programs, so that a start needs no Go. */
async function copyDefinitions(source: string, module: string, from: string, folder: string): Promise<string> {
  const target = join(folder, 'definitions', `${module.replaceAll('/', '_')}.yaml`);
  if (existsSync(target)) return target;
  await requireGo();
  await go(source, ['mod', 'download', module]);
  const where = (await go(source, ['list', '-m', '-f', '{{.Dir}}', module])).trim();
  const partial = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(partial, await readFile(join(where, from)));
  await rename(partial, target);
  return target;
}

async function go(source: string, args: readonly string[]): Promise<string> {
  const result = await runCommand(['go', '-C', source, ...args], {
    timeout: buildLimit,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
  });
  if (result === null) throw new CannotBuild(`There is no Go here. ${remedy}`);
  if (result.code === 0) return result.stdout;
  const why = result.timedOut ? `took longer than ${buildLimit / 60_000} minutes` : result.stderr.trim().split('\n').slice(-5).join('\n');
  throw new CannotBuild(`go ${args[0] ?? ''} ${args.at(-1) ?? ''} failed:\n${why}\nGo 1.26 or newer and its module proxy are needed.`);
}
