import type { Released } from './rollback/released';
import type { ClusterName, Milliseconds, TrafficSpec } from './spec';

/** The order in which subjects are put back: traffic first. */
export const undoOrder = ['traffic', 'workload', 'flags', 'rest', 'database'] as const;
export type UndoRank = (typeof undoOrder)[number];

/**
 * What is kept in the cluster about a target: a Lease that names the one deployment that may write, and a ConfigMap that says what it changed
 * and from what. Both live in the production namespace and have the same name.
 */
export interface TargetPlace {
  readonly cluster: ClusterName;
  readonly namespace: string;
  /** Of Lease and ConfigMap. */
  readonly name: string;
}

/** A lock that is held: every write belongs to its epoch, and is refused once somebody has raised it. */
export interface Hold extends TargetPlace {
  /** Rises with every holder. */
  readonly epoch: number;
}

/** What shares the traffic, beside the colours' own objects. */
export interface RouteObject {
  readonly kind: 'HTTPRoute' | 'VirtualService' | 'Ingress';
  readonly name: string;
}
/** An object of the target, in its namespace. */
export type TargetObject = RouteObject | { readonly kind: 'Deployment' | 'Service' | 'HorizontalPodAutoscaler'; readonly name: string };

/** The objects that a mechanism writes its shares to; none where the Service or the pods alone decide. */
export function routeObjects({ mechanism, route = '', canary = '' }: TrafficSpec): readonly RouteObject[] {
  switch (mechanism) {
    case 'httproute':
      return [{ kind: 'HTTPRoute', name: route }];
    case 'istio':
      return [{ kind: 'VirtualService', name: route }];
    case 'nginx':
      return [route, canary].map((name) => ({ kind: 'Ingress', name }));
    default:
      return [];
  }
}

/** The name of a service's Lease and record. */
export function targetName(service: string): string {
  return `analytics-deploy-${service}`;
}

/** One subject as the record keeps it: enough to put it back without the deployment's history. */
export interface RecordEntry {
  readonly subject: string;
  readonly title: string;
  readonly rank: UndoRank;
  readonly production: boolean;
  readonly stepId: string;
  /** The activity that puts it back. */
  readonly undo: string;
  /** How it was. */
  readonly to: unknown;
  /** What was last asked for. */
  readonly change: unknown;
  /** The kubectl command that puts it back. */
  readonly byHand: string;
}

/** What a write tells the record of its subject: all of it the first time, its name once that is on record. The change comes from the write. */
export type Recorded = Omit<RecordEntry, 'change'> | Pick<RecordEntry, 'subject'>;

/** The record's content: compact JSON under one key, versioned, without secrets. */
export interface TargetRecord {
  readonly version: 1;
  /** Deployment that wrote it. */
  readonly deployment: string;
  /** What is changed and not yet put back, oldest first. */
  readonly entries: readonly RecordEntry[];
  /** How long a gateway may take until it serves weights that were written. */
  readonly propagation: Milliseconds;
  /** The commit point was reached: what was changed is the release that serves, and is not put back. */
  readonly committed?: true;
  /** What was found healthy in production, newest last: what a rollback may go back to. Outlives the deployments. */
  readonly released?: readonly Released[];
}
