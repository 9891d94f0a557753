/** Strings, numbers and words, and the punctuation of JSON. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

interface Level {
  readonly path: string;
  readonly keys: Set<string> | null;
  key: string;
  index: number;
  expectsKey: boolean;
}

/** Paths of fields that a JSON text (known to be well-formed) gives more than once in the same object. */
export function duplicateFields(text: string): readonly string[] {
  const found = new Set<string>();
  const levels: Level[] = [];
  const here = (): string => {
    const level = levels.at(-1);
    if (!level) return '';
    return level.keys === null ? `${level.path}[${level.index}]` : join(level.path, level.key);
  };
  for (const [part] of text.matchAll(token)) {
    const level = levels.at(-1);
    if (part === '{' || part === '[') {
      levels.push({ path: here(), keys: part === '{' ? new Set() : null, key: '', index: 0, expectsKey: part === '{' });
    } else if (part === '}' || part === ']') {
      levels.pop();
    } else if (part === ',' && level) {
      level.index += 1;
      level.expectsKey = level.keys !== null;
    } else if (level?.expectsKey && level.keys) {
      level.key = JSON.parse(part) as string;
      level.expectsKey = false;
      if (level.keys.has(level.key)) found.add(join(level.path, level.key));
      level.keys.add(level.key);
    }
  }
  return [...found];
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
