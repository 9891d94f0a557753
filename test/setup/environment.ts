import { type PartName, partNames, parts } from '../../sandbox/parts';
import { findPart } from '../../sandbox/parts/find';
import { findTimeSkippingServer } from '../../sandbox/temporal/find';

/** Variables by which the setup tells the tests where the servers are. */
export const ADDRESS = 'ANALYTICS_DEPLOY_TEST_TEMPORAL';
export const TIME_SKIPPING = 'ANALYTICS_DEPLOY_TEST_TIME_SKIPPING';

export async function findTimeSkippingPath(): Promise<void> {
  process.env[TIME_SKIPPING] = await findTimeSkippingServer();
}

/** Variable that says where a real server's executable is, or why there is none. */
export const partVariable = (name: PartName): string => `ANALYTICS_DEPLOY_TEST_PART_${name.toUpperCase()}`;

/** Looks for every real server that tests use, and fetches those that can be fetched. One that cannot be had is no failure. */
export async function findParts(): Promise<void> {
  await Promise.all(
    partNames.map(async (name) => {
      const said = findPart(parts[name]).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      process.env[partVariable(name)] = await said;
    }),
  );
}
