import type { Milliseconds } from './values';

/** Environment preparation (runbook, pre-deployment checklist). */
export interface EnvironmentSpec {
  readonly redis?: RedisSpec;
  readonly dashboards?: DashboardsSpec;
  readonly alerts?: AlertRulesSpec;
  readonly flags?: InitialFlagsSpec;
  readonly variables?: VariablesSpec;
  readonly certificates?: CertificatesSpec;
}

export interface RedisSpec {
  /** `redis://HOST:PORT`, or `rediss://` for TLS. */
  readonly servers: readonly string[];
  readonly user?: string;
  /** Name in `tokens` of the password. */
  readonly token?: string;
  /** File with the authorities that are trusted besides the machine's. */
  readonly ca?: string;
  /** The servers belong to a Redis cluster. */
  readonly cluster: boolean;
  /** How long an answer to a PING may take. */
  readonly within: Milliseconds;
  /** Used memory must stay below this part of maxmemory; fraction of one. */
  readonly memory: number;
  /** The maxmemory-policies that the service can live with. */
  readonly policies: readonly EvictionPolicy[];
}

export type EvictionPolicy =
  'allkeys-lru' | 'allkeys-lfu' | 'allkeys-random' | 'volatile-lru' | 'volatile-lfu' | 'volatile-random' | 'volatile-ttl' | 'noeviction';

export interface DashboardsSpec {
  /** Base URL of Grafana. */
  readonly url: string;
  readonly token?: string;
  readonly uids: readonly string[];
}

export interface AlertRulesSpec {
  /** Base URL of Prometheus. */
  readonly url: string;
  readonly token?: string;
  /** Names of alert rules. */
  readonly rules: readonly string[];
}

export interface InitialFlagsSpec {
  /** Values that the live flags must have, where they are not those of `flags.values`. */
  readonly initial: Readonly<Record<string, string>>;
}

export interface VariablesSpec {
  /** Variables that the candidate's pods must have. */
  readonly required: readonly string[];
  /** Variables that a Secret brings: only its name is looked at. */
  readonly fromSecrets: readonly string[];
}

export interface CertificatesSpec {
  /** Hosts besides those of the spec's addresses with TLS: `name` or `name:port`. */
  readonly hosts: readonly string[];
  /** How many days each must still be valid. */
  readonly days: number;
  /** File with the authorities that are trusted besides the machine's. */
  readonly ca?: string;
}
