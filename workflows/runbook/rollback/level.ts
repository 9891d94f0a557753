/** The rungs of the rollback ladder, and what a person asks for. */

/** From the quickest to the furthest-reaching (runbook, rollback procedures). */
export const rollbackLevels = ['traffic', 'partial', 'flags', 'database', 'system'] as const;
export type RollbackLevel = (typeof rollbackLevels)[number];

/** What each rung is called. */
export const levelTitles: Readonly<Record<RollbackLevel, string>> = {
  traffic: 'all traffic back to the other colour',
  partial: 'part of the traffic back',
  flags: 'feature flags to their safe values',
  database: 'the database back',
  system: 'the previous version deployed again',
};

/** A deployment of kind rollback: which rung, and from which deployment. */
export interface RollbackWish {
  readonly level: RollbackLevel;
  /** Id of the deployment that is rolled back. */
  readonly of: string;
  /** A person's or a follow-up's word for the record. */
  readonly reason?: string;
  /** Of the deployment that is rolled back; absent where it left no report of it. */
  readonly brought?: Brought;
  /** Why everybody goes to code that does not work with them. */
  readonly acceptContract?: string;
  /** Rung database: how. */
  readonly database?: DatabaseWish;
}

/** What came with a deployment: its version, the files that know the way back, and what they were to migrate. */
export interface Brought {
  readonly version: string;
  readonly commit: string;
  /** Names of the migrations, oldest first; often none. */
  readonly names: readonly string[];
}

/** How the database goes back. */
export interface DatabaseWish {
  readonly by: 'backup' | 'migrations';
  /** Id of the backup; absent: the one that was verified in the deployment that is rolled back. */
  readonly backup?: string;
  /** Why a backup of another deployment is accepted, in an emergency. */
  readonly older?: string;
  /** How many of the newest migrations; absent: one (runbook). */
  readonly steps?: number;
}

/** It goes away from the release that serves: nothing goes back to that by itself. */
export function withdraws({ level }: Pick<RollbackWish, 'level'>): boolean {
  return level === 'traffic' || level === 'system';
}

/** True for the name of a rung. */
export function isLevel(text: string): text is RollbackLevel {
  return (rollbackLevels as readonly string[]).includes(text);
}
