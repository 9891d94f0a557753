import { findTimeSkippingServer } from '../../sandbox/temporal/find';

/** Variables by which the setup tells the tests where the servers are. */
export const ADDRESS = 'ANALYTICS_DEPLOY_TEST_TEMPORAL';
export const TIME_SKIPPING = 'ANALYTICS_DEPLOY_TEST_TIME_SKIPPING';

export async function findTimeSkippingPath(): Promise<void> {
  process.env[TIME_SKIPPING] = await findTimeSkippingServer();
}
