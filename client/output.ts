import type { Look } from './screens/look';

/** Where a command speaks: answers on stdout, progress and notices on stderr. */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** A person sits in front of it: live view and questions are possible. */
  readonly interactive: boolean;
  readonly look: Look;
  /** Lines of the answer; nothing under `--json`. */
  say(...lines: readonly string[]): void;
  /** The answer under `--json`: one object, on one line. */
  data(value: unknown): void;
  /** Progress and hints, on stderr; nothing under `--quiet`. */
  note(...lines: readonly string[]): void;
  /** What went wrong, on stderr, always. */
  complain(...lines: readonly string[]): void;
}

export interface Streams {
  readonly stdout: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>;
  readonly stdin: { readonly isTTY?: boolean };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Output by the command's options and the terminal's abilities. */
export function openOutput(
  { stdout, stderr, stdin }: Streams,
  env: Environment,
  { json, quiet, color }: { readonly json: boolean; readonly quiet: boolean; readonly color: boolean },
): Output {
  const terminal = stdout.isTTY === true && env['TERM'] !== 'dumb' && !env['CI'];
  const write = (stream: Streams['stderr'], lines: readonly string[]) => void stream.write(lines.map((line) => `${line}\n`).join(''));
  return {
    json,
    quiet,
    interactive: terminal && stdin.isTTY === true && !json,
    look: { width: Math.max(40, stdout.columns ?? 80), unicode: speaksUnicode(env), colour: color && terminal && !env['NO_COLOR'] },
    say: (...lines) => (json ? undefined : write(stdout, lines)),
    data: (value) => (json ? write(stdout, [JSON.stringify(value)]) : undefined),
    note: (...lines) => (quiet ? undefined : write(stderr, lines)),
    complain: (...lines) => write(stderr, lines),
  };
}

/** Whether marks and bars may be more than ASCII. */
function speaksUnicode(env: Environment): boolean {
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale === ''
    ? process.platform === 'darwin' || process.platform === 'win32' || env['TERM'] !== undefined
    : /utf-?8/i.test(locale);
}
