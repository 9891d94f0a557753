import type { Fields, KubeObject } from '../objects';
import { ageColumn, nameColumn } from '../resources/columns';
import { apiVersionOf, type Resource } from '../resources/resource';

/** How objects are shown: as they are, or as rows of a table for `kubectl get`. */
export type Present = (objects: readonly KubeObject[], list: boolean, version: number) => unknown;

/** @param accept the request's Accept header. */
export function presentAs(resource: Resource, accept: string, includeObject: string | null): Present {
  const isTable = accept.split(',').some((type) => /;\s*as=Table\b/.test(type) && /;\s*v=v1\b/.test(type));
  if (isTable) return (objects, list, version) => table(resource, objects, list, version, includeObject);
  return (objects, list, version) => (list ? listOfObjects(resource, objects, version) : objects[0]);
}

function listOfObjects(resource: Resource, items: readonly KubeObject[], version: number): Fields {
  return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata: { resourceVersion: String(version) }, items };
}

function table(resource: Resource, objects: readonly KubeObject[], list: boolean, version: number, include: string | null): Fields {
  const columns = resource.columns.length > 0 ? resource.columns : [nameColumn, ageColumn];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: list ? String(version) : (objects[0]?.metadata.resourceVersion ?? String(version)) },
    columnDefinitions: columns.map(({ name, type, priority }) => ({
      name,
      type,
      priority,
      format: name === 'Name' ? 'name' : '',
      description: name,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? object : partial(object) }),
    })),
  };
}

function partial({ metadata }: KubeObject): Fields {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
