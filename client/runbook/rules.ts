import { formatDuration } from '../../spec/duration';
import type { Spec } from '../../workflows/runbook/spec';
import { timeOfDay } from '../../workflows/runbook/words';
import { stamp } from '../screens/words';

/** A part of the spec's JSON schema, as far as it is read here. */
interface SchemaPart {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  /** What a map holds. */
  readonly additionalProperties?: SchemaPart | boolean;
  readonly items?: SchemaPart;
  readonly oneOf?: readonly SchemaPart[];
}

/** A value of the spec, by its path. */
export interface Rule {
  readonly path: string;
  /** As the spec writes it. */
  readonly value: string;
  /** What it says; empty for an entry of a map or list. */
  readonly meaning: string;
  /** It is told with all that it holds. */
  readonly isLeaf: boolean;
  /** It holds nothing, and so stands for nothing. */
  readonly isEmpty: boolean;
}

/**
 * Every value of the spec, sections before what they hold. A list and a map of single values are told as one value; their entries stand for
 * themselves beside it: `links.#2` is the second of a list.
 */
export function rulesOf(spec: Spec, schema: SchemaPart): readonly Rule[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => rulesBelow(key, spec[key as keyof Spec], part));
}

function rulesBelow(path: string, value: unknown, part: SchemaPart): readonly Rule[] {
  if (value === undefined) return [];
  const rule = { path, value: shown(value, part), meaning: meaningOf(part), isEmpty: isEmpty(value) };
  const entry = (key: string, one: unknown, of: SchemaPart, isLeaf: boolean): Rule => ({
    ...{ path: `${path}.${key}`, value: shown(one, of), meaning: '' },
    ...{ isLeaf, isEmpty: isEmpty(one) },
  });
  if (Array.isArray(value))
    return [{ ...rule, isLeaf: true }, ...value.map((one: unknown, at) => entry(`#${at + 1}`, one, part.items ?? {}, false))];
  if (!isSection(value)) return [{ ...rule, isLeaf: true }];
  const isToldAsOne = part.properties === undefined && !isSection(Object.values(value)[0]);
  const below = Object.entries(value).flatMap(([key, one]) =>
    part.properties ? rulesBelow(`${path}.${key}`, one, partAt(part, key)) : [entry(key, one, partAt(part, key), !isToldAsOne)],
  );
  return [{ ...rule, isLeaf: isToldAsOne || below.length === 0 }, ...below];
}

function partAt({ properties, additionalProperties }: SchemaPart, key: string): SchemaPart {
  return properties?.[key] ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
}

/** The first sentence of a key's description, without its unit and without what the source says. */
function meaningOf({ description = '' }: SchemaPart): string {
  return (description.replace(/ \(runbook[^)]*\)/, '').split(/[;.](?:\s|$)/)[0] ?? '').trim();
}

function shown(value: unknown, part: SchemaPart): string {
  if (typeof value === 'number') return number(value, part);
  if (Array.isArray(value)) return value.map((item) => nested(item, part.items ?? {})).join(value.some(isSection) ? '; ' : ', ') || 'none';
  if (!isSection(value)) return String(value);
  const own = part.oneOf?.find(({ properties = {} }) => Object.keys(value).every((key) => key in properties)) ?? part;
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => `${key} ${nested(one, partAt(own, key))}`);
  return entries.length === 0 ? 'none' : entries.join(', ');
}

function nested(value: unknown, part: SchemaPart): string {
  const words = shown(value, part);
  return isSection(value) ? `{${words}}` : words;
}

/** What is written as text and kept as a number is a time. */
function number(value: number, { type, description = '' }: SchemaPart): string {
  if (type !== 'string') return String(value);
  if (/time of day/.test(description)) return value === 86_400_000 ? '24:00' : timeOfDay(value);
  return /\bUTC\b/.test(description) ? stamp(value) : formatDuration(value);
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
