import type { Output } from './output';
import type { Engine } from './temporal/engine';

/** One command: help, shell completion, the documentation and the parser read this record. */
export interface Command {
  readonly name: string;
  /** One line, in the operator's words. */
  readonly summary: string;
  /** A command line that can be pasted. */
  readonly example: string;
  /** Further lines for `--help`. */
  readonly more?: readonly string[];
  readonly arguments?: readonly ArgumentRecord[];
  readonly options?: readonly OptionRecord[];
  /** Arguments after the known ones are handed over as they are. */
  readonly passesThrough?: boolean;
  /** Does it; imports what it needs only now. Answers with the exit code. */
  readonly run: (context: Context) => Promise<number>;
}

export interface ArgumentRecord {
  readonly name: string;
  readonly about: string;
  readonly required: boolean;
}

export interface OptionRecord {
  /** As in `-r, --release <version>`; without a value it is a switch. */
  readonly flags: string;
  readonly about: string;
  readonly required?: boolean;
  /** May be given more than once. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
}

/** Options that every command takes. */
export const commonOptions: readonly OptionRecord[] = [
  { flags: '--json', about: 'JSON on stdout and nothing else there (one object per line for streams)' },
  { flags: '--quiet', about: 'only the answer: no progress, no hints' },
  { flags: '--no-color', about: 'no colours (NO_COLOR does the same)' },
];

/** What a command is given. */
export interface Context {
  readonly arguments: Readonly<Record<string, string | undefined>>;
  readonly rest: readonly string[];
  readonly options: Options;
  readonly out: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connects to Temporal, once per command; closed when the command ends. */
  readonly connect: () => Promise<Engine>;
  /** Aborted by the first Ctrl-C: whoever follows something detaches. */
  readonly interrupted: AbortSignal;
}

/** Parsed options by their long name in camel case. */
export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** The value of an option that takes one. */
export function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
/** The values of an option that may be given more than once. */
export function textsOf(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
export function isSet(options: Options, name: string): boolean {
  return options[name] === true;
}
/** A required argument; the parser has already seen to it that it is there. */
export function argumentOf(context: Pick<Context, 'arguments'>, name: string): string {
  return context.arguments[name] ?? '';
}
