import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { prebuiltBundle } from '../worker/bundle';
import { startCluster, type Cluster } from './cluster';
import { startServer } from './server';

/** What all metrics share: one server, one observer, both workflow bundles, and a cluster to write to. */
export interface Stage {
  readonly address: string;
  readonly client: Client;
  readonly native: NativeConnection;
  readonly bundles: { readonly ours: { readonly codePath: string }; readonly bare: { readonly codePath: string } };
  /** Folder that goes with the stage. */
  readonly folder: string;
  readonly serverVersion: string;
  /** Started when it is first asked for. */
  cluster(): Promise<Cluster>;
  close(): Promise<void>;
}

/** @param file the server keeps its data in a file, as one would for real; else in memory. */
export async function openStage(file: boolean): Promise<Stage> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
  const folder = await mkdtemp(join(tmpdir(), 'analytics-deploy-bench-'));
  const server = await startServer(folder, file);
  const { address } = server;
  const [connection, native, bare] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
    bundleBare(folder),
  ]);
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  let cluster: Promise<Cluster> | null = null;
  return {
    address,
    client: new Client({ connection }),
    native,
    bundles: { ours: prebuiltBundle(), bare },
    folder,
    serverVersion,
    cluster: () => (cluster ??= startCluster(folder)),
    async close() {
      // One that did not start has said so where it was asked for.
      await cluster?.then(
        (running) => running.stop(),
        () => undefined,
      );
      await connection.close();
      await native.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where the workflows of the baseline are, for a worker that bundles by itself. */
export const bareWorkflowsPath = join(__dirname, 'bare-workflows.js');

async function bundleBare(folder: string): Promise<{ readonly codePath: string }> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: bareWorkflowsPath,
    logger: new DefaultLogger('ERROR'),
  });
  const codePath = join(folder, 'bare-workflows.js');
  await writeFile(codePath, code);
  return { codePath };
}
