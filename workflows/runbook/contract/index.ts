import type { AfterwardsActivities } from './afterwards';
import type { ChecklistActivities } from './checklist';
import type { CodeActivities } from './code';
import type { DatabaseActivities } from './database';
import type { FlagActivities } from './flags';
import type { MetricsActivities } from './metrics';
import type { NoticeActivities } from './notices';
import type { ReleaseActivities } from './release';
import type { TargetActivities } from './target';
import type { TestActivities } from './tests';
import type { TrafficActivities } from './traffic';
import type { WorkloadActivities } from './workloads';

/** Everything the runbook asks of the outside world, by subject. `activities/` answers it. */
export interface Activities
  extends
    ReleaseActivities,
    WorkloadActivities,
    FlagActivities,
    TrafficActivities,
    TestActivities,
    CodeActivities,
    MetricsActivities,
    TargetActivities,
    DatabaseActivities,
    ChecklistActivities,
    NoticeActivities,
    AfterwardsActivities {}

export type * from './afterwards';
export type * from './checklist';
export type * from './code';
export type * from './database';
export type * from './flags';
export type * from './metrics';
export type * from './notices';
export type * from './release';
export type * from './target';
export type * from './tests';
export type * from './traffic';
export type * from './workloads';
export type * from './writes';
