import type { Milliseconds, Percent, TrafficMechanism } from '../spec';
import type { ObjectVersion, Undo, UndoReceipt, Write } from './writes';

/** Traffic by shares, and the selector of the Service. */
export interface TrafficActivities {
  readTraffic(change: TrafficChange): Promise<TrafficState>;
  /** Moves traffic forward, only to a destination with ready endpoints. */
  shiftTraffic(write: Write<TrafficChange, TrafficState>): Promise<TrafficState>;
  restoreTraffic(undo: Undo<TrafficChange, TrafficState>): Promise<UndoReceipt>;
  readSelector(change: SelectorChange): Promise<SelectorState>;
  moveSelector(write: Write<SelectorChange, SelectorState>): Promise<SelectorState>;
  restoreSelector(undo: Undo<SelectorChange, SelectorState>): Promise<UndoReceipt>;
}

interface RouteTarget {
  readonly cluster: string;
  readonly namespace: string;
  readonly mechanism: Exclude<TrafficMechanism, 'selector'>;
  /** HTTPRoute, VirtualService, or main Ingress; empty where pods alone decide. */
  readonly route: string;
  /** The canary Ingress. */
  readonly canary?: string;
}
/** One side of a traffic move: enough to find its backend, its endpoints and its workload. */
export interface ColourTarget {
  readonly colour: string;
  readonly service: string;
  readonly deployment: string;
}
export interface TrafficChange extends RouteTarget {
  /** The Service that callers inside the cluster use: the host of subsets. */
  readonly shared?: string;
  /** How long a gateway may take to judge and to serve what is written. */
  readonly propagation: Milliseconds;
  readonly candidate: ColourTarget;
  readonly live: ColourTarget;
  readonly candidateShare: Percent;
  /** The candidate's template must name this image: traffic goes to what was released. */
  readonly image: string;
  readonly container: string;
  /** Pods that the candidate must have ready. */
  readonly capacity: number;
  readonly settle: Milliseconds;
  /** Fraction of `capacity` that the live colour needs ready before an unurgent undo. */
  readonly minimumReady: number;
  /** The way back of a deployment that has ended: so much of `capacity` is enough for the colour that it goes to, too. */
  readonly returns?: true;
  /** A step back on the ramp: the live colour must be able to take what comes, and the candidate need prove nothing. */
  readonly retreats?: true;
}
export interface TrafficState extends ObjectVersion {
  /** Weight by colour. */
  readonly weights: Readonly<Record<string, number>>;
  /** The patch that puts it back by hand; told once, when it is read. */
  readonly patch?: string;
  /** What a restore needs beside the weights, by names of the mechanism's own. */
  readonly raw?: Readonly<Record<string, string>>;
}

export interface SelectorChange {
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
  readonly selectorKey: string;
  readonly candidate: ColourTarget;
  readonly live: ColourTarget;
  readonly capacity: number;
  readonly minimumReady: number;
  /** The way back of a deployment that has ended: `minimumReady` of `capacity` is enough. */
  readonly returns?: true;
}
export interface SelectorState extends ObjectVersion {
  readonly colour: string;
}
