import type { Fields } from '../objects';
import { apiVersionOf, type Resource } from '../resources/resource';

/** Parameters that kubectl looks for before it uses them. */
const parameters = ['fieldValidation', 'dryRun', 'fieldManager'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}));

/** Media type in which kubectl asks for OpenAPI v2, when it checks lists on its own side. We define no types there, and the message without definitions is the empty one. */
export const openApiMessage = {
  asked: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  answered: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
} as const;

/** A small OpenAPI v3 document: which operations take field validation and dry runs. Types are open. */
export function gatherDocument(resources: readonly Resource[]): Fields {
  return {
    openapi: '3.0.0',
    info: { title: 'sandbox', version: 'v1' },
    paths: Object.fromEntries(resources.map((resource) => [pathOf(resource), operations(resource)])),
    components: {
      schemas: Object.fromEntries(
        resources.map((resource) => [
          `${resource.group}.${resource.version}.${resource.kind}`,
          { type: 'object', 'x-kubernetes-group-version-kind': [typeOf(resource)] },
        ]),
      ),
    },
  };
}

function pathOf(resource: Resource): string {
  const root = resource.group === '' ? '/api' : '/apis';
  return `${root}/${apiVersionOf(resource)}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}/{name}`;
}

function typeOf({ group, version, kind }: Resource): Fields {
  return { group, version, kind };
}

function operations(resource: Resource): Fields {
  const operation = (action: string): Fields => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': typeOf(resource),
    parameters,
    responses: { 200: { description: 'OK' } },
  });
  return { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') };
}
