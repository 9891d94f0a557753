import { type Cause, cause } from '../status';
import { loadSchema, type SchemaError, type SchemaName } from './load';

/** What a schema finds wrong: values of the wrong type apart, because the real server already fails to decode those. */
export interface Findings {
  readonly wrongTypes: readonly Cause[];
  readonly violations: readonly Cause[];
}

/** @param name null where nothing is known about the kind. */
export function checkSchema(name: SchemaName | null, object: object, custom: boolean): Findings {
  if (name === null) return { wrongTypes: [], violations: [] };
  const schema = loadSchema(name);
  schema(object);
  // Built-in statuses are Go structs: a missing field is its zero value.
  const errors = (schema.errors ?? []).filter(
    (error) => custom || error.keyword !== 'required' || !error.instancePath.startsWith('/status'),
  );
  const isType = (error: SchemaError): boolean => error.keyword === 'type' && !custom;
  return {
    wrongTypes: errors.filter(isType).map((error) => toCause(error, object)),
    violations: errors.filter((error) => !isType(error)).map((error) => toCause(error, object)),
  };
}

function toCause(error: SchemaError, object: object): Cause {
  const field = toPath(error.instancePath);
  const describe = descriptions[error.keyword] ?? (() => error.message ?? `does not satisfy ${error.keyword}`);
  if (error.keyword === 'required') return cause.required([field, String(error.params.missingProperty)].filter(Boolean).join('.'));
  return cause.invalid(field, valueAt(object, error.instancePath), describe(error.params));
}

const descriptions: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => string>> = {
  type: ({ type }) => `must be of type ${String(type)}`,
  enum: ({ allowedValues }) =>
    `supported values: ${(allowedValues as readonly unknown[]).map((value) => JSON.stringify(value)).join(', ')}`,
  minimum: ({ limit }) => `should be greater than or equal to ${String(limit)}`,
  maximum: ({ limit }) => `should be less than or equal to ${String(limit)}`,
  minLength: ({ limit }) => `should be at least ${String(limit)} chars long`,
  maxLength: ({ limit }) => `may not be more than ${String(limit)} bytes`,
  minItems: ({ limit }) => `must have at least ${String(limit)} items`,
  maxItems: ({ limit }) => `must have at most ${String(limit)} items`,
  pattern: ({ pattern }) => `should match '${String(pattern)}'`,
  format: ({ format }) => `must be a valid ${String(format)}`,
};

function toPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
}

function valueAt(object: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null
          ? (value as Readonly<Record<string, unknown>>)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
          : undefined,
      object,
    );
}
