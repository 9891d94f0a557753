import { type ClusterClient, hasStatus } from '../cluster/client';
import type { HttpRoute } from '../cluster/objects';
import { objectPath } from '../cluster/paths';

const CONTROLLER = 'sandbox.analytics-deploy/gateway';

/** Tells in the route's status that the gateway has taken this generation of it, as every controller of the Gateway API does. */
export async function acceptRoute(client: ClusterClient, route: HttpRoute): Promise<void> {
  const { name, namespace = 'default', generation: observedGeneration = 1 } = route.metadata;
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = (type: string, reason: string): object => ({
    type,
    status: 'True',
    reason,
    message: '',
    observedGeneration,
    lastTransitionTime,
  });
  const conditions = [condition('Accepted', 'Accepted'), condition('ResolvedRefs', 'ResolvedRefs')];
  const parents = (route.spec.parentRefs ?? []).map((parentRef) => ({ parentRef, controllerName: CONTROLLER, conditions }));
  try {
    await client.call(`${objectPath('httproutes', name, namespace)}/status`, { method: 'PATCH', body: { status: { parents } } });
  } catch (error) {
    // The route may be gone by now, or have changed again: then the next event brings it.
    if (!hasStatus(error, 404, 409)) throw error;
  }
}
