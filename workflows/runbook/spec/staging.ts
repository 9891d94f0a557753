import type { RolloutSpec } from './rollout';
import type { ClusterName } from './values';

export interface StagingSpec {
  readonly cluster: ClusterName;
  readonly namespace: string;
  readonly deployment: string;
  readonly url: string;
  readonly metricsUrl: string;
  readonly rollout: RolloutSpec;
}
