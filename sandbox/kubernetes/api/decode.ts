import { parse as parseYaml } from 'yaml';
import { isFields, withoutNulls } from '../json';
import type { Draft } from '../objects';
import type { Resource, Subresource } from '../resources/resource';
import { bodyType } from '../resources/subresources';
import { checkSchema } from '../schema/check';
import { duplicateFields } from '../schema/duplicate-fields';
import { loadSchema } from '../schema/load';
import { dropFields, unknownFields } from '../schema/unknown-fields';
import { cause, refuse } from '../status';

/** What happens to fields that the schema does not know, or that are there twice. */
export type Directive = 'Strict' | 'Warn' | 'Ignore';

export interface Decoded {
  readonly object: Draft;
  readonly warnings: readonly string[];
}

/** The `fieldValidation` parameter; as on the real server, nothing said means Warn. @throws StatusError 400 */
export function readDirective(query: URLSearchParams): Directive {
  const value = query.get('fieldValidation') ?? '';
  if (value === '') return 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw refuse.badRequest(`fieldValidation: Unsupported value: "${value}": supported values: "Ignore", "Strict", "Warn"`);
}

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  'application/json': JSON.parse,
  'application/yaml': (text) => parseYaml(text, { uniqueKeys: false }) as unknown,
};

/** A body that is JSON or YAML. @throws StatusError 400 where it is malformed, 415 where it is something else (protobuf). */
export function parseBody(text: string, contentType: string): unknown {
  const parse = Object.hasOwn(parsers, contentType) ? parsers[contentType] : undefined;
  if (!parse) throw refuse.unsupportedMediaType(contentType, Object.keys(parsers));
  try {
    return parse(text);
  } catch (error) {
    throw refuse.badRequest(`error decoding the body: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Makes an object of what was sent (or of what a patch led to), with nulls and unknown fields gone.
 * @param duplicates fields that the text of the request held twice.
 * @param isPatched it was sent as a patch: then an unknown field under Strict makes the patch invalid (422) and not the request (400).
 * @throws StatusError for another type, wrong field types, and under Strict for unknown and duplicate fields.
 */
export function decode(
  value: unknown,
  resource: Resource,
  subresource: Subresource | null,
  directive: Directive,
  duplicates: readonly string[] = [],
  isPatched = false,
): Decoded {
  const type = bodyType(resource, subresource);
  if (!isFields(value)) throw refuse.badRequest(`couldn't get version/kind; json parse error: the body is no object`);
  const { apiVersion = type.apiVersion, kind = type.kind } = value;
  if (resource.custom && apiVersion === type.apiVersion && kind !== type.kind) {
    throw refuse.invalid(resource, '', [cause.invalid('kind', kind, `must be ${type.kind}`)]);
  }
  if (apiVersion !== type.apiVersion || kind !== type.kind) {
    throw refuse.badRequest(
      `${JSON.stringify(kind)} of ${JSON.stringify(apiVersion)} is not what this path takes: the expected kind is ${type.kind} of ${type.apiVersion}`,
    );
  }
  if (value.metadata !== undefined && value.metadata !== null && !isFields(value.metadata))
    throw refuse.badRequest('metadata must be an object');
  const schema = (subresource ?? resource).schema;
  const full = withoutNulls({ ...value, ...type, metadata: value.metadata ?? {} }) as Draft;
  const unknown = schema === null ? [] : unknownFields(loadSchema(schema), full);
  const problems = [...duplicates.map((path) => `duplicate field "${path}"`), ...unknown.map((path) => `unknown field "${path}"`)];
  const cannot = `${type.kind} in version "${(subresource ?? resource).version}" cannot be handled as a ${type.kind}`;
  if (directive === 'Strict' && problems.length > 0) {
    const strict = `strict decoding error: ${problems.join(', ')}`;
    throw isPatched ? refuse.invalidPatch(strict) : refuse.badRequest(`${cannot}: ${strict}`);
  }
  const object = unknown.length === 0 ? full : dropFields(full, unknown);
  const [wrong] = checkSchema(schema, object, resource.custom).wrongTypes;
  if (wrong) throw refuse.badRequest(`${cannot}: ${wrong.field}: ${wrong.message}`);
  return { object, warnings: directive === 'Warn' ? problems : [] };
}

/** Decodes a whole body. */
export function decodeBody(
  text: string,
  contentType: string,
  resource: Resource,
  subresource: Subresource | null,
  directive: Directive,
): Decoded {
  const value = parseBody(text, contentType);
  return decode(value, resource, subresource, directive, contentType === 'application/yaml' ? [] : duplicateFields(text));
}
