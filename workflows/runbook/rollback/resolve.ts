/** The first step of a rollback: what is live and where it goes, by the worker and the target's record. A rung that does not apply is refused here. */
import type { ResolveRollbackRequest } from '../contract';
import { plannedRelease, unresolved, type DeploymentRequest, type Release } from '../release';
import type { Lookup } from '../step';
import { targetName } from '../target';
import type { Spec } from '../spec';
import type { DatabaseWish, RollbackWish } from './level';

export const resolveRollback: Lookup<ResolveRollbackRequest, Release> = {
  kind: 'lookup',
  id: 'resolve.rollback',
  title: 'resolve the rollback',
  does: 'resolveRollback',
  policy: 'transfer',
  summary: ({ level }) => `resolve the rollback (${level}): what is live, and what is on record as healthy`,
  takes: () => 1_000,
  ifItFails: 'roll back',
  notes: ['where it goes is on record in the cluster since an earlier deployment: it is never guessed from revisions'],
  planned: ({ level }, request) => {
    const planned = plannedRelease(request);
    const { live, candidate } = planned;
    const sides = level === 'flags' || level === 'database' ? { candidate: { ...live }, live: { ...candidate } } : { live, candidate };
    return { ...planned, ...sides, version: unresolved, image: unresolved, from: unresolved, tag: '', commit: '' };
  },
};

/** What of the spec the resolution needs: no more crosses the boundary. */
export function rollbackRequest({ spec }: DeploymentRequest, { level, of, database }: RollbackWish): ResolveRollbackRequest {
  const { cluster, namespace, service, selectorKey, colours, traffic, gitops } = spec.production;
  return {
    level,
    of,
    target: { cluster, namespace, name: targetName(spec.service) },
    container: spec.image.container,
    production: { cluster, namespace, service, selectorKey, colours, traffic, ...(gitops ? { gitops } : {}) },
    ...(database ? { database: databaseFacts(spec, database) } : {}),
    ...(spec.flags ? { flags: { prefix: spec.flags.configMap, safe: spec.rollback.flags?.values ?? {} } } : {}),
  };
}

/** What of the spec decides whether the rung applies, and where the migrations' commit is found. */
function databaseFacts({ database, rollback, tag }: Spec, wish: DatabaseWish): NonNullable<ResolveRollbackRequest['database']> {
  return {
    wish,
    isDeclared: database !== undefined && rollback.database !== undefined,
    keepsDumps: database?.backup?.folder !== undefined,
    hasWayDown: database?.migrations?.down !== undefined,
    tag: { remote: tag.remote, name: tag.name.replaceAll('{version}', wish.version) },
  };
}
