import type { Located, Position } from './located';

/** One thing that is wrong with a spec: where, what, what is expected instead, and what to do. */
export interface Problem {
  readonly file: string;
  /** From 1; 0 where the file itself is the problem. */
  readonly line: number;
  readonly column: number;
  /** `production.colours.blue.deployment`, or empty for the file as a whole. */
  readonly path: string;
  /** Completes the path: `is 120`. */
  readonly problem: string;
  readonly expected?: string;
  readonly remedy?: string;
}
/** A problem of the spec's content, before it is known where that stands. */
export interface Finding {
  readonly path: Path;
  readonly problem: string;
  readonly expected?: string;
  readonly remedy?: string;
  /** Whether the key itself is wrong rather than its value. */
  readonly atKey?: boolean;
}
export type Path = readonly (string | number)[];

/** `analytics.yaml:14:9  ramp.steps[2].share is 120: a share is 0 to 100 %. Did you mean 100?` */
export function formatProblem({ file, line, column, path, problem, expected, remedy }: Problem): string {
  const where = line > 0 ? `${file}:${line}:${column}` : file;
  const said = [`${path === '' ? '' : `${path} `}${problem}`, ...(expected ? [expected] : [])].join(': ');
  return `${where}  ${[said, ...(remedy ? [remedy] : [])].map(asSentence).join(' ')}`;
}
const asSentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

/** `ramp.steps[2].share`, `off["1.3"]`. */
export const formatPath = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(shorten(key))}]`))
    .join('')
    .replace(/^\./, '');

/** A value as a problem names it, never longer than a glance. */
export function formatValue(value: Located): string {
  if (value.kind === 'list') return `a list of ${value.items.length}`;
  if (value.kind === 'map') return 'a section';
  if (value.value === null) return 'empty';
  if (value.value === '') return 'an empty text';
  if (typeof value.value === 'string') return JSON.stringify(shorten(withoutCredentials(value.value)));
  // As it was written: 1.10 is not 1.1.
  return value.plain ?? String(value.value);
}
/** `https://user:password@host` is shown without its middle. */
const withoutCredentials = (text: string): string => text.replace(/\/\/[^/\s]*@/g, '//…@');
const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text);

export const problemAt = (at: Position, finding: Omit<Finding, 'atKey'>): Problem => ({
  file: at.file,
  line: at.line,
  column: at.column,
  path: formatPath(finding.path),
  problem: finding.problem,
  ...(finding.expected === undefined ? {} : { expected: finding.expected }),
  ...(finding.remedy === undefined ? {} : { remedy: finding.remedy }),
});
