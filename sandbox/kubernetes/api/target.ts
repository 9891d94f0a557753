import type { Resource, Subresource } from '../resources/resource';
import { refuse } from '../status';

/** What a path of the API names. */
export interface Target {
  readonly resource: Resource;
  /** Empty: all namespaces, or a cluster-wide kind. */
  readonly namespace: string;
  /** Empty: the collection. */
  readonly name: string;
  readonly subresource: { readonly name: string; readonly definition: Subresource } | null;
}

/** Reads `/api/v1/...` and `/apis/GROUP/VERSION/...`; null for a path that names no resource. @throws StatusError 404 */
export function readTarget(path: string, resources: readonly Resource[]): Target | null {
  const [root, ...parts] = path.split('/').filter(Boolean).map(decodePart);
  const [group, version, ...rest] = root === 'api' ? ['', ...parts] : parts;
  if ((root !== 'api' && root !== 'apis') || group === undefined || version === undefined || rest.length === 0) return null;
  const find = (plural: string): Resource | undefined =>
    resources.find((resource) => resource.group === group && resource.version === version && resource.plural === plural);

  const [first = '', second = '', third = ''] = rest;
  const isInside = first === 'namespaces' && third !== '' && find('namespaces')?.subresources[third] === undefined;
  const hasNamespace = first === 'namespaces' && third !== '' && (group !== '' || isInside);
  const [plural = '', name = '', sub = '', ...more] = hasNamespace ? rest.slice(2) : rest;
  const resource = find(plural);
  if (!resource || more.length > 0 || (hasNamespace && !resource.namespaced)) throw refuse.noSuchPath();
  const namespace = hasNamespace ? second : '';
  if (resource.namespaced && namespace === '' && name !== '') throw refuse.noSuchPath();
  if (sub === '') return { resource, namespace, name, subresource: null };
  const definition = Object.hasOwn(resource.subresources, sub) ? resource.subresources[sub] : undefined;
  if (!definition) throw refuse.noSuchPath();
  return { resource, namespace, name, subresource: { name: sub, definition } };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refuse.badRequest(`the path holds "${part}", which is no valid escape`);
  }
}
