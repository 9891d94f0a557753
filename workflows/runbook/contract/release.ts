import type { Release } from '../release';
import type { Brought, DatabaseWish, RollbackLevel } from '../rollback/level';
import type { ImageSpec, ProductionSpec, SecretReference, SourceSpec, TagSpec } from '../spec';
import type { TargetPlace } from '../target';
import type { MigrationsState, SinceReceipt } from './database';

/** What is released: resolved, tagged, and named where the cluster is applied from. */
export interface ReleaseActivities {
  /** Resolves the release against registry, git and cluster. Reads only. */
  resolveRelease(request: ResolveRequest): Promise<Release>;
  /** Of a rollback: what is live, and where it goes, by the target's record. Refuses a rung that does not apply. Reads only. */
  resolveRollback(request: ResolveRollbackRequest): Promise<Release>;
  /** 1.1: creates the annotated tag and pushes it with lease. Forward-only. */
  pushTag(request: TagRequest): Promise<TagReceipt>;
  /** After the release: the repository that the cluster is applied from names what was released. */
  verifySource(request: SourceRequest): Promise<SourceReceipt>;
}

export interface ResolveRequest {
  readonly version: string;
  readonly commit?: string;
  readonly tag: TagSpec;
  readonly image: ImageSpec;
  readonly production: Pick<ProductionSpec, 'cluster' | 'namespace' | 'service' | 'selectorKey' | 'colours' | 'traffic' | 'gitops'>;
  readonly flags?: {
    readonly prefix: string;
    readonly data: Readonly<Record<string, string>>;
    /** Values that rung flags of the rollback ladder sets over them. */
    readonly safe?: Readonly<Record<string, string>>;
  };
  readonly tokens: Readonly<Record<string, SecretReference>>;
}

export interface ResolveRollbackRequest extends Pick<ResolveRequest, 'production'> {
  readonly level: RollbackLevel;
  /** Id of the deployment that is rolled back. */
  readonly of: string;
  /** Whose record says what was released. */
  readonly target: TargetPlace;
  readonly container: string;
  /** Of the deployment that is rolled back. */
  readonly brought?: Brought;
  /** The code of before does not work with its migrations. */
  readonly isContract: boolean;
  /** What of all migrations is applied; absent where that decides nothing, or people accept it as it is. */
  readonly applied?: MigrationsState;
  readonly flags?: {
    readonly prefix: string;
    /** Values that are set over those that the live colour has; none where the spec declares none. */
    readonly safe: Readonly<Record<string, string>>;
  };
  /** Rung database. */
  readonly database?: {
    readonly wish: DatabaseWish;
    /** The spec has a database, and says who decides on its rollback. */
    readonly isDeclared: boolean;
    readonly keepsDumps: boolean;
    readonly hasWayDown: boolean;
    /** The backup with its sha256, and what is lost by it: approved with the rest. */
    readonly backup?: SinceReceipt;
  };
}

export interface TagRequest {
  readonly tag: TagSpec;
  readonly name: string;
  readonly message: string;
  readonly commit: string;
  /** ISO time with zone, fixed for the deployment. */
  readonly taggedAt: string;
}
export interface TagReceipt {
  readonly result: 'created' | 'already-there';
  readonly object: string;
}

export interface SourceRequest {
  readonly source: SourceSpec;
  readonly version: string;
  readonly image: string;
}
export interface SourceReceipt {
  readonly commit: string;
}
