import { fieldsOf } from '../json';
import type { KubeObject } from '../objects';
import type { ControllerClient } from './client';

/** Empties a namespace that is being deleted, then lets it go. Pods are not waited for: no node could end them any more. */
export function syncNamespace(client: ControllerClient, namespace: KubeObject): null {
  if (namespace.metadata.deletionTimestamp === undefined) return null;
  const { namespaces } = client.resources;
  client.setStatus(namespaces, namespace, { ...fieldsOf(namespace.status), phase: 'Terminating' });
  for (const resource of Object.values(client.resources).filter(({ namespaced }) => namespaced)) {
    for (const object of client.list<KubeObject>(resource, namespace.metadata.name))
      client.remove(resource, object, { gracePeriodSeconds: 0 });
  }
  client.update(namespaces, namespace, (current) => ({ ...current, spec: { ...fieldsOf(current.spec), finalizers: [] } }));
  return null;
}
