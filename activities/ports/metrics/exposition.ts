import type { Scrape, Series } from '../metrics';

const metricName = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelName = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const blanks = /[ \t]*/y;
const unescaped = /[^"\\]*/y;
/** Decimal numbers and the names of the format; `0x10` and an empty value are none. */
const number = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Inf|inf|NaN|nan)$/;

/**
 * Reads the Prometheus text format (version 0.0.4, and the lines of OpenMetrics that look alike). Strict about lines, as a wrong number is
 * worse than none: the first malformed line, or a series that comes twice, makes the whole text malformed. Never throws.
 */
export function parseExposition(text: string): Exclude<Scrape, { kind: 'unreadable' }> {
  const series: Series[] = [];
  const seen = new Set<string>();
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    const content = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (content.trim() === '' || content.trimStart().startsWith('#')) continue;
    const sample = parseSample(content.trimStart());
    if (typeof sample === 'string') return { kind: 'malformed', line, reason: sample };
    const id = identify(sample);
    if (seen.has(id)) return { kind: 'malformed', line, reason: `series ${sample.metric} comes twice` };
    seen.add(id);
    series.push(sample);
  }
  return { kind: 'series', series };
}

/** A series' identity: the metric and all labels, in a fixed order. */
export function identify({ metric, labels }: Pick<Series, 'metric' | 'labels'>): string {
  return JSON.stringify([metric, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** One line that is neither blank nor a comment: the sample, or what is wrong with it. */
function parseSample(line: string): Series | string {
  const metric = take(metricName, line, 0);
  if (metric === null) return 'no metric name';
  let at = skipBlanks(line, metric.length);
  let labels: Readonly<Record<string, string>> = {};
  if (line[at] === '{') {
    const parsed = parseLabels(line, at + 1);
    if (typeof parsed === 'string') return parsed;
    ({ labels, at } = parsed);
  } else if (at === metric.length) return 'no value';
  // An exemplar of OpenMetrics follows a hash sign: it is not part of the sample.
  const [value, timestamp, ...more] =
    line
      .slice(at)
      .split(' # ')[0]
      ?.trim()
      .split(/[ \t]+/) ?? [];
  if (value === undefined || !number.test(value)) return 'the value is not a number';
  if (more.length > 0) return 'text after the timestamp';
  if (timestamp !== undefined && !number.test(timestamp)) return 'the timestamp is not a number';
  return { metric, labels, value: toNumber(value), at: timestamp === undefined ? null : toNumber(timestamp) };
}

function parseLabels(line: string, start: number): { labels: Readonly<Record<string, string>>; at: number } | string {
  const labels = new Map<string, string>();
  let at = skipBlanks(line, start);
  while (line[at] !== '}') {
    const name = take(labelName, line, at);
    if (name === null) return 'no label name';
    at = skipBlanks(line, at + name.length);
    if (line[at] !== '=') return `no = after label ${name}`;
    at = skipBlanks(line, at + 1);
    const value = parseQuoted(line, at);
    if (typeof value === 'string') return value;
    if (labels.has(name)) return `label ${name} comes twice`;
    labels.set(name, value.text);
    at = skipBlanks(line, value.at);
    if (line[at] === ',') at = skipBlanks(line, at + 1);
    else if (line[at] !== '}') return 'the labels are not closed';
  }
  return { labels: Object.fromEntries(labels), at: at + 1 };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"' };

function parseQuoted(line: string, start: number): { text: string; at: number } | string {
  if (line[start] !== '"') return 'a label value without quotes';
  let text = '';
  for (let at = start + 1; ;) {
    const plain = take(unescaped, line, at) ?? '';
    text += plain;
    at += plain.length;
    if (line[at] === '"') return { text, at: at + 1 };
    if (at >= line.length) return 'a label value is not closed';
    const meant = escapes[line[at + 1] ?? ''];
    if (meant === undefined) return 'an unknown escape in a label value';
    text += meant;
    at += 2;
  }
}

function take(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
function skipBlanks(text: string, at: number): number {
  return at + (take(blanks, text, at)?.length ?? 0);
}
function toNumber(text: string): number {
  if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /nan/i.test(text) ? NaN : Number(text);
}
