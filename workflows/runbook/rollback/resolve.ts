/** The first step of a rollback: what is live and where it goes, by the worker and the target's record. A rung that does not apply is refused here. */
import type { MigrationsRequest, MigrationsState, ResolveRollbackRequest, SinceReceipt } from '../contract';
import { databaseRequest } from '../database';
import { plannedRelease, unresolved, type DeploymentRequest, type Release } from '../release';
import type { Lookup, Runner } from '../step';
import { targetName } from '../target';
import type { DatabaseSpec, Spec } from '../spec';
import type { Brought, DatabaseWish, RollbackLevel, RollbackWish } from './level';

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

/** A rung may not apply any more: another release serves, or what it goes to is gone. */
export const againId = 'gate.resolve';

/** Hours after it was approved. The plan knows of no change, so that its gate closes at the first look. */
export function resolveAgain(approved: Release): typeof resolveRollback {
  return { ...resolveRollback, id: againId, title: 'resolve the rollback again', section: 'gate', planned: () => approved };
}

/** Of the database, what was looked at before. */
export interface Looked {
  readonly applied?: MigrationsState;
  readonly backup?: SinceReceipt;
}

/** What of the spec the resolution needs: no more crosses the boundary. */
export function rollbackRequest(
  { spec }: DeploymentRequest,
  { level, of, brought, database }: RollbackWish,
  { applied, backup }: Looked,
): ResolveRollbackRequest {
  const { cluster, namespace, service, selectorKey, colours, traffic, gitops } = spec.production;
  return {
    level,
    of,
    target: { cluster, namespace, name: targetName(spec.service) },
    container: spec.image.container,
    production: { cluster, namespace, service, selectorKey, colours, traffic, ...(gitops ? { gitops } : {}) },
    ...(brought ? { brought } : {}),
    isContract: contracts(spec),
    ...(applied ? { applied } : {}),
    ...(database ? { database: { ...databaseFacts(spec, database), ...(backup ? { backup } : {}) } } : {}),
    ...(spec.flags ? { flags: { prefix: spec.flags.configMap, safe: spec.rollback.flags?.values ?? {} } } : {}),
  };
}

/** What of the spec decides whether the rung applies. */
function databaseFacts({ database, rollback }: Spec, wish: DatabaseWish): NonNullable<ResolveRollbackRequest['database']> {
  return {
    wish,
    isDeclared: database !== undefined && rollback.database !== undefined,
    keepsDumps: database?.backup?.folder !== undefined,
    hasWayDown: database?.migrations?.down !== undefined,
  };
}

/** The code of before does not work with the migrations of this spec's release. */
export function contracts({ database }: Pick<Spec, 'database'>): boolean {
  return database?.migrations?.kind === 'contract';
}

/** Looks at what of the migrations is applied, where that decides whether the rung applies. */
export async function lookAtMigrations(
  runbook: Runner,
  request: DeploymentRequest,
  wish: RollbackWish,
  id = 'resolve.migrations',
): Promise<Pick<Looked, 'applied'>> {
  const { database } = request.spec;
  const { brought } = wish;
  if (!database || !brought || brought.names.length === 0 || !decides[wish.level](wish, request.spec)) return {};
  return { applied: await runbook.look({ ...appliedMigrations(brought), id }, migrationsRequest(database, request, brought)) };
}

/** Where the migrations that came with it decide on a rung. */
const decides: Readonly<Record<RollbackLevel, (wish: RollbackWish, spec: Spec) => boolean>> = {
  traffic: ({ acceptContract }, spec) => contracts(spec) && acceptContract === undefined,
  system: ({ acceptContract }, spec) => contracts(spec) && acceptContract === undefined,
  database: ({ database }, spec) => database?.by === 'migrations' && spec.database?.migrations?.down !== undefined,
  partial: () => false,
  flags: () => false,
};

/** In the files of the version that they came with. */
export function migrationsRequest(database: DatabaseSpec, request: DeploymentRequest, release: Brought): MigrationsRequest {
  return databaseRequest(database, { request, release });
}

function appliedMigrations({ names }: Brought): Lookup<MigrationsRequest, MigrationsState> {
  return {
    kind: 'lookup',
    id: 'resolve.migrations',
    title: 'applied migrations',
    does: 'readMigrations',
    policy: 'database',
    summary: ({ version }) => `what of the migrations of ${version} is applied`,
    takes: () => 2_000,
    ifItFails: 'roll back',
    planned: () => ({ applied: names.length, last: names.at(-1) ?? null, digest: unresolved, pending: [] }),
  };
}
