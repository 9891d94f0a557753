import type { BackupRequest, MigrationsRequest, ReverseRequest } from './contract';
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

/** What was begun and not seen to end: people look what is applied, and go on from there. */
interface Unfinished {
  readonly subject: string;
  readonly byHand: string;
}

/** Of migrations that were to be applied. */
export function migrationsUnfinished(request: MigrationsRequest): Unfinished {
  return unfinished(request, `all of it again: ${request.database.migrations?.up.join(' ') ?? ''}`);
}

/** Of migrations that were to be taken back: how many of them are left to take back is what people see first. */
export function reversalUnfinished(request: ReverseRequest): Unfinished {
  const down = (request.database.migrations?.down ?? []).join(' ').replaceAll('{steps}', 'N');
  return unfinished(request, `where N of ${request.names.join(', ')} still are: ${down}`);
}

function unfinished(request: MigrationsRequest, goOn: string): Unfinished {
  const list = request.database.migrations?.list.join(' ') ?? '';
  return {
    subject: databaseSubject(request),
    byHand: `in a checkout of ${shortCommit(request.commit)}, see what is applied: ${list}; ${goOn}`,
  };
}

/** The first few names, for people. */
export function namesOf(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
