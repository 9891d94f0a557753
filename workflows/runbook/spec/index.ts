import type { AnnouncementsSpec } from './announcements';
import type { AttentionSpec } from './attention';
import type { AttestationSpec } from './attestations';
import type { ChecklistSpec } from './checklist';
import type { CommandSpec } from './command';
import type { ConsistencySpec } from './consistency';
import type { ContactsSpec } from './contacts';
import type { DatabaseSpec } from './database';
import type { EstimatesSpec } from './estimates';
import type { FlagsSpec } from './flags';
import type { FollowUpsSpec } from './follow-ups';
import type { GateSpec } from './gates';
import type { ImageSpec } from './image';
import type { LinkSpec } from './links';
import type { LoadSpec } from './load';
import type { MonitoringSpec } from './monitoring';
import type { ProductionSpec } from './production';
import type { ProfileSpec } from './profiles';
import type { RampSpec } from './ramp';
import type { RequestSpec } from './request';
import type { RollbackSpec } from './rollback';
import type { SignalSpec } from './signals';
import type { SinkSpec } from './sinks';
import type { StagingSpec } from './staging';
import type { SuccessSpec } from './success';
import type { TagSpec } from './tag';
import type { SecretReference } from './values';
import type { VerificationSpec } from './verification';
import type { WatchingSpec } from './watching';
import type { WindowsSpec } from './windows';

/**
 * The spec: what is deployed and by which rules. Plain data; `spec/schema.ts` checks a file against it and fills in the runbook's
 * numbers. A section has its shape here, and its keys' meaning, limits and defaults in `spec/sections`, in a file of the same name.
 * Durations are milliseconds, shares are percentages, rates are fractions of one.
 */
export interface Spec {
  readonly service: string;
  readonly environment: string;
  readonly tag: TagSpec;
  readonly image: ImageSpec;
  readonly staging: StagingSpec;
  readonly production: ProductionSpec;
  /** What is looked at before anything else happens (runbook, pre-deployment checklist). */
  readonly checklist?: ChecklistSpec;
  readonly smoke: readonly RequestSpec[];
  readonly load?: LoadSpec;
  readonly integration?: CommandSpec;
  readonly consistency?: ConsistencySpec;
  readonly database?: DatabaseSpec;
  readonly flags?: FlagsSpec;
  readonly ramp: RampSpec;
  readonly watching: WatchingSpec;
  readonly signals: readonly SignalSpec[];
  readonly verification: VerificationSpec;
  /** What is monitored, and what each signal is known by; absent: nothing beside the watches. */
  readonly monitoring?: MonitoringSpec;
  /** What makes a deployment a success; absent: that it got to its end. */
  readonly success?: SuccessSpec;
  /** Who holds which role: role name to people. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly gates: {
    readonly production: GateSpec;
    /** Before production is written outside of the windows. */
    readonly emergency?: GateSpec;
    /** Before migrations that the code of before does not work with, or that cannot be taken back. */
    readonly contract?: GateSpec;
  };
  /** When production may be written; absent where it may be at any time. */
  readonly windows?: WindowsSpec;
  /** How long deployments usually take, by kind. */
  readonly estimates?: EstimatesSpec;
  /** Shorter ways through the runbook, by name; the spec itself is the standard one. */
  readonly profiles?: Readonly<Record<string, ProfileSpec>>;
  /** Who answers for what no machine can look at, by the id of the attestation. */
  readonly attestations?: Readonly<Record<string, AttestationSpec>>;
  readonly attention: AttentionSpec;
  readonly rollback: RollbackSpec;
  /** How the release is looked after; absent: it is not. */
  readonly followUps?: FollowUpsSpec;
  /** Secrets by the name that requests use. */
  readonly tokens: Readonly<Record<string, SecretReference>>;
  /** Where notices go. */
  readonly sinks: readonly SinkSpec[];
  /** Documents that people need at hand: in plan, report and printed runbook. */
  readonly links?: readonly LinkSpec[];
  /** Which messages go where, and what they tell their readers beside what was measured. */
  readonly announcements?: AnnouncementsSpec;
  /** Who is called when a person is needed, one after another. */
  readonly contacts?: ContactsSpec;
  /** Steps that do not apply, by step id, each with its reason. */
  readonly off: Readonly<Record<string, string>>;
}

export * from './announcements';
export type * from './attention';
export type * from './attestations';
export type * from './checklist';
export type * from './checklist-code';
export type * from './checklist-environment';
export type * from './checklist-infrastructure';
export type * from './command';
export type * from './consistency';
export * from './contacts';
export type * from './counter';
export type * from './database';
export * from './estimates';
export type * from './flags';
export type * from './follow-ups';
export type * from './gates';
export type * from './image';
export type * from './links';
export type * from './load';
export type * from './monitoring';
export type * from './production';
export type * from './profiles';
export type * from './ramp';
export type * from './request';
export type * from './rollback';
export type * from './rollout';
export type * from './signals';
export * from './sinks';
export type * from './staging';
export type * from './success';
export type * from './tag';
export type * from './values';
export type * from './verification';
export type * from './watching';
export * from './windows';
