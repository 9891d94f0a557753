import type { CheckoutRequest } from '../../workflows/runbook/contract';
import { howItEnded, inCheckout, inside, lastLines } from '../checkout';
import { failure, quote } from '../failures';
import type { Ports } from '../ports';

/** A command of the spec about the database. */
export interface DatabaseCommand {
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the tool itself sets: the connection, which stands in no argument. */
  readonly connection?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
  /** Its place in the spec, for people. */
  readonly of: string;
  readonly fillIn: (text: string) => string;
  readonly signal: AbortSignal;
}
export interface CommandDone {
  readonly tail: string;
  /** sha256 of the whole output. */
  readonly output: string;
}

/** Runs one command in a checkout of its own. */
export async function runIn(ports: Ports, request: CheckoutRequest, command: DatabaseCommand): Promise<CommandDone> {
  return withCheckout(ports, request, command.signal, (run) => run(command));
}

/** The release's files for as long as `work` takes; each command in it without a shell. */
export async function withCheckout<T>(
  ports: Pick<Ports, 'git' | 'commands'>,
  request: CheckoutRequest,
  signal: AbortSignal,
  work: (run: (command: DatabaseCommand) => Promise<CommandDone>) => Promise<T>,
): Promise<T> {
  return inCheckout(ports, request, signal, (workspace) =>
    work(async (command) => {
      const { directory, environment, connection = {}, timeout, of, fillIn } = command;
      const [program = '', ...words] = command.command.map(fillIn);
      const filled = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fillIn(value)]));
      const end = await ports.commands.run({
        program,
        arguments: words,
        directory: await inside(workspace, directory, `${of.slice(0, of.lastIndexOf('.'))}.directory`),
        environment: { ...filled, ...connection },
        timeout,
        signal,
      });
      const tail = withoutSecrets(lastLines(end.tail), connection);
      if (end.code === 0 && !end.timedOut) return { tail, output: end.output };
      const told = quote([program, ...words].join(' '), 80);
      throw failure('CommandFailed', `${of} (${told}) ${howItEnded(end, command)}: ${quote(tail.split('\n').slice(-5).join(' | '), 300)}`, {
        remedy: 'Read its output in the log of the exec worker, mend it, then retry.',
      });
    }),
  );
}

/** A tool may print the address that it was given. */
function withoutSecrets(text: string, connection: Readonly<Record<string, string>>): string {
  const { PGPASSWORD } = connection;
  const passwords = PGPASSWORD ? [PGPASSWORD, encodeURIComponent(PGPASSWORD)] : [];
  const hidden = passwords.reduce((shown, password) => shown.replaceAll(password, '[REDACTED]'), text);
  return hidden.replace(/(\w+:\/\/)[^/@\s]*@/g, '$1');
}
