import type { CommandReceipt, CommandRequest } from '../workflows/runbook/contract';
import type { Attempt } from './activity';
import { fillIn, inCheckout, runInside } from './checkout';
import type { Ports } from './ports';

/** A command of the spec on the release's files (runbook, step 1.4). */
export function commandActivities(ports: Ports) {
  return {
    runCommand: (request: CommandRequest, { signal }: Attempt): Promise<CommandReceipt> =>
      inCheckout(ports, request, signal, async (directory) => {
        const { took, output } = await runInside(ports, directory, { ...request.command, fillIn: fillIn(request) }, signal);
        return { took, output };
      }),
  };
}
