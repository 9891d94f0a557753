/** The first step of a rollback: what is live and where it goes, by the worker and the target's record. A rung that does not apply is refused here. */
import type { ResolveRollbackRequest } from '../contract';
import { plannedRelease, unresolved, type DeploymentRequest, type Release } from '../release';
import type { Lookup } from '../step';
import { targetName } from '../target';
import type { RollbackWish } from './level';

export const resolveRollback: Lookup<ResolveRollbackRequest, Release> = {
  kind: 'lookup',
  id: 'resolve.rollback',
  title: 'resolve the rollback',
  does: 'resolveRollback',
  policy: 'read',
  summary: ({ level }) => `resolve the rollback (${level}): what is live, and what is on record as healthy`,
  takes: () => 1_000,
  ifItFails: 'roll back',
  notes: ['where it goes is on record in the cluster since an earlier deployment: it is never guessed from revisions'],
  planned: ({ level }, request) => {
    const planned = plannedRelease(request);
    const { live, candidate } = planned;
    const sides = level === 'flags' ? { candidate: { ...live }, live: { ...candidate } } : { live, candidate };
    return { ...planned, ...sides, version: unresolved, image: unresolved, from: unresolved, tag: '', commit: '' };
  },
};

/** What of the spec the resolution needs: no more crosses the boundary. */
export function rollbackRequest({ spec }: DeploymentRequest, { level, of }: RollbackWish): ResolveRollbackRequest {
  const { cluster, namespace, service, selectorKey, colours, traffic, gitops } = spec.production;
  return {
    level,
    of,
    target: { cluster, namespace, name: targetName(spec.service) },
    container: spec.image.container,
    production: { cluster, namespace, service, selectorKey, colours, traffic, ...(gitops ? { gitops } : {}) },
    ...(spec.flags ? { flags: { prefix: spec.flags.configMap, safe: spec.rollback.flags?.values ?? {} } } : {}),
  };
}
