import type { BackupRequest, MigrationsRequest } from './contract';
import type { DatabaseSpec } from './spec';
import type { DeploymentRequest, Release } from './release';
import { shortCommit } from './workload';

/** What every activity on the database is told. */
export function databaseRequest(
  database: DatabaseSpec,
  { request, release }: { readonly request: DeploymentRequest; readonly release: Pick<Release, 'version' | 'commit'> },
): BackupRequest & MigrationsRequest {
  const { deploymentId, spec } = request;
  return {
    database,
    deployment: deploymentId,
    service: spec.service,
    environment: spec.environment,
    version: release.version,
    commit: release.commit,
    remote: spec.tag.remote,
  };
}

/** The database as a subject of the report. */
export function databaseSubject({ service, environment }: Pick<BackupRequest, 'service' | 'environment'>): string {
  return `database of ${service} in ${environment}`;
}

/** Migrations that were begun and not seen to end: people look what is applied, and go on from there. */
export function migrationsUnfinished(request: MigrationsRequest): { readonly subject: string; readonly byHand: string } {
  const { list = [], up = [] } = request.database.migrations ?? {};
  return {
    subject: databaseSubject(request),
    byHand: `in a checkout of ${shortCommit(request.commit)}, see what is applied: ${list.join(' ')}; all of it again: ${up.join(' ')}`,
  };
}

/** The first few names, for people. */
export function namesOf(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
