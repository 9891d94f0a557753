import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Spec } from '../workflows/runbook/spec';
import { explainMechanism, findingsOf } from './issues';
import { type Located, nodeAt, overlay, plainOf, positionOf } from './located';
import { type Finding, type Problem, problemAt } from './problems';
import { rules } from './rules';
import { specSchema } from './schema';
import { limits, type Read, readYaml } from './yaml';

export type LoadResult =
  | { readonly ok: true; readonly spec: Spec; readonly sources: readonly string[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a spec from its file, with files of overrides laid over it: sections merge, lists and values replace, `null` removes.
 * Tells all problems at once, each with its place. Never throws.
 */
export function loadSpec(path: string, overrides: readonly string[] = []): LoadResult {
  const sources = [path, ...overrides];
  const read = sources.map(readFile);
  const unread = read.flatMap((one) => (one.ok ? [] : one.problems));
  const roots = read.flatMap((one) => (one.ok ? [one.root] : []));
  if (unread.length > 0) return { ok: false, problems: few(unread) };
  return checkLocated(roots.reduce(overlay), sources);
}

/** The same for text that is no file, such as the starter spec. */
export function readSpec(text: string, name: string): LoadResult {
  const read = readYaml(text, name);
  return read.ok ? checkLocated(read.root, [name]) : { ok: false, problems: few(read.problems) };
}

function readFile(path: string): Read {
  const refused = (problem: string, remedy?: string): Read => ({
    ok: false,
    problems: [{ file: path, line: 0, column: 0, path: '', problem, ...(remedy ? { remedy } : {}) }],
  });
  const tooLarge = `is larger than ${limits.bytes / 1024} KiB`;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return refused('is not a file');
    if (stat.size > limits.bytes) return refused(tooLarge, 'A spec has a few hundred lines: was another file meant?');
    const bytes = readAtMost(path, limits.bytes + 1);
    if (bytes.length > limits.bytes) return refused(tooLarge);
    return readYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes), path);
  } catch (error) {
    return refused(...explainUnreadable(error));
  }
}

/** A file may have grown since its size was asked. */
function readAtMost(path: string, most: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(most);
    let length = 0;
    for (let read = -1; read !== 0 && length < most; length += read) read = readSync(file, bytes, length, most - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

const unreadable: Readonly<Record<string, readonly [problem: string, remedy?: string]>> = {
  ENOENT: ['does not exist', 'Write a starter with "analytics-deploy init".'],
  EACCES: ['may not be read', 'Ask for read access to it.'],
  ENAMETOOLONG: ['is too long for a file name'],
  ERR_ENCODING_INVALID_ENCODED_DATA: ['is not UTF-8 text'],
  ERR_INVALID_ARG_VALUE: ['is no file name'],
};
function explainUnreadable(error: unknown): readonly [problem: string, remedy?: string] {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return unreadable[code] ?? [`cannot be read${code ? ` (${code})` : ''}`];
}

function checkLocated(root: Located, sources: readonly string[]): LoadResult {
  const content = plainOf(root, textsIn(root));
  const parsed = specSchema.safeParse(content);
  const issues = parsed.success ? [] : parsed.error.issues.flatMap((issue) => findingsOf(issue, specSchema, root));
  const findings = [...issues.map((finding) => explainMechanism(finding, root)), ...brokenRules(content, parsed.data)];
  if (parsed.success && findings.length === 0) return { ok: true, spec: parsed.data, sources };
  return {
    ok: false,
    problems: few(
      inOrder(
        onceEach(findings).map((finding) => problemAt(positionOf(root, finding.path, finding.atKey), finding)),
        sources,
      ),
    ),
  };
}

/** Numbers and words such as `1.10` or `true` where the schema wants a text: there they are what stands in the file. */
function textsIn(root: Located): ReadonlySet<Located> {
  const { error } = specSchema.safeParse(plainOf(root));
  const wanted = (error?.issues ?? []).filter((issue) => issue.code === 'invalid_type' && issue.expected === 'string');
  const nodes = wanted.map(({ path }) =>
    nodeAt(
      root,
      path.map((key) => (typeof key === 'number' ? key : String(key))),
    ),
  );
  return new Set(nodes.filter((node) => node?.kind === 'scalar' && node.plain !== null && node.value !== null) as readonly Located[]);
}

/** Asks every rule whose sections are in order, whatever the others look like. */
function brokenRules(content: unknown, whole: Spec | undefined): readonly Finding[] {
  if (whole) return rules.flatMap(({ check }) => check(whole));
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return [];
  const sound = Object.entries(specSchema.shape).flatMap(([key, schema]) => {
    const parsed = schema.safeParse((content as Readonly<Record<string, unknown>>)[key]);
    return parsed.success ? [[key, parsed.data] as const] : [];
  });
  const names = new Set(sound.map(([key]) => key));
  const partial = Object.fromEntries(sound) as unknown as Spec;
  return rules.filter(({ reads }) => reads.every((key) => names.has(key))).flatMap(({ check }) => check(partial));
}

const onceEach = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map((finding) => [JSON.stringify([finding.path, finding.problem, finding.expected]), finding])).values(),
];
const inOrder = (problems: readonly Problem[], sources: readonly string[]): readonly Problem[] =>
  problems.toSorted((a, b) => sources.indexOf(a.file) - sources.indexOf(b.file) || a.line - b.line || a.column - b.column);

/** Nobody reads a thousand problems. */
const most = 50;
function few(problems: readonly Problem[]): readonly Problem[] {
  const [first] = problems;
  if (problems.length <= most || !first) return problems;
  const rest = { file: first.file, line: 0, column: 0, path: '', problem: `has ${problems.length - most} more problems` };
  return [...problems.slice(0, most), rest];
}
