import { Command as Parser, CommanderError, Option } from 'commander';
import { commonOptions, type Command, type Context, type OptionRecord, type Options } from './command';
import { commands } from './commands';
import { exitCodes } from './exit-codes';
import { helpOf, overview, tool } from './help';
import { clientIdentity, whoIs } from './identity';
import { openOutput, type Output } from './output';
import { describeUnforeseen, Problem } from './problems';
import type { Engine } from './temporal/engine';
import { toolVersion } from './version';

type Environment = Readonly<Record<string, string | undefined>>;

/** Parses the command line by the records, runs one command, and answers with the exit code. */
export async function runProgram(args: readonly string[], env: Environment): Promise<number> {
  let code: number = exitCodes.ok;
  process.stdout.on('error', leaveQuietly);
  const program = new Parser(tool).exitOverride().configureOutput(silent).showSuggestionAfterError().version(toolVersion());
  program.helpInformation = () => overview(commands, toolVersion());
  for (const command of commands) addCommand(program, command, async (context) => void (code = await context()), env);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return tellUsage(error, args);
    throw error;
  }
}

/** What the parser says is said by us, with the way on. */
const silent = { writeErr: () => undefined };

function tellUsage({ exitCode, message }: CommanderError, args: readonly string[]): number {
  if (exitCode === 0) return exitCodes.ok;
  const command = commands.find(({ name }) => name === args[0]);
  const way = command ? `Example: ${command.example}      See: ${tool} ${command.name} --help` : `See: ${tool} --help`;
  const said = message.replace(/^error: /, '');
  process.stderr.write(`${said}\n${way}\n`);
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ error: said, code: exitCodes.usage })}\n`);
  return exitCodes.usage;
}

function addCommand(program: Parser, command: Command, perform: (run: () => Promise<number>) => Promise<void>, env: Environment): void {
  const parser = program.command(command.name).description(command.summary).exitOverride().configureOutput(silent);
  parser.helpInformation = () => helpOf(command);
  for (const { name, about, required } of command.arguments ?? []) parser.argument(required ? `<${name}>` : `[${name}]`, about);
  for (const option of [...(command.options ?? []), ...commonOptions]) parser.addOption(readOption(option));
  if (command.passesThrough) parser.allowUnknownOption().allowExcessArguments();
  parser.action(async () => {
    const named = Object.fromEntries((command.arguments ?? []).map(({ name }, place) => [name, parser.args[place]]));
    const rest = parser.args.slice(command.arguments?.length ?? 0);
    await perform(() => runCommand(command, named, rest, parser.opts<Options>(), env));
  });
}

function readOption({ flags, about, required = false, repeatable = false, choices }: OptionRecord): Option {
  const option = new Option(flags, about).makeOptionMandatory(required);
  if (choices) option.choices([...choices]);
  if (repeatable) option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return option;
}

/** Runs one command: connects at most once, closes what it opened, and tells problems without a stack trace. */
async function runCommand(
  command: Command,
  named: Context['arguments'],
  rest: readonly string[],
  options: Options,
  env: Environment,
): Promise<number> {
  const out = openOutput(process, env, {
    json: options['json'] === true,
    quiet: options['quiet'] === true,
    color: options['color'] !== false,
  });
  const { interrupted, stopListening } = listenForInterrupts(out);
  let engine: Promise<Engine> | undefined;
  const as = typeof options['as'] === 'string' ? options['as'] : undefined;
  const connect = () => (engine ??= openEngine(clientIdentity(whoIs(as, env), toolVersion()), env));
  try {
    return await command.run({ arguments: named, rest, options, out, env, connect, interrupted });
  } catch (error) {
    return await tell(error, out, env);
  } finally {
    stopListening();
    await engine?.then((opened) => opened.close()).catch(() => undefined);
  }
}

/** A reader that has left (`| head`) is no error. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  throw error;
}

async function openEngine(identity: string, env: Environment): Promise<Engine> {
  const { connectToTemporal } = await import('./temporal/connect.js');
  return connectToTemporal({ identity, env });
}

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

/** The first Ctrl-C lets the command detach, the second one leaves at once. */
function listenForInterrupts(out: Output): { readonly interrupted: AbortSignal; readonly stopListening: () => void } {
  const controller = new AbortController();
  const listen = () => {
    if (controller.signal.aborted) process.exit(exitCodes.detached);
    controller.abort();
    if (out.interactive) process.stderr.write('\n');
  };
  for (const signal of stopSignals) process.on(signal, listen);
  const stopListening = () => stopSignals.forEach((signal) => process.off(signal, listen));
  return { interrupted: controller.signal, stopListening };
}

async function tell(error: unknown, out: Output, env: Environment): Promise<number> {
  const problem = await asProblem(error);
  if (env['ANALYTICS_DEPLOY_DEBUG'] && error instanceof Error) out.complain(error.stack ?? error.message);
  out.complain(problem.message);
  out.data({ error: problem.message, code: problem.code, ...problem.details });
  return problem.code;
}

/** A connection that breaks midway is told like one that could not be made. */
async function asProblem(error: unknown): Promise<Problem> {
  if (error instanceof Problem) return error;
  if (error instanceof Error && error.name === 'ServerNotFound') return new Problem(error.message, exitCodes.failure);
  if (error instanceof Error && error.name === 'NamespaceNotFoundError') {
    return new Problem(`${error.message}. Create it, or set TEMPORAL_NAMESPACE.`, exitCodes.failure);
  }
  if (error instanceof Error && (error.name === 'ServiceError' || 'code' in error)) {
    const { isConnectionError, lostBecause } = await import('./temporal/errors.js');
    if (isConnectionError(error)) {
      return new Problem(
        `The connection to Temporal failed (${lostBecause(error)}). The deployment is not affected; try again.`,
        exitCodes.failure,
      );
    }
  }
  return new Problem(describeUnforeseen(error), exitCodes.failure);
}
