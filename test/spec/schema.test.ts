import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parse } from 'yaml';
import { starterSpec } from '../../spec';
import { jsonSchema } from '../../spec/json-schema';
import { specSchema } from '../../spec/schema';

test('spec/schema.json is what the schema says', () => {
  const written: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'spec', 'schema.json'), 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
});

describe('every key', () => {
  const keys = [...keysOf(specSchema, '')];

  test.each(keys.map(({ path, schema }) => [path, schema] as const))('%s says what it means', (_, schema) => {
    expect(descriptionOf(schema)).toMatch(/^\S.*[.).]$/);
  });

  test('the default spec shows every key, at least as a comment', () => {
    const text = starterSpec();
    const missing = keys.filter(({ path }) => !new RegExp(`\\b${path.split('.').at(-1) ?? ''}:`).test(text));
    expect(missing.map(({ path }) => path)).toEqual([]);
  });
});

test('the default spec has a line of comment for every key that it introduces', () => {
  const seen = new Set<string>();
  const bare: string[] = [];
  const lines = starterSpec().split('\n');
  lines.forEach((line, index) => {
    const key = /^\s*(?:- )?(\w+):/.exec(line)?.[1];
    if (key === undefined || seen.has(key)) return;
    seen.add(key);
    if (!/^\s*#/.test(lines[index - 1] ?? '')) bare.push(key);
  });
  const namesOfItsOwn = ['user', 'admin', 'grafana', 'chat', 'mail', 'pager', 'lead', 'ops', 'STAGING_URL', 'RELEASE'];
  expect(bare.filter((key) => !namesOfItsOwn.includes(key) && !key.startsWith('ANALYTICS_'))).toEqual([]);
});

test('an editor that knows the schema accepts the default spec', () => {
  const schema = z.fromJSONSchema(jsonSchema());
  expect(schema.safeParse(parse(starterSpec())).error?.issues ?? []).toEqual([]);
});

interface Key {
  readonly path: string;
  readonly schema: z.ZodType;
}
function* keysOf(schema: z.ZodType, path: string): Generator<Key> {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    for (const [key, value] of Object.entries(inner.shape)) {
      if (!(value instanceof z.ZodType)) continue;
      const here = path === '' ? key : `${path}.${key}`;
      yield { path: here, schema: value };
      yield* keysOf(value, here);
    }
  }
  if (inner instanceof z.ZodDiscriminatedUnion)
    for (const option of inner.options) if (option instanceof z.ZodType) yield* keysOf(option, path);
  if (inner instanceof z.ZodArray && inner.element instanceof z.ZodType) yield* keysOf(inner.element, path);
  if (inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodType) yield* keysOf(inner.valueType, path);
}
function unwrap(schema: z.ZodType): z.ZodType {
  const wraps =
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional;
  const inner: unknown = wraps ? schema.unwrap() : undefined;
  return inner instanceof z.ZodType ? unwrap(inner) : schema;
}
const descriptionOf = (schema: z.ZodType): string => schema.description ?? '';
