import { fetchParts, type FoundPart } from '../parts/fetch';
import { findTemporalCli, findTimeSkippingServer } from './find';

/**
 * Makes sure that both Temporal servers are on this machine, once, and that the servers beside the service are where they can be had: the
 * sandbox has its own for those that cannot. Afterwards nothing is downloaded any more. Progress goes to stderr.
 *
 * @returns the servers beside the service
 */
export async function setup(): Promise<readonly FoundPart[]> {
  process.stderr.write(`Temporal server: ${await findTemporalCli()}\n`);
  process.stderr.write(`Time-skipping Temporal server: ${await findTimeSkippingServer()}\n`);
  const parts = await fetchParts();
  for (const { title, executable, reason } of parts) process.stderr.write(`${title}: ${executable ?? reason}\n`);
  return parts;
}
