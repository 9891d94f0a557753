import { fieldsOf, listOf } from './json';
import type { Fields, KubeObject } from './objects';
import { refuse } from './status';

export type Labels = Readonly<Record<string, unknown>>;
type Test = (labels: Labels) => boolean;

const has = (labels: Labels, key: string): boolean => Object.hasOwn(labels, key);

const expressions: Readonly<Record<string, (key: string, values: readonly unknown[]) => Test>> = {
  In: (key, values) => (labels) => has(labels, key) && values.includes(labels[key]),
  NotIn: (key, values) => (labels) => !has(labels, key) || !values.includes(labels[key]),
  Exists: (key) => (labels) => has(labels, key),
  DoesNotExist: (key) => (labels) => !has(labels, key),
};

/** A LabelSelector as objects carry it; an empty one matches everything. */
export function matchesSelector(selector: Fields, labels: Labels): boolean {
  const equal = Object.entries(fieldsOf(selector.matchLabels)).every(([key, value]) => has(labels, key) && labels[key] === value);
  return (
    equal &&
    listOf(selector.matchExpressions)
      .map(fieldsOf)
      .every(({ key, operator, values }) => expressions[String(operator)]?.(String(key), listOf(values))(labels) ?? false)
  );
}

/** A Service's selector: every pair must be there. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => has(labels, key) && labels[key] === value);
}

const grammar: readonly { readonly form: RegExp; readonly operator: string }[] = [
  { form: /^([^\s!=,()]+)\s+in\s+\(([^)]*)\)$/, operator: 'In' },
  { form: /^([^\s!=,()]+)\s+notin\s+\(([^)]*)\)$/, operator: 'NotIn' },
  { form: /^([^\s!=,()]+)\s*!=\s*([^\s!=,()]*)$/, operator: 'NotIn' },
  { form: /^([^\s!=,()]+)\s*==?\s*([^\s!=,()]*)$/, operator: 'In' },
  { form: /^!\s*([^\s!=,()]+)$/, operator: 'DoesNotExist' },
  { form: /^([^\s!=,()]+)$/, operator: 'Exists' },
];

/** The `labelSelector` parameter. @throws StatusError 400 where it cannot be read. */
export function parseLabelSelector(text: string): Test {
  const terms = text.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  const tests = terms.map((term) => {
    for (const { form, operator } of grammar) {
      const found = form.exec(term.trim());
      const make = expressions[operator];
      if (found && make) {
        const values = (found[2] ?? '').split(',').map((value) => value.trim());
        return make(found[1] ?? '', values);
      }
    }
    throw refuse.badRequest(`unable to parse requirement: "${term}" is no label selector`);
  });
  return (labels) => tests.every((test) => test(labels));
}

/** The `fieldSelector` parameter; only the given fields can be asked for, as on the real server. @throws StatusError 400 */
export function parseFieldSelector(text: string, selectable: readonly string[]): (object: KubeObject) => boolean {
  const tests = text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const found = /^([\w.]+)(!=|==?)(.*)$/.exec(term);
      const path = found?.[1] ?? '';
      if (!found || !selectable.includes(path)) throw refuse.badRequest(`field label not supported: ${path || term}`);
      const equal = found[2] !== '!=';
      const wanted = found[3] ?? '';
      return (object: KubeObject): boolean => (fieldAt(object, path) === wanted) === equal;
    });
  return (object) => tests.every((test) => test(object));
}

function fieldAt(object: KubeObject, path: string): string {
  const value = path.split('.').reduce<unknown>((fields, key) => fieldsOf(fields)[key], object);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
