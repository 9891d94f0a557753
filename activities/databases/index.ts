import type { Ports } from '../ports';
import { backupActivities } from './backup';
import { migrationActivities } from './migrations';
import { restoreActivities } from './restore';
import { sinceActivities } from './since';

/** Everything about the service's database: on the exec queue, without credentials of the cluster. */
export function databaseActivities(ports: Ports) {
  return { ...backupActivities(ports), ...sinceActivities(ports), ...restoreActivities(ports), ...migrationActivities(ports) };
}
