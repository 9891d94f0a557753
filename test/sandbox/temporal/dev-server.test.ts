import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { startTemporal } from '../../../sandbox/temporal/dev-server';
import { isListening } from '../../../sandbox/temporal/serving';
import { unique } from '../../support/temporal';
import { testFolder } from '../parts/folder';

const dataDir = testFolder();
const dist = join(__dirname, '..', '..', '..', 'dist', 'sandbox', 'temporal', 'dev-server.js');

async function withClient<Result>(address: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Waits for a condition; false after ten seconds. */
async function eventually(condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await delay(50);
  }
  return true;
}

// Three real servers one after the other: on a busy machine each start and stop takes seconds.
jest.setTimeout(90_000);

// Where a server is given to the tests, none is fetched to be started.
const whereNoneIsGiven = process.env['TEMPORAL_TEST_ADDRESS'] ? describe.skip : describe;

whereNoneIsGiven('a Temporal server of our own', () => {
  afterEach(() => {
    delete process.env['TEMPORAL_ADDRESS'];
  });

  test("has a web UI, keeps deployments over a restart, and does not care for the user's TEMPORAL_ADDRESS", async () => {
    process.env['TEMPORAL_ADDRESS'] = '192.0.2.1:7233';
    const dbFile = join(dataDir, 'kept.db');
    const first = await startTemporal({ dataDir, dbFile, uiPort: true });
    const workflowId = unique('kept');
    await withClient(first.address, (client) => client.workflow.start('nobodyPolls', { workflowId, taskQueue: unique('queue') }));
    expect((await fetch(first.uiUrl ?? '')).status).toBe(200);
    await first.stop();
    expect(await isListening(first.address)).toBe(false);

    const again = await startTemporal({ dataDir, dbFile, port: Number(first.address.split(':')[1]) });
    try {
      expect(again).toMatchObject({ address: first.address, uiUrl: null });
      const { status } = await withClient(again.address, (client) => client.workflow.getHandle(workflowId).describe());
      expect(status.name).toBe('RUNNING');
    } finally {
      await again.stop();
    }
  });

  test('ends with the process that started it, even if that is killed', async () => {
    const said = join(dataDir, 'address');
    const script = `require(${JSON.stringify(dist)}).startTemporal({ dataDir: ${JSON.stringify(join(dataDir, 'orphan'))} })
      .then(({ address }) => require('node:fs').writeFileSync(${JSON.stringify(said)}, address));`;
    writeFileSync(said, '');
    const parent = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    expect(await eventually(() => Promise.resolve(readFileSync(said, 'utf8') !== ''))).toBe(true);
    const address = readFileSync(said, 'utf8');
    expect(await isListening(address)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(await eventually(async () => !(await isListening(address)))).toBe(true);
  });

  test('that cannot start says why, with the end of its log', async () => {
    const dbFile = join(dataDir, 'no', 'such', 'folder', 'x.db');
    await expect(startTemporal({ dataDir: join(dataDir, 'failing'), dbFile })).rejects.toThrow(
      /The Temporal server did not start: it ended with code 1\. Its log, .*temporal\.log, ends with:\n.+/s,
    );
  });
});
