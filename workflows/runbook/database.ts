import type { BackupRequest, MigrationsRequest } from './contract';
import type { DatabaseSpec } from './spec';
import type { Context } from './step';

/** What every activity on the database is told. */
export function databaseRequest(database: DatabaseSpec, { request, release }: Context): BackupRequest & MigrationsRequest {
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

/** The first few names, for people. */
export function namesOf(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
