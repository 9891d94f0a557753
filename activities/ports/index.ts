import type { Certificates } from './certificates';
import type { Clock } from './clock';
import type { Commands } from './commands';
import type { Databases } from './databases';
import type { Deployments } from './deployments';
import type { Git } from './git';
import type { Http } from './http';
import type { Kubernetes } from './kubernetes';
import type { Load } from './load';
import type { Metrics } from './metrics';
import type { Notices } from './notices';
import type { Redis } from './redis';
import type { Registry } from './registry';
import type { Reports } from './reports';
import type { Secrets } from './secrets';

/** Everything outside that activities reach, one small interface each. */
export interface Ports {
  readonly kubernetes: Kubernetes;
  readonly http: Http;
  readonly metrics: Metrics;
  readonly registry: Registry;
  readonly git: Git;
  readonly commands: Commands;
  readonly load: Load;
  readonly secrets: Secrets;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly deployments: Deployments;
  readonly redis: Redis;
  readonly certificates: Certificates;
  readonly reports: Reports;
  readonly databases: Databases;
}
