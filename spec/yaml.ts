import { CST, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type ParsedNode, parseDocument, type YAMLMap } from 'yaml';
import type { Located, LocatedEntry, LocatedScalar, Position } from './located';
import { formatPath, type Path, type Problem } from './problems';

/** What a spec may be. Anything beyond is refused before it can cost time or memory. */
export const limits = { bytes: 256 * 1024, depth: 20, tokens: 12_000 } as const;

export type Read = { readonly ok: true; readonly root: Located } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads one YAML text. Only the plain part of YAML is taken: no anchors, aliases, tags or directives, one document, every key
 * once. Never throws.
 */
export function readYaml(text: string, file: string): Read {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refused = scan(text);
  if (refused) return { ok: false, problems: [{ ...place(refused.offset), path: '', ...refused.finding }] };
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const problems: Problem[] = document.errors.map((error) => ({ ...place(error.pos[0]), path: '', ...explain(error.code, error.message) }));
  if (problems.length > 0) return { ok: false, problems: firstOfEachLine(problems) };
  if (!document.contents) return { ok: false, problems: [{ ...place(0), path: '', problem: 'is empty', remedy: starterRemedy }] };
  const root = new Reader(place, problems).read(document.contents, [], 0);
  return root && problems.length === 0 ? { ok: true, root } : { ok: false, problems };
}
const starterRemedy = 'Write a starter with "analytics-deploy init".';
/** After the first error of a line the parser has lost its thread, and soon altogether. */
const firstOfEachLine = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(({ line }, index) => problems.findIndex((other) => other.line === line) === index).slice(0, 3);

interface Refused {
  readonly offset: number;
  readonly finding: Pick<Problem, 'problem' | 'expected' | 'remedy'>;
}
const alias = { problem: 'a YAML alias is not taken', expected: 'every value stands where it is used', remedy: 'Write the value out.' };
const forbidden: Readonly<Record<string, Refused['finding']>> = {
  alias,
  anchor: { problem: 'a YAML anchor is not taken', expected: 'every value stands where it is used', remedy: 'Remove the anchor.' },
  tag: { problem: 'a YAML tag is not taken', expected: 'the spec says itself what is a text and what a number', remedy: 'Remove the tag.' },
  'directive-line': { problem: 'a YAML directive is not taken', expected: 'a spec is plain YAML 1.2', remedy: 'Remove the line.' },
};

/** Looks at the tokens alone, before anything is built from them. */
function scan(text: string): Refused | undefined {
  let offset = 0;
  let depth = 0;
  let count = 0;
  let isContent = false;
  for (const token of new Lexer().lex(text)) {
    const type: string = isContent ? 'content' : (CST.tokenType(token) ?? '');
    isContent = type === 'scalar';
    const finding = forbidden[type];
    if (finding) return { offset, finding };
    if (opening.includes(type)) depth += 1;
    if (closing.includes(type)) depth -= 1;
    if (depth > limits.depth) return { offset, finding: tooDeep };
    if (++count > limits.tokens) return { offset, finding: tooLong };
    // The lexer's own marks are no part of the text.
    offset += marks.includes(type) ? 0 : token.length;
  }
  return undefined;
}
const opening: readonly string[] = ['flow-map-start', 'flow-seq-start'];
const closing: readonly string[] = ['flow-map-end', 'flow-seq-end'];
const marks: readonly string[] = ['doc-mode', 'flow-error-end', 'scalar'];
const tooLong = { problem: 'is too long', expected: `a spec has at most ${limits.tokens} YAML tokens` };
const tooDeep = { problem: 'is nested too deeply', expected: `a spec has at most ${limits.depth} levels` };

/** Builds the located tree, and collects what is wrong with it. */
class Reader {
  constructor(
    private readonly place: (offset: number) => Position,
    private readonly problems: Problem[],
  ) {}

  read(node: ParsedNode, path: Path, depth: number): Located | undefined {
    const [offset] = node.range;
    const at = this.place(offset);
    if (depth > limits.depth) return this.refuse(offset, path, tooDeep);
    if (isAlias(node)) return this.refuse(offset, path, alias);
    if (isSeq(node))
      return { kind: 'list', at, items: node.items.flatMap((item, index) => this.read(item, [...path, index], depth + 1) ?? []) };
    if (isMap(node)) return { kind: 'map', at, entries: this.readEntries(node, path, depth) };
    const { value, type, source } = node;
    const isPlain = type === 'PLAIN' && source !== '';
    if (isSimple(value)) return { kind: 'scalar', at, value, plain: isPlain ? source : null };
    return this.refuse(offset, path, { problem: 'is no text, number, true, false or null' });
  }

  private readEntries({ items }: YAMLMap.Parsed, path: Path, depth: number): ReadonlyMap<string, LocatedEntry> {
    const entries = new Map<string, LocatedEntry>();
    for (const { key, value } of items) {
      const [offset] = key.range;
      const name = isScalar(key) && key.value !== null ? key.source : '';
      const here = [...path, name];
      const first = entries.get(name);
      if (name === '') this.refuse(offset, path, { problem: 'has a key that is no text', expected: 'a key is a word before a colon' });
      else if (name === '__proto__') this.refuse(offset, here, { problem: 'is no key that a spec can have' });
      else if (first) this.refuse(offset, here, { problem: `stands twice, first in line ${first.key.line}`, remedy: 'Keep one of them.' });
      else {
        const at = this.place(offset);
        const read = value ? this.read(value, here, depth + 1) : ({ kind: 'scalar', at, value: null, plain: null } as const);
        if (read) entries.set(name, { key: at, value: read });
      }
    }
    return entries;
  }

  private refuse(offset: number, path: Path, finding: Refused['finding']): Located | undefined {
    this.problems.push({ ...this.place(offset), path: formatPath(path), ...finding });
    return undefined;
  }
}
const isSimple = (value: unknown): value is LocatedScalar['value'] =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const explanations: Readonly<Record<string, Refused['finding']>> = {
  TAB_AS_INDENT: { problem: 'a tab indents this line', expected: 'YAML is indented with spaces', remedy: 'Replace the tab by spaces.' },
  MULTIPLE_DOCS: { problem: 'a second document begins here', expected: 'a spec is one YAML document', remedy: 'Remove the line "---".' },
  BAD_INDENT: { problem: 'this line is indented unlike its neighbours', remedy: 'Give the keys of one section the same indentation.' },
};
const explain = (code: string, message: string): Refused['finding'] =>
  explanations[code] ?? { problem: `this is not YAML: ${(message.split('\n')[0] ?? '').replace(/\.$/, '')}` };
