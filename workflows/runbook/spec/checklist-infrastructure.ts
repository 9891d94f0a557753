import type { CommandSpec } from './command';

/** Infrastructure (runbook, pre-deployment checklist). */
export interface InfrastructureSpec {
  readonly routing?: RoutingSpec;
  /** The command that plans the invalidation; without it people attest it. */
  readonly cdn?: CommandSpec;
  readonly monitoring?: MonitoringSystemsSpec;
}

export interface RoutingSpec {
  /** Part of the live colour's replicas that must be ready; fraction of one. */
  readonly ready: number;
}

export interface MonitoringSystemsSpec {
  /** Base URLs. */
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly token?: string;
  /** Alertmanager's matchers: no alert that all of them match may be active. */
  readonly alerts: readonly string[];
}
