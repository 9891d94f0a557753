import { partNames, parts } from '../parts';
import { findPart, PartNotFound } from '../parts/find';
import { findTemporalCli, findTimeSkippingServer } from './find';

/**
 * Makes sure that both Temporal servers are on this machine, once, and that the servers beside the service are where they can be had: the
 * sandbox has its own for those that cannot. Afterwards nothing is downloaded any more. Progress goes to stderr.
 */
export async function setup(): Promise<void> {
  const cli = await findTemporalCli();
  process.stderr.write(`Temporal server: ${cli}\n`);
  const timeSkipping = await findTimeSkippingServer();
  process.stderr.write(`Time-skipping Temporal server: ${timeSkipping}\n`);
  for (const name of partNames) {
    const path = await findPart(parts[name]).catch((error: unknown) => {
      if (error instanceof PartNotFound) return error.message;
      throw error;
    });
    process.stderr.write(`${parts[name].title}: ${path}\n`);
  }
}
