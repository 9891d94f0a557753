import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/** Keeps the SDK quiet in tests that break things on purpose. Before the first connection of a file. */
export function quietRuntime(): void {
  if (!installed)
    Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
  installed = true;
}
