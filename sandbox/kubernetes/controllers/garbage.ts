import type { KubeObject } from '../objects';
import type { ControllerClient } from './client';

/** Deletes what the object owned, unless somebody else owns it too. */
export function collectGarbage(client: ControllerClient, uid: string): null {
  const resources = Object.values(client.resources);
  const living = new Set(resources.flatMap((resource) => client.list<KubeObject>(resource, '').map(({ metadata }) => metadata.uid)));
  for (const resource of resources) {
    for (const object of client.list<KubeObject>(resource, '')) {
      const owners = object.metadata.ownerReferences ?? [];
      const isOrphan = owners.some((owner) => owner.uid === uid) && !owners.some((owner) => living.has(owner.uid));
      if (isOrphan && object.metadata.deletionTimestamp === undefined) client.remove(resource, object);
    }
  }
  return null;
}
