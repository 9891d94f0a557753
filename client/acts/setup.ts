import { setup as fetchServers } from '../../sandbox/temporal/setup';
import type { Context } from '../command';
import { exitCodes } from '../exit-codes';

/** Fetches the Temporal servers that demo and tests use; a second time it finds them. */
export async function setup(_: Context): Promise<number> {
  await fetchServers();
  return exitCodes.ok;
}
