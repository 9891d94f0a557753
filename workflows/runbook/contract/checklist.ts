import type {
  AlertRulesSpec,
  DashboardsSpec,
  Milliseconds,
  MonitoringSystemsSpec,
  ProductionSpec,
  RedisSpec,
  SecretReference,
  TrafficMechanism,
  VariablesSpec,
} from '../spec';
import type { ColourTarget } from './traffic';

/** Checklist: environment and infrastructure. */
export interface ChecklistActivities {
  /** Checklist: every Redis server answers in time, has memory left, and evicts as it may. */
  checkRedis(request: RedisRequest): Promise<RedisReceipt>;
  /** Checklist: the Redis cluster is whole, or the replication stands. */
  checkRedisCluster(request: RedisRequest): Promise<RedisClusterReceipt>;
  /** Checklist: every dashboard exists in Grafana and shows something. */
  checkDashboards(request: DashboardsRequest): Promise<DashboardsReceipt>;
  /** Checklist: every alert rule is loaded in Prometheus and healthy. */
  checkAlerts(request: AlertRulesRequest): Promise<AlertRulesReceipt>;
  /** Checklist: the flags are at their initial values. */
  checkFlags(request: FlagsCheckRequest): Promise<FlagsCheckReceipt>;
  /** Checklist: the candidate's template brings every variable, and its ConfigMaps are there. */
  checkVariables(request: VariablesRequest): Promise<VariablesReceipt>;
  /** Checklist: certificates are for their hosts, trusted, and last long enough. */
  checkCertificates(request: CertificatesRequest): Promise<CertificatesReceipt>;
  /** Checklist: Services, route and EndpointSlices say the same. */
  checkRouting(request: RoutingRequest): Promise<RoutingReceipt>;
  /** Checklist: Prometheus and Alertmanager are ready, and no alert that matters is active. */
  checkMonitoring(request: MonitoringRequest): Promise<MonitoringReceipt>;
}

export interface RedisRequest {
  readonly redis: RedisSpec;
  readonly token?: SecretReference;
}
export interface RedisReceipt {
  readonly servers: number;
  /** The slowest answer to a PING. */
  readonly took: Milliseconds;
  /** The most used memory among the servers, as a fraction of maxmemory. */
  readonly memory: number;
  readonly policies: readonly string[];
}
export interface RedisClusterReceipt {
  /** Null where there is no cluster. */
  readonly slots: number | null;
  readonly nodes: number;
  /** Replicas of a primary without a cluster; null where it is none. */
  readonly replicas: number | null;
}

export interface DashboardsRequest {
  readonly dashboards: DashboardsSpec;
  readonly token?: SecretReference;
}
export interface DashboardsReceipt {
  readonly titles: readonly string[];
}

export interface AlertRulesRequest {
  readonly alerts: AlertRulesSpec;
  readonly token?: SecretReference;
}
export interface AlertRulesReceipt {
  readonly required: number;
  /** Alert rules that Prometheus has in all. */
  readonly loaded: number;
}

export interface FlagsCheckRequest {
  readonly cluster: string;
  readonly namespace: string;
  /** The flags' ConfigMap that the live colour's template names, null where it names none. */
  readonly live: string | null;
  readonly initial: Readonly<Record<string, string>>;
  /** The initial values were declared apart: each of them must be there. */
  readonly isDeclared: boolean;
  /** The candidate's ConfigMap to come. */
  readonly next: { readonly name: string; readonly data: Readonly<Record<string, string>> };
}
export interface FlagsCheckReceipt {
  readonly flags: number;
  /** Flags that live pods do not know: new with this release. */
  readonly added: readonly string[];
}

export interface VariablesRequest {
  readonly cluster: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  readonly variables: VariablesSpec;
  /** The flags' ConfigMap to come, and how its names begin. */
  readonly flags?: { readonly prefix: string; readonly data: Readonly<Record<string, string>> };
}
export interface VariablesReceipt {
  readonly variables: number;
  readonly configMaps: number;
  /** Secrets that the template names: proved by the candidate's first pod that starts. */
  readonly secrets: readonly string[];
}

export interface CertificatesRequest {
  /** `name` or `name:port`. */
  readonly hosts: readonly string[];
  /** Hosts of others: what they show is judged as well, but they need not answer. */
  readonly others?: readonly OtherHost[];
  /** Days that each must still be valid. */
  readonly least: number;
  readonly ca?: string;
}
/** A host that a deployment talks to, and that is not the service's. */
export interface OtherHost {
  readonly host: string;
  /** What it is to us: git, registry, CI, or which sink. */
  readonly whose: string;
  /** A mail server that is asked for TLS first. */
  readonly startTls?: boolean;
}
export interface CertificatesReceipt {
  /** Hosts that were looked at. */
  readonly hosts: number;
  /** Whole days until the first of them ends. */
  readonly days: number;
  /** Hosts of others that showed nothing, each with the reason. */
  readonly unseen?: readonly string[];
}

export interface RoutingRequest {
  readonly production: Pick<ProductionSpec, 'cluster' | 'namespace' | 'service' | 'selectorKey' | 'traffic'>;
  readonly container: string;
  readonly live: ColourTarget & { readonly replicas: number };
  readonly candidate: ColourTarget;
  /** Part of the live colour's replicas that must be ready; fraction of one. */
  readonly ready: number;
}
export interface RoutingReceipt {
  readonly live: string;
  /** Its ready endpoints. */
  readonly ready: number;
  readonly backends: number;
  readonly by: TrafficMechanism;
}

export interface MonitoringRequest {
  readonly monitoring: MonitoringSystemsSpec;
  readonly token?: SecretReference;
}
export interface MonitoringReceipt {
  /** Alertmanagers that Prometheus tells. */
  readonly alertmanagers: number;
  /** Active alerts among those that matter. */
  readonly alerts: number;
}
