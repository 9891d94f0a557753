import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { formatProblem, loadSpec } from '../spec';
import { fetchParts } from './parts/fetch';
import { startSandbox, type Sandbox, type SandboxOptions } from './world';

export { connectSandbox, type SandboxControl, type Stats } from './world/client';

const usage = `sandbox: a cluster, a service and its users on this machine
  --spec FILE        the spec whose names the world takes
  --dir DIR          where kubeconfig, overrides, secrets and the git remote are kept
  --rate N           requests per second on production (40)
  --replicas N       pods of the live colour (3)
  --versions A,B     versions that the registry has, the first of them live (v0.9.0,v1.0.0,v1.1.0)
  --port N           port of the stand-in's API (a free one)
  --cluster C        what it runs on: stand-in, real (a control plane that is built once), or a kubeconfig file (stand-in)
  --full             for the whole runbook: nothing is left out, and what its checks need is started too
  --port-file FILE   writes the line of addresses to this file too
  --attached         ends when its standard input is closed
`;

/** Runs the sandbox as a process: one JSON line on stdout when it is ready, everything else on stderr. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      spec: { type: 'string' },
      dir: { type: 'string' },
      rate: { type: 'string' },
      replicas: { type: 'string' },
      versions: { type: 'string' },
      port: { type: 'string' },
      cluster: { type: 'string' },
      full: { type: 'boolean' },
      'port-file': { type: 'string' },
      attached: { type: 'boolean' },
    },
  });
  if (values.spec === undefined || values.dir === undefined) throw new UsageError(`--spec and --dir are needed.\n${usage}`);
  const ended = untilTold(values.attached === true);
  const read = loadSpec(values.spec);
  if (!read.ok) throw new UsageError(read.problems.map(formatProblem).join('\n'));
  if (values.full === true) await fetchParts();
  const [liveVersion, ...versions] = values.versions?.split(',').filter((version) => version !== '') ?? [];
  const sandbox = await startSandbox({
    spec: read.spec,
    dir: values.dir,
    ...(liveVersion === undefined ? {} : { liveVersion, versions }),
    ...number('rate', values.rate),
    ...number('replicas', values.replicas),
    ...number('port', values.port),
    ...clusterOf(values.cluster),
    full: values.full === true,
    notice: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    await announce(sandbox, values['port-file']);
    await ended;
  } finally {
    await sandbox.stop();
  }
}

class UsageError extends Error {
  override readonly name = 'UsageError';
}

function clusterOf(text: string | undefined): Pick<SandboxOptions, 'cluster'> {
  if (text === undefined) return {};
  return { cluster: text === 'stand-in' || text === 'real' ? text : { kubeconfig: text } };
}

function number<Key extends string>(name: Key, text: string | undefined): Partial<Record<Key, number>> {
  if (text === undefined) return {};
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new UsageError(`--${name} is "${text}": give a whole number from 0.`);
  return { [name]: value } as Partial<Record<Key, number>>;
}

async function announce(sandbox: Sandbox, file: string | undefined): Promise<void> {
  const { urls, kinds, kubeconfigPath: kubeconfig, specOverridesPath: overrides, commit } = sandbox;
  const line = `${JSON.stringify({ ready: true, ...urls, kinds, kubeconfig, overrides, commit })}\n`;
  if (file !== undefined) await writeFile(file, line);
  process.stdout.write(line);
  const facts = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(12)} ${url}`);
  const told = [
    'The sandbox is up.',
    ...facts,
    ...Object.entries(kinds).map(([name, kind]) => `  ${name.padEnd(12)} ${kind}`),
    `  overrides    ${overrides}   (start --overrides, on top of the spec)`,
    `  export KUBECONFIG=${kubeconfig}`,
    'Look at it with: kubectl get pods -A. Stop it with Ctrl-C.',
  ];
  process.stderr.write(`${told.join('\n')}\n`);
}

/** Resolves at Ctrl-C, at SIGTERM, and where it is attached when the process that started it is gone. */
function untilTold(attached: boolean): Promise<void> {
  return new Promise((resolve) => {
    const told = (): void => {
      // A parent's open pipe must not keep a sandbox that has stopped.
      if (attached) process.stdin.destroy();
      resolve();
    };
    process.once('SIGINT', told);
    process.once('SIGTERM', told);
    if (!attached) return;
    process.stdin.once('end', told);
    process.stdin.once('close', told);
    process.stdin.resume();
  });
}

if (require.main === module) {
  main().catch((error: unknown) => {
    const isUsage =
      error instanceof UsageError || (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(isUsage ? 2 : 1);
  });
}
