import type { CheckoutRequest } from '../../workflows/runbook/contract';
import { inCheckout, runInside, type Command, type Passed } from '../checkout';
import type { Ports } from '../ports';

/** Runs one command about the database in a checkout of its own. */
export async function runIn(ports: Ports, request: CheckoutRequest, command: Command, signal: AbortSignal): Promise<Passed> {
  return withCheckout(ports, request, signal, (run) => run(command));
}

/** The release's files for as long as `work` takes, and what runs a command in them. */
export async function withCheckout<T>(
  ports: Pick<Ports, 'git' | 'commands'>,
  request: CheckoutRequest,
  signal: AbortSignal,
  work: (run: (command: Command) => Promise<Passed>) => Promise<T>,
): Promise<T> {
  return inCheckout(ports, request, signal, (workspace) => work((command) => runInside(ports, workspace, command, signal)));
}
