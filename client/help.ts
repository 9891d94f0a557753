import { commonOptions, type Command, type OptionRecord } from './command';
import { exitCodesInWords } from './exit-codes';

export const tool = 'analytics-deploy';
const helpOption: OptionRecord = { flags: '-h, --help', about: 'this help' };

/** The overview: every command in one line. */
export function overview(commands: readonly Command[], version: string): string {
  return lines(
    `${tool} ${version}: a deployment runbook as one durable workflow`,
    '',
    `Usage: ${tool} <command> [options]   ${tool} <command> --help`,
    '',
    ...table(commands.map(({ name, summary }) => [name, summary])),
    '',
    `Example: ${tool} demo`,
    '',
    'Exit codes:',
    ...exitCodesInWords.map((line) => `  ${line}`),
  );
}

/** One command: usage, options, an example that can be pasted. */
export function helpOf(command: Command): string {
  const { name, summary, example, more = [], options = [], passesThrough = false } = command;
  const args = command.arguments ?? [];
  return lines(
    summary,
    '',
    `Usage: ${[tool, name, ...args.map((arg) => (arg.required ? `<${arg.name}>` : `[${arg.name}]`)), '[options]', ...(passesThrough ? ['[-- …]'] : [])].join(' ')}`,
    ...(args.length > 0 ? ['', ...table(args.map((arg) => [arg.name, arg.about]))] : []),
    '',
    ...table([...options, ...commonOptions, helpOption].map((option) => [option.flags, about(option)])),
    ...(more.length > 0 ? ['', ...more] : []),
    '',
    `Example: ${example}`,
  );
}

function about({ about: text, required = false, choices }: OptionRecord): string {
  return `${text}${choices ? ` (${choices.join(', ')})` : ''}${required ? ' [required]' : ''}`;
}

/** Two columns within 80. */
function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.min(26, Math.max(...rows.map(([name]) => name.length)));
  return rows.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrapped(text, 74 - width);
    return [`  ${name.padEnd(width)}  ${first}`, ...rest.map((line) => `  ${' '.repeat(width)}  ${line}`)];
  });
}

function wrapped(text: string, width: number): readonly string[] {
  const out: string[] = [];
  for (const word of text.split(' ')) {
    const last = out.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) out[out.length - 1] = `${last} ${word}`;
    else out.push(word);
  }
  return out;
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
