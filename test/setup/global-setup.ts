import { spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporal } from '../../sandbox/temporal/dev-server';
import { readStamp, stampOf } from '../../worker/bundle-stamp';
import { keepForTeardown } from './kept';
import { ADDRESS, findParts, findTimeSkippingPath } from './environment';

/**
 * Before the first test: the workflow bundle is fresh, the servers are there, and one Temporal server runs for the whole run.
 * What may take minutes happens here, where no test's time limit applies.
 */
export default async function globalSetup(): Promise<void> {
  if (readStamp(join(root, 'dist')) !== stampOf(join(root, 'workflows'))) build();
  await Promise.all([findTimeSkippingPath(), findParts()]);
  const given = process.env['TEMPORAL_TEST_ADDRESS'];
  if (given) {
    process.env[ADDRESS] = given;
    return;
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'analytics-deploy-test-'));
  const server = await startTemporal({ dataDir });
  process.env[ADDRESS] = server.address;
  keepForTeardown({ server, dataDir });
}

const root = join(__dirname, '..', '..');
/** The tests of the parts do not need the build: a mistake in it is said, and fails those that do. */
function build(): void {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  if (status !== 0) process.stderr.write('The build has errors: tests of the built program run on what could be built.\n');
}
