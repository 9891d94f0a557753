import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../sandbox/parts/free-port';
import { attributeTypes } from '../sandbox/temporal/dev-server';
import { findTemporalCli } from '../sandbox/temporal/find';
import { killGroup } from '../sandbox/parts/run-command';
import { isServing } from '../sandbox/temporal/serving';
import { endWithParent } from '../sandbox/parts/watchdog';

export interface BenchServer {
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * The development server looks for new work at most 20 times a second, all workflows together. People and clusters are slower than that, our
 * activities without bodies are not: with the limit every chain would take 50 ms per step, whatever it does.
 */
const limits = ['history.transferProcessorMaxPollRPS', 'history.timerProcessorMaxPollRPS'];
const startLimit = 60_000;

/** Starts a development server without that limit. It ends with this process. */
export async function startServer(folder: string, file: boolean): Promise<BenchServer> {
  const port = await freePort();
  const log = openSync(join(folder, 'temporal.log'), 'w');
  const args = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--headless', '--log-level', 'warn'],
    ...(file ? ['--db-filename', join(folder, 'temporal.sqlite')] : []),
    ...Object.entries(attributeTypes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...limits.flatMap((name) => ['--dynamic-config-value', `${name}=10000`]),
  ];
  const child = spawn(await findTemporalCli(), args, { env: { HOME: folder }, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const release = endWithParent(child);
  const ended = once(child, 'exit');
  const address = `127.0.0.1:${port}`;
  const end = Date.now() + startLimit;
  while (!(await isServing(address, Object.keys(attributeTypes)))) {
    if (child.exitCode !== null || Date.now() > end) throw new Error('The Temporal server did not start. Try: npm run setup');
    await delay(100);
  }
  return {
    address,
    async stop() {
      killGroup(child.pid, 'SIGTERM');
      await ended;
      release();
    },
  };
}
