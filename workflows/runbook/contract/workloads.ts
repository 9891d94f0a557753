import type { Milliseconds } from '../spec';
import type { ObjectVersion, Undo, UndoReceipt, Write } from './writes';

/** Deployments, their rollout, and their autoscalers. */
export interface WorkloadActivities {
  readWorkload(target: WorkloadTarget): Promise<WorkloadState>;
  /** Sets image, replicas and flags' reference of one Deployment in one conditional write. */
  setWorkload(write: Write<WorkloadChange, WorkloadState>): Promise<WorkloadState>;
  restoreWorkload(undo: Undo<WorkloadChange, WorkloadState>): Promise<UndoReceipt>;
  /** Waits until the Deployment's rollout is complete, or says which pods block it. */
  awaitRollout(request: RolloutRequest): Promise<RolloutReceipt>;
  /** 2.2: every ready pod's spec names the flags' ConfigMap. */
  verifyPodConfig(request: PodConfigRequest): Promise<PodConfigReceipt>;
  readAutoscaler(change: AutoscalerChange): Promise<AutoscalerState>;
  /** Raises or lowers the least replicas of an autoscaler, so that it takes no pods away while traffic moves. */
  setAutoscaler(write: Write<AutoscalerChange, AutoscalerState>): Promise<AutoscalerState>;
  restoreAutoscaler(undo: Undo<AutoscalerChange, AutoscalerState>): Promise<UndoReceipt>;
}

export interface WorkloadTarget {
  readonly cluster: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  /** The flags' ConfigMap reference is the `envFrom` entry whose name begins so. */
  readonly flagsPrefix?: string;
}
export interface WorkloadChange extends WorkloadTarget {
  /** Absent: left as it is, and no pod restarts. */
  readonly image?: string;
  /** Absent: left as they are. Fewer than before never go below what a PodDisruptionBudget keeps. */
  readonly replicas?: number;
  /** Replicas are stated for the undo alone: going forward they stay as others have set them since. */
  readonly replicasStay?: true;
  /** Null: the reference is taken out. */
  readonly flagsConfigMap?: string | null;
}
export interface WorkloadState extends ObjectVersion {
  readonly image: string;
  readonly replicas: number;
  /** Name of the referenced flags' ConfigMap, null where there is no reference. */
  readonly flagsConfigMap: string | null;
}

export interface RolloutRequest extends WorkloadTarget {
  /** The image that must be rolled out: someone else's release is not ours. */
  readonly image: string;
  /** Ready pods of it that are waited for, whatever becomes of the others; absent: the whole rollout. */
  readonly enough?: number;
  readonly deadline: Milliseconds;
}
export interface RolloutReceipt {
  readonly ready: number;
  readonly desired: number;
  readonly revision: string;
}

export interface PodConfigRequest extends WorkloadTarget {
  readonly flagsConfigMap: string;
}
export interface PodConfigReceipt {
  readonly pods: number;
}

export interface AutoscalerChange {
  readonly cluster: string;
  readonly namespace: string;
  /** Of the HorizontalPodAutoscaler. */
  readonly name: string;
  readonly minimum: number;
}
export interface AutoscalerState extends ObjectVersion {
  readonly minimum: number;
}
