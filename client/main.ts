/** The command line's entry. Help is answered from the records alone, so that it costs next to nothing. */
import { writeSync } from 'node:fs';
import { commands } from './commands';
import { helpOf, overview } from './help';
import { toolVersion } from './version';

const args = process.argv.slice(2);
const [name = '--help', ...rest] = args;
const known = commands.find((command) => command.name === (name === 'help' ? rest[0] : name));
const asksForHelp = rest.some((arg, place) => (arg === '--help' || arg === '-h') && !rest.slice(0, place).includes('--'));

if (name === '--version' || name === '-V') say(`${toolVersion()}\n`);
else if (known && (name === 'help' || (asksForHelp && !known.passesThrough))) say(helpOf(known));
else if (['--help', '-h', 'help'].includes(name)) say(overview(commands, toolVersion()));
else void start();

/** Without the stream: opening it costs more than all the help. A reader that has left is no error. */
function say(text: string): void {
  try {
    writeSync(1, text);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) process.stdout.write(text);
  }
}

async function start(): Promise<void> {
  const { runProgram } = await import('./program.js');
  process.exitCode = await runProgram(args, process.env);
  // A library that keeps the process alive does not keep the person waiting.
  setTimeout(() => process.exit(), 2_000).unref();
}
