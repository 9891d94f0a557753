import type { Fields } from './objects';
import type { Resource } from './resources/resource';

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A refusal, answered as a metav1.Status. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details: Fields = {},
  ) {
    super(message);
  }

  body(): Fields {
    return statusBody('Failure', this.code, this.details, { message: this.message, reason: this.reason });
  }
}

export function statusBody(status: 'Success' | 'Failure', code: number, details: Fields, more: Fields = {}): Fields {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status, ...more, details, ...(status === 'Failure' ? { code } : {}) };
}

/** `deployments.apps`, as messages name a resource. */
export function qualified(name: string, group: string): string {
  return group === '' ? name : `${name}.${group}`;
}

function about(resource: Resource, name: string): Fields {
  return { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}

export const refuse = {
  badRequest: (message: string) => new StatusError(400, 'BadRequest', message),
  invalidPatch: (why: string) => new StatusError(422, 'Invalid', ` "" is invalid: patch: Invalid value: ${why}`),
  unauthorized: () => new StatusError(401, 'Unauthorized', 'Unauthorized'),
  noSuchPath: () => new StatusError(404, 'NotFound', 'the server could not find the requested resource'),
  notFound: (resource: Resource, name: string) =>
    new StatusError(404, 'NotFound', `${qualified(resource.plural, resource.group)} "${name}" not found`, about(resource, name)),
  methodNotAllowed: () => new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource'),
  alreadyExists: (resource: Resource, name: string) =>
    new StatusError(409, 'AlreadyExists', `${qualified(resource.plural, resource.group)} "${name}" already exists`, about(resource, name)),
  conflict: (resource: Resource, name: string, why: string) =>
    new StatusError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${qualified(resource.plural, resource.group)} "${name}": ${why}`,
      about(resource, name),
    ),
  forbidden: (resource: Resource, name: string, why: string) =>
    new StatusError(
      403,
      'Forbidden',
      `${qualified(resource.plural, resource.group)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`,
      about(resource, name),
    ),
  unsupportedMediaType: (type: string, accepted: readonly string[]) =>
    new StatusError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format (${type}) - accepted media types include: ${accepted.join(', ')}`,
    ),
  tooLarge: (most: number, got: number) =>
    new StatusError(413, 'RequestEntityTooLarge', `The allowed maximum operations in a JSON patch is ${most}, got ${got}`),
  /** What the real server says when a JSON Patch cannot be applied, a failed `test` included. */
  patchFailed: () => new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request'),
  invalid: (resource: Resource, name: string, causes: readonly Cause[]) => {
    const messages = causes.map((cause) => `${cause.field}: ${cause.message}`);
    return new StatusError(
      422,
      'Invalid',
      `${qualified(resource.kind, resource.group)} "${name}" is invalid: ${messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`}`,
      { ...about(resource, name), kind: resource.kind, causes },
    );
  },
};

export const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export const cause = {
  invalid: (field: string, value: unknown, why: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
    field,
  }),
  required: (field: string, why = ''): Cause => ({
    reason: 'FieldValueRequired',
    message: why === '' ? 'Required value' : `Required value: ${why}`,
    field,
  }),
  forbidden: (field: string, why: string): Cause => ({ reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field }),
};
