import { Worker as Other } from '@temporalio/worker';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOptions } from '../../client/temporal/start-options';
import { connectionTo, withoutTemporal } from '../../sandbox/temporal/connection';
import { serveHealth } from '../../worker/server';
import { testEnvironment, type TestTemporal } from '../support/temporal';
import { testRequest, testSpec } from '../workflows/test-request';

const root = join(__dirname, '..', '..');
type Line = Readonly<Record<string, unknown>>;

/** A worker as a process of its own, and what it logs. */
class Worker {
  readonly lines: Line[] = [];
  private constructor(private readonly child: ChildProcess) {
    let rest = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.startsWith('{')) this.lines.push(JSON.parse(part) as Line);
    });
  }
  static start(address: string, dir: string, queue: string, ...more: readonly string[]): Worker {
    const args = ['worker', '--task-queue', queue, '--exec-task-queue', `${queue}-exec`, '--listen', '127.0.0.1:0', ...more];
    return new Worker(
      spawn(process.execPath, [join(root, 'bin', 'analytics-deploy.js'), ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...withoutTemporal(), ...connectionTo(address, dir), KUBECONFIG: join(dir, 'none') },
      }),
    );
  }
  async until(is: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const line = this.lines.find(is);
      if (line) return line;
      if (this.child.exitCode !== null) throw new Error(`the worker ended: ${JSON.stringify(this.lines)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  async address(): Promise<string> {
    return String((await this.until(({ message }) => message === 'worker polls'))['listens']);
  }
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    this.child.kill(signal);
    const [code] = (await once(this.child, 'exit')) as [number | null];
    return code;
  }
}

async function scrape(address: string, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://${address}${path}`);
  return { status: response.status, text: await response.text() };
}

describe('a worker as an operator runs it', () => {
  let temporal: TestTemporal;
  let worker: Worker | null = null;
  let dir = '';
  afterEach(async () => {
    await worker?.stop('SIGKILL');
    worker = null;
    await temporal.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function open(): Promise<{ queue: string }> {
    temporal = await testEnvironment();
    dir = await mkdtemp(join(tmpdir(), 'analytics-deploy-worker-'));
    return { queue: temporal.unique('worker') };
  }

  test('tells that it lives, that it is ready, and how the deployments stand; its log names deployment and step', async () => {
    const { queue } = await open();
    worker = Worker.start(temporal.address, dir, queue);
    const address = await worker.address();
    expect(await scrape(address, '/healthz')).toMatchObject({ status: 200 });
    expect(await scrape(address, '/readyz')).toEqual({ status: 200, text: 'ready\n' });
    expect((await scrape(address, '/other')).status).toBe(404);
    expect((await scrape(address, '/metrics')).text).toContain('analytics_deploy_temporal_up 1');

    // The cluster of this spec cannot be reached: the first step asks for a person.
    const spec = testSpec({ service: queue.toLowerCase(), attention: { deadline: 3_600_000, undoDeadline: 1_000 } });
    const request = testRequest({
      spec,
      deploymentId: `${queue}-1`,
      searchAttributes: true,
      taskQueues: { control: queue, exec: `${queue}-exec` },
    });
    const handle = await temporal.client.workflow.start('analyticsDeployment', startOptions(request, { summary: '', details: '' }));
    const step = await worker.until(({ message, deployment }) => message === 'step failed' && deployment === handle.workflowId);
    expect(step).toMatchObject({ level: 'warn', step: 'resolve.release', run: handle.firstExecutionRunId, attempt: 1 });
    const needs = `analytics_deploy_needs_attention{deployment="${queue}-1"} 1`;
    let text = '';
    for (let looks = 0; looks < 100 && !text.includes(needs); looks++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      text = (await scrape(address, '/metrics')).text;
    }
    expect(text).toContain(needs);
    expect(text).toContain('analytics_deploy_open_deployments{phase="start",status="needs attention"} 1');
    expect(text).toContain(`analytics_deploy_failing_workflow_tasks{deployment="${queue}-1"} 0`);
    // No watch is running: there is no age of a sample, and none is made up.
    expect(text).not.toMatch(/^analytics_deploy_last_sample_age_seconds\{/m);
    await handle.terminate('test over');
    expect(await worker.stop()).toBe(0);
    worker = null;
  }, 60_000);

  test('says that a build goes on with every open deployment, and names the run and the build where it does not', async () => {
    const { queue } = await open();
    worker = Worker.start(temporal.address, dir, queue);
    await worker.address();
    const spec = testSpec({ service: queue.toLowerCase(), attention: { deadline: 3_600_000, undoDeadline: 1_000 } });
    const request = testRequest({ spec, deploymentId: `${queue}-1`, taskQueues: { control: queue, exec: `${queue}-exec` } });
    const handle = await temporal.client.workflow.start('analyticsDeployment', startOptions(request, { summary: '', details: '' }));
    await worker.until(({ message }) => message === 'step failed');
    const verify = async () => {
      const child = spawn(
        process.execPath,
        [join(root, 'bin', 'analytics-deploy.js'), 'worker', '--verify', '--json', '--task-queue', queue],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
          env: { ...withoutTemporal(), ...connectionTo(temporal.address, dir) },
        },
      );
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, told: JSON.parse(out) as Line };
    };
    for (;;) {
      const { code, told } = await verify();
      // Visibility lags behind for a moment.
      if (told['open'] === 0) continue;
      expect({ code, told }).toMatchObject({ code: 0, told: { open: 1, replayed: 1, failed: [] } });
      break;
    }
    await handle.terminate('test over');
    await worker.stop();
    worker = null;
    // A deployment that another build has begun.
    const other = await Other.create({
      connection: temporal.connection,
      taskQueue: queue,
      workflowsPath: join(__dirname, 'other-workflows.ts'),
      identity: 'the-other-build',
    });
    const running = other.run();
    const begun = await temporal.client.workflow.start('analyticsDeployment', { workflowId: `${queue}-other`, taskQueue: queue, args: [] });
    while ((await begun.describe()).historyLength < 5) await new Promise((resolve) => setTimeout(resolve, 50));
    other.shutdown();
    await running;
    for (;;) {
      const { code, told } = await verify();
      if (told['open'] === 0) continue;
      const failed = [{ workflowId: begun.workflowId, runId: begun.firstExecutionRunId, neededBuild: expect.any(String) }];
      expect({ code, told }).toMatchObject({ code: 1, told: { open: 1, replayed: 1, failed } });
      expect(JSON.stringify(told)).toMatch(/the-other-build|[0-9a-f]{8}/);
      break;
    }
    await begun.terminate('test over');
  }, 90_000);
});

describe('the health server', () => {
  test('says that Temporal does not answer instead of making numbers up, and is not ready while it drains', async () => {
    let why: string | null = 'draining';
    const server = await serveHealth({
      listen: '127.0.0.1:0',
      build: 'test',
      notReady: () => why,
      observe: () => Promise.reject(new Error('gone')),
    });
    try {
      expect(await scrape(server.address, '/readyz')).toEqual({ status: 503, text: 'not ready: draining\n' });
      why = null;
      expect((await scrape(server.address, '/readyz')).status).toBe(200);
      const { text } = await scrape(server.address, '/metrics');
      expect(text).toContain('analytics_deploy_temporal_up 0');
      expect(text).not.toContain('analytics_deploy_open_deployments{');
      expect(text).not.toContain('analytics_deploy_incomplete_rollbacks ');
    } finally {
      await server.close();
    }
  });
});
