import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import { ADDRESS, TIME_SKIPPING } from '../setup/environment';

/** The real Temporal server that runs for the whole test run, and names that no other test uses. */
export interface TestTemporal {
  readonly address: string;
  readonly namespace: 'default';
  readonly client: Client;
  /** For workers. */
  readonly connection: NativeConnection;
  /** A name with a unique ending: task queues, services and ids of tests never meet. */
  readonly unique: (name: string) => string;
  close(): Promise<void>;
}

/** Connects to the test run's server. Close it in `afterAll`. */
export async function testEnvironment(): Promise<TestTemporal> {
  const address = testAddress();
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  return {
    address,
    namespace: 'default',
    client: new Client({ connection }),
    connection: native,
    unique,
    close: async () => {
      await connection.close();
      await native.close();
    },
  };
}

/** Address of the test run's server, for programs that connect by themselves. */
export const testAddress = (): string => fromSetup(ADDRESS);

/** A server of its own whose clock jumps over hours and days. Tear it down in `afterAll`. */
export const startTimeSkipping = (): Promise<TestWorkflowEnvironment> =>
  TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path: fromSetup(TIME_SKIPPING) } } });

export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;

function fromSetup(variable: string): string {
  const value = process.env[variable];
  if (value) return value;
  throw new Error(`${variable} is not set. Run the tests by jest with this project's configuration: its global setup starts the servers.`);
}
