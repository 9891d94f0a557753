import { setup as fetchServers } from '../../sandbox/temporal/setup';
import { isSet, type Context } from '../command';
import { exitCodes } from '../exit-codes';

/**
 * Fetches the servers that demo and tests use; a second time it finds them. With `--strict` it is a failure where one of those beside the
 * service cannot be had, which otherwise a stand-in or a skipped test replaces.
 */
export async function setup({ options }: Context): Promise<number> {
  const parts = await fetchServers();
  return isSet(options, 'strict') && parts.some(({ executable }) => executable === null) ? exitCodes.failure : exitCodes.ok;
}
