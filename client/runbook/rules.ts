import type { Spec } from '../../workflows/runbook/spec';
import { span } from '../screens/words';

/** A part of the spec's JSON schema, as far as it is read here. */
interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
}

/** Every value of the spec by its path, with what it means and what it is now; maps and lists are one value. Durations are read from the schema's words. */
export function rulesOf(spec: Spec, schema: SchemaPart): ReadonlyMap<string, string> {
  return new Map(valuesBelow('', spec, schema));
}

function valuesBelow(path: string, value: unknown, { description = '', properties }: SchemaPart): readonly (readonly [string, string])[] {
  if (value === undefined) return [];
  const own: readonly (readonly [string, string])[] =
    path === '' ? [] : [[path, `${meaning(description)} ${shown(value, description)}`.trim()]];
  if (properties === undefined || !isSection(value)) return own;
  return [
    ...own,
    ...Object.entries(properties).flatMap(([key, part]) => valuesBelow(path === '' ? key : `${path}.${key}`, value[key], part)),
  ];
}

/** The first sentence of a key's description, without its unit. */
function meaning(description: string): string {
  return `${(description.split(/[;.](?:\s|$)/)[0] ?? '').trim()}:`;
}

function shown(value: unknown, description: string): string {
  if (typeof value === 'number') return /a duration/.test(description) ? span(value) : String(value);
  if (Array.isArray(value)) return value.map((item) => shown(item, '')).join('; ');
  if (isSection(value))
    return Object.entries(value)
      .map(([key, part]) => `${key} ${shown(part, '')}`)
      .join(', ');
  return String(value);
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
