import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { RollbackLevel } from './runbook/rollback/level';
import type { FollowUpView } from './runbook/post-deployment/follow-up';
import { STATUS_QUERY, type DeploymentView } from './runbook/view';

/** Who says it, as stated by the client. */
export interface Message {
  readonly by: string;
  readonly comment?: string;
  /** The same message sent twice is one message. */
  readonly requestId: string;
}
export interface GateMessage extends Message {
  readonly gate: string;
  /** The release digest that was looked at: any unambiguous beginning of at least seven characters. */
  readonly digest: string;
}
export interface StepMessage extends Message {
  /** Step id, or `undo:<subject>`. */
  readonly step: string;
}
export interface ExtendMessage extends Message {
  /** Milliseconds that are added to the running watch. */
  readonly more: number;
}

export interface ItemMessage extends Message {
  /** Id of a failed line of the checklist, or of an attestation. */
  readonly item: string;
}
export interface WaiveMessage extends ItemMessage {
  /** When the waiver ends: a date (its whole day, UTC) or an ISO time with zone. */
  readonly until: string;
}

export interface RollbackMessage extends Message {
  /** Rung of the ladder; absent: traffic, that is everything is put back. */
  readonly level?: RollbackLevel;
  /** After the watch of a partial rollback: everything back, or stay there; absent: people are asked. */
  readonly then?: 'zero' | 'stay';
}

/** What each message carries. The key is the name of the update and of its signal twin. */
export interface Messages {
  readonly approve: GateMessage;
  readonly reject: GateMessage;
  readonly retry: StepMessage;
  readonly skip: StepMessage;
  readonly adopt: StepMessage;
  readonly attest: ItemMessage;
  readonly waive: WaiveMessage;
  readonly extend: ExtendMessage;
  readonly abort: Message;
  readonly pause: Message;
  readonly resume: Message;
  readonly rollback: RollbackMessage;
  readonly handover: Message;
  readonly supersede: Message;
  /** Somebody is at it: nobody else is called. */
  readonly ack: Message;
}
export type MessageName = keyof Messages;
/** One sentence: what the message did. */
export type Answer = string;

export const messageNames = [
  'approve',
  'reject',
  'retry',
  'skip',
  'adopt',
  'attest',
  'waive',
  'extend',
  'abort',
  'pause',
  'resume',
  'rollback',
  'handover',
  'supersede',
  'ack',
] as const satisfies readonly MessageName[];

/** Who pushes alerts; anybody else is a person, and goes on record. */
export const ALERTMANAGER = 'alertmanager';
/** Alerts as they are pushed between two looks of the follow-ups. */
export interface AlertMessage extends Message {
  readonly alerts: readonly {
    readonly name: string;
    readonly summary: string;
    /** The same alert pushed twice is one alert. */
    readonly fingerprint: string;
    readonly firing: boolean;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}
/** What the follow-ups of a deployment are told. */
export interface FollowUpMessages {
  readonly stop: Message;
  readonly alert: AlertMessage;
  readonly attest: ItemMessage;
  readonly waive: WaiveMessage;
}
export type FollowUpMessageName = keyof FollowUpMessages;
export const followUpMessageNames = ['stop', 'alert', 'attest', 'waive'] as const satisfies readonly FollowUpMessageName[];

/** An update is refused with an ApplicationFailure of this type; its message says why and what instead. */
export const REFUSED = 'Refused';

export const updateOf = <Name extends MessageName>(name: Name) => defineUpdate<Answer, [Messages[Name]]>(name);
/** The durable twin: reaches the same reducer; its refusal shows in `status`. */
export const signalOf = <Name extends MessageName>(name: Name) => defineSignal<[Messages[Name]]>(name);
export const status = defineQuery<DeploymentView>(STATUS_QUERY);
export const followUpStatus = defineQuery<FollowUpView>(STATUS_QUERY);

export const WORKFLOW_TYPE = 'analyticsDeployment';
export const FOLLOW_UP_TYPE = 'analyticsFollowUp';
/** A worker that dies in the middle of a task costs no more than this; a whole replay takes less than half a second. */
export const workflowTaskTimeout = '4s';
/** Service and environment hold one deployment at a time. */
export const workflowIdOf = (service: string, environment: string): string => `deploy:${service}:${environment}`;
export { followUpIdOf } from './runbook/post-deployment/follow-up';
export const LAST_NOTICES_TYPE = 'analyticsLastNotices';
/** What a deployment could not tell before it ended, sent by a run of its own. */
export const lastNoticesIdOf = (deploymentId: string): string => `last-notices:${deploymentId}`;
export const defaultTaskQueues = { control: 'analytics-deploy', exec: 'analytics-deploy-exec' } as const;

/** Search attributes, and the memo's keys where the namespace does not know them. */
export const searchAttributes = {
  id: 'DeployId',
  service: 'DeployService',
  environment: 'DeployEnvironment',
  release: 'DeployRelease',
  phase: 'DeployPhase',
  status: 'DeployStatus',
  requester: 'DeployRequester',
  weight: 'DeployWeight',
} as const;
