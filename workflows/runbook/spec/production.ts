import type { RolloutSpec } from './rollout';
import type { ClusterName, Milliseconds } from './values';

export interface ColourSpec {
  readonly deployment: string;
  /** The colour's own Service, a backend of the route. */
  readonly service: string;
}

export interface ProductionSpec {
  readonly cluster: ClusterName;
  readonly namespace: string;
  /** The Service that callers inside the cluster use; its selector names the live colour. */
  readonly service: string;
  /** The key of the Service's selector that holds the colour. */
  readonly selectorKey: string;
  readonly colours: Readonly<Record<string, ColourSpec>>;
  readonly traffic: TrafficSpec;
  readonly gitops?: GitOpsSpec;
  readonly url: string;
  readonly metricsUrl: string;
  readonly rollout: RolloutSpec;
  /** How long the candidate's pods must have been ready before traffic moves to them. */
  readonly settle: Milliseconds;
}

/**
 * How shares of traffic are set: weights of a Gateway API HTTPRoute or an Istio VirtualService, canary annotations of ingress-nginx, the Service's
 * selector (all or nothing), or the number of pods behind a Service of both colours.
 */
export type TrafficMechanism = 'httproute' | 'istio' | 'nginx' | 'selector' | 'replicas';

/** A repository that the cluster is applied from, by Argo CD or Flux. */
export interface GitOpsSpec {
  /** Its ignore rules leave alone what a deployment writes. */
  readonly ignored: boolean;
  /** Where it names the released version. */
  readonly source?: SourceSpec;
}

export interface SourceSpec {
  readonly remote: string;
  readonly ref: string;
  readonly path: string;
}

export interface TrafficSpec {
  readonly mechanism: TrafficMechanism;
  /** HTTPRoute, VirtualService, or main Ingress. */
  readonly route?: string;
  /** The canary Ingress. */
  readonly canary?: string;
  /** How long a gateway may take until weights that were written are served. */
  readonly propagation: Milliseconds;
}
