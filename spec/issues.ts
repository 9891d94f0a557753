import { z } from 'zod';
import { type Located, nodeAt } from './located';
import { nearest } from './nearest';
import { type Finding, formatPath, formatValue, type Path } from './problems';
import { REMEDY } from './scalars';

/** Says what zod found in the words of the file: what stands there, what is expected, what was probably meant. */
export function findingsOf(issue: z.core.$ZodIssue, schema: z.ZodType, root: Located): readonly Finding[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, schema, root));
  const [expected = '', remedyInMessage] = issue.message.split(REMEDY);
  const params = issue.code === 'custom' ? issue.params : undefined;
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    const guess = remedyOf(inner?.code === 'custom' ? inner.params : undefined);
    const problem = `is no name that ${path.length > 1 ? formatPath(path.slice(0, -1)) : 'this section'} can hold`;
    return [{ path, problem, expected: inner?.message ?? expected, atKey: true, ...guess }];
  }
  const node = nodeAt(root, path);
  if (!node) return [{ path, problem: 'is missing', expected }];
  const problem = params?.['secret'] === true ? 'is no reference' : `is ${formatValue(node)}`;
  const quoted = issue.code === 'invalid_type' ? unquote(issue.expected, node) : undefined;
  const remedy = remedyInMessage ?? quoted;
  return [{ path, problem, expected, ...(remedy === undefined ? remedyOf(params) : { remedy }) }];
}

const remedyOf = (params: Readonly<Record<string, unknown>> | undefined): { readonly remedy?: string } =>
  typeof params?.['remedy'] === 'string' ? { remedy: params['remedy'] } : {};

/** `"10"` where a number is expected, `yes` where true is. */
function unquote(expected: string, node: Located): string | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  const { value } = node;
  const truth = truths[value.toLowerCase()];
  if (expected === 'boolean' && truth !== undefined) return `Write ${truth} without quotes.`;
  return expected === 'number' && value !== '' && Number.isFinite(Number(value)) ? `Write ${value} without quotes.` : undefined;
}
const truths: Readonly<Record<string, boolean>> = { true: true, yes: true, on: true, false: false, no: false, off: false };

function unknownKey(path: Path, key: string, schema: z.ZodType, root: Located): Finding {
  const known = keysAt(schema, path);
  const here = [...path, key];
  const similar = nearest(key, known);
  const finding = { path: here, problem: 'is no key that a spec has', atKey: true };
  if (asksForServiceWeights(here, root)) return { ...finding, problem: 'asks for weights on a Service', ...noServiceWeights };
  if (similar) return { ...finding, remedy: `Did you mean ${similar}?` };
  return { ...finding, expected: `the keys ${path.length > 0 ? `of ${formatPath(path)} ` : ''}are ${known.join(', ')}` };
}

/** The runbook's `kubectl patch service … {"spec":{"traffic":{"blue":20,"green":80}}}`. */
const noServiceWeights = {
  expected: 'a Kubernetes Service has no weights: an API server drops spec.traffic and answers that all went well',
  remedy: 'Use production.traffic with mechanism: httproute and the name of the HTTPRoute.',
};
/** The mechanism's own value, which is no unknown key. */
export const serviceWeights = /^(?:service|selector|spec\.traffic)(?:[-_ ]?(?:weights?|traffic))?$/i;

function asksForServiceWeights(path: Path, root: Located): boolean {
  const [key = '', above = ''] = path.toReversed().map(String);
  const node = nodeAt(root, path);
  const isNumber = node?.kind === 'scalar' && typeof node.value === 'number';
  return ['traffic', 'weights', 'spec.traffic', 'serviceWeights'].includes(key) || (above === 'traffic' && isNumber);
}

/** A mechanism that names the Service's weights gets the same explanation. */
export function explainMechanism(finding: Finding, root: Located): Finding {
  const node = nodeAt(root, finding.path);
  const isMechanism = formatPath(finding.path) === 'production.traffic.mechanism';
  const asked = node?.kind === 'scalar' && typeof node.value === 'string' && serviceWeights.test(node.value);
  return isMechanism && asked ? { ...finding, ...noServiceWeights } : finding;
}

/** The keys that a section at a path may have. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const inner = unwrap(schema);
  const [key, ...rest] = path;
  if (key === undefined) {
    if (inner instanceof z.ZodDiscriminatedUnion) return [...new Set(inner.options.flatMap((option) => childKeys(option, [])))];
    return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  }
  if (inner instanceof z.ZodObject) return childKeys(inner.shape[String(key)], rest);
  if (inner instanceof z.ZodArray) return childKeys(inner.element, rest);
  if (inner instanceof z.ZodDiscriminatedUnion) return [...new Set(inner.options.flatMap((option) => childKeys(option, path)))];
  return inner instanceof z.ZodRecord ? childKeys(inner.valueType, rest) : [];
}
const childKeys = (schema: unknown, path: Path): readonly string[] => (schema instanceof z.ZodType ? keysAt(schema, path) : []);

function unwrap(schema: z.ZodType): z.ZodType {
  const wraps =
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional;
  if (!wraps) return schema;
  const inner: unknown = schema.unwrap();
  return inner instanceof z.ZodType ? unwrap(inner) : schema;
}
