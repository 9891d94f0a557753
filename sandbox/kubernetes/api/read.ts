import type { KubeObject } from '../objects';
import { refuse } from '../status';
import { parseFieldSelector, parseLabelSelector } from '../selectors';
import type { Registry } from '../store/registry';
import { answer, type Answer } from './answer';
import { presentAs } from './present';
import type { Call } from './call';

/** Whether an object is asked for by the request's selectors. @throws StatusError 400 */
export function readSelection({ target, query }: Call): (object: KubeObject) => boolean {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const selectable = ['metadata.name', 'metadata.namespace', ...target.resource.selectable];
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', selectable);
  return (object) =>
    (target.namespace === '' || object.metadata.namespace === target.namespace) && labels(object.metadata.labels ?? {}) && fields(object);
}

export function get(registry: Registry, call: Call): Answer {
  const { resource, namespace, name, subresource } = call.target;
  const object = registry.read(resource, namespace, name);
  if (subresource && !subresource.definition.verbs.includes('get')) throw refuse.methodNotAllowed();
  if (subresource) return answer(200, subresource.definition.show(object));
  const present = presentAs(resource, call.accept, call.query.get('includeObject'));
  return answer(200, present([object], false, registry.store.version));
}

export function list(registry: Registry, call: Call): Answer {
  const { resource, namespace } = call.target;
  const objects = registry.store.list(resource, namespace).filter(readSelection(call));
  const present = presentAs(resource, call.accept, call.query.get('includeObject'));
  return answer(200, present(objects, true, registry.store.version));
}
