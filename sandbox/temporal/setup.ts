import { findTemporalCli, findTimeSkippingServer } from './find';

/** Makes sure that both servers are on this machine, once; afterwards nothing is downloaded any more. Progress goes to stderr. */
export async function setup(): Promise<void> {
  const cli = await findTemporalCli();
  process.stderr.write(`Temporal server: ${cli}\n`);
  const timeSkipping = await findTimeSkippingServer();
  process.stderr.write(`Time-skipping Temporal server: ${timeSkipping}\n`);
}
