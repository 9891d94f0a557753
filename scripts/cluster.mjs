/** npm run cluster:up, cluster:down: a real control plane with the sandbox's world on it, in the background; its files are in .cluster/. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './lib.mjs';

const folder = join(root, '.cluster');
const files = { pid: join(folder, 'cluster.pid'), ready: join(folder, 'ready.json'), log: join(folder, 'sandbox.log') };

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};
const running = () => {
  const pid = existsSync(files.pid) ? Number(readFileSync(files.pid, 'utf8')) : 0;
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : null;
};

async function up() {
  const already = running();
  if (already !== null) return tell(`Already up (process ${already}).`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const log = openSync(files.log, 'a');
  const child = spawn(
    process.execPath,
    [
      join(root, 'dist', 'sandbox', 'main.js'),
      ...['--spec', join(root, 'spec', 'analytics.yaml'), '--dir', folder, '--cluster', 'real', '--port-file', files.ready],
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  child.unref();
  writeFileSync(files.pid, String(child.pid));
  const give = () => {
    process.kill(child.pid, 'SIGTERM');
    rmSync(files.pid, { force: true });
    process.exit(130);
  };
  process.once('SIGINT', give);
  let said = 0;
  while (!existsSync(files.ready)) {
    const text = readFileSync(files.log, 'utf8');
    process.stderr.write(text.slice(said));
    said = text.length;
    if (!isAlive(child.pid)) {
      rmSync(files.pid, { force: true });
      process.exitCode = 1;
      return;
    }
    await delay(200);
  }
  tell('The cluster is up.');
}

function tell(first) {
  process.stdout.write(
    `${first}\n  export KUBECONFIG=${join('.cluster', 'kubeconfig')}\n  kubectl get deployments,httproutes -n analytics\n  overrides of a spec: ${join('.cluster', 'overrides.yaml')}\n  npm run cluster:down stops it.\n`,
  );
}

async function down() {
  const pid = running();
  if (pid === null) {
    process.stdout.write('No cluster is up.\n');
    return;
  }
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; isAlive(pid) && waited < 20_000; waited += 100) await delay(100);
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write('The cluster is down, its files are gone.\n');
}

const [word] = process.argv.slice(2);
if (word === 'up') await up();
else if (word === 'down') await down();
else {
  process.stderr.write('Use: npm run cluster:up, npm run cluster:down\n');
  process.exitCode = 2;
}
