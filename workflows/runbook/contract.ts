import type { SampleTally } from './judge/evidence';
import type { FollowUpCheck, FollowUpReceipt } from './post-deployment/follow-up';
import type { NamedGauge } from './monitoring';
import type { DeploymentRequest, Release } from './release';
import type { Brought, DatabaseWish, RollbackLevel } from './rollback/level';
import type { Releases } from './rollback/released';
import type {
  ClusterName,
  AlertRulesSpec,
  CommandSpec,
  ConsistencySpec,
  CounterSelector,
  DashboardsSpec,
  DatabaseSpec,
  CiSpec,
  CoverageLimits,
  ImageSpec,
  LoadSpec,
  Milliseconds,
  MonitoringSystemsSpec,
  NoticeKind,
  Percent,
  ProductionSpec,
  RedisSpec,
  RequestSpec,
  SecretReference,
  SignalSpec,
  SinkSpec,
  SourceSpec,
  TagSpec,
  TrafficMechanism,
  VariablesSpec,
} from './spec';
import type { Hold, RecordEntry, Recorded, TargetObject, TargetPlace } from './target';

/** Everything the runbook asks of the outside world. `activities/` answers it. */
export interface Activities {
  /** Resolves the release against registry, git and cluster. Reads only. */
  resolveRelease(request: ResolveRequest): Promise<Release>;
  /** Of a rollback: what is live, and where it goes, by the target's record. Refuses a rung that does not apply. Reads only. */
  resolveRollback(request: ResolveRollbackRequest): Promise<Release>;

  /** 1.1: creates the annotated tag and pushes it with lease. Forward-only. */
  pushTag(request: TagRequest): Promise<TagReceipt>;

  readWorkload(target: WorkloadTarget): Promise<WorkloadState>;
  /** Sets image, replicas and flags' reference of one Deployment in one conditional write. */
  setWorkload(write: Write<WorkloadChange, WorkloadState>): Promise<WorkloadState>;
  restoreWorkload(undo: Undo<WorkloadChange, WorkloadState>): Promise<UndoReceipt>;
  /** Waits until the Deployment's rollout is complete, or says which pods block it. */
  awaitRollout(request: RolloutRequest): Promise<RolloutReceipt>;
  /** 2.2: every ready pod's spec names the flags' ConfigMap. */
  verifyPodConfig(request: PodConfigRequest): Promise<PodConfigReceipt>;

  /** Sends one request and judges status, JSON shape and time. */
  probe(request: ProbeRequest): Promise<ProbeReceipt>;
  /** 1.3, on the exec queue. */
  runLoadTest(request: LoadRequest): Promise<LoadReceipt>;
  /** 1.4, on the exec queue. */
  runCommand(request: CommandRequest): Promise<CommandReceipt>;
  /** Code quality, on the exec queue: a command on a clean checkout of the release's commit; once per commit. */
  checkCode(request: CodeRequest): Promise<CodeReceipt>;
  /** Code quality, on the exec queue: runs the tests and reads the coverage that they leave as a JSON summary; once per commit. */
  checkCoverage(request: CoverageRequest): Promise<CoverageReceipt>;
  /** Code quality: what a CI says of the release's commit. */
  readCommitStatus(request: CommitStatusRequest): Promise<CommitStatusReceipt>;
  /** 1.4, on the exec queue: staging's answers have production's structure. */
  compareStructure(request: StructureRequest): Promise<StructureReceipt>;

  readFlags(change: FlagsChange): Promise<FlagsState>;
  createFlags(write: Write<FlagsChange, FlagsState>): Promise<FlagsState>;
  removeFlags(undo: Undo<FlagsChange, FlagsState>): Promise<UndoReceipt>;

  readAutoscaler(change: AutoscalerChange): Promise<AutoscalerState>;
  /** Raises or lowers the least replicas of an autoscaler, so that it takes no pods away while traffic moves. */
  setAutoscaler(write: Write<AutoscalerChange, AutoscalerState>): Promise<AutoscalerState>;
  restoreAutoscaler(undo: Undo<AutoscalerChange, AutoscalerState>): Promise<UndoReceipt>;

  readTraffic(change: TrafficChange): Promise<TrafficState>;
  /** Moves traffic forward, only to a destination with ready endpoints. */
  shiftTraffic(write: Write<TrafficChange, TrafficState>): Promise<TrafficState>;
  restoreTraffic(undo: Undo<TrafficChange, TrafficState>): Promise<UndoReceipt>;

  readSelector(change: SelectorChange): Promise<SelectorState>;
  moveSelector(write: Write<SelectorChange, SelectorState>): Promise<SelectorState>;
  restoreSelector(undo: Undo<SelectorChange, SelectorState>): Promise<UndoReceipt>;

  /** Samples the signals over a window; answers at the first proof of failure, at its end, or when told to stop. */
  sampleSignals(request: SampleRequest): Promise<SampleTally>;
  /** 2.4: the metric families are present and moving. */
  verifyMetrics(request: MetricsRequest): Promise<MetricsReceipt>;

  /** After 2.4: the signals of the monitoring that /metrics answers, each against its limit. */
  checkGauges(request: GaugesRequest): Promise<GaugesReceipt>;

  /** 2.0: takes the target's lock and begins its record, before the first production write. */
  takeTarget(request: TakeRequest): Promise<TakeReceipt>;
  /** Gives the lock up and leaves in the record what could not be put back. Stops nothing. */
  releaseTarget(request: ReleaseRequest): Promise<ReleaseReceipt>;

  /** Puts a change on record whose writer has no credentials of the cluster; before it is written. */
  recordChange(request: RecordRequest): Promise<RecordReceipt>;

  /** On the exec queue: a dump that was restored and compared, or the proof of a managed snapshot. */
  backUpDatabase(request: BackupRequest): Promise<BackupReceipt>;
  /** On the exec queue: how much was written since a backup. */
  rowsSinceBackup(request: SinceRequest): Promise<SinceReceipt>;
  /** On the exec queue: the database as it was in a verified backup. What is there now is dumped first. */
  restoreDatabase(request: RestoreRequest): Promise<RestoreReceipt>;

  /** On the exec queue: what is applied and what is pending. */
  readMigrations(request: MigrationsRequest): Promise<MigrationsState>;
  /** On the exec queue: up, down and up again on a scratch database with the schema of the real one. */
  tryMigrations(request: MigrationsRequest): Promise<TrialReceipt>;
  /** 2.0m, on the exec queue: applies what is pending. */
  migrate(write: Write<ApplyRequest, MigrationsState>): Promise<MigrationsState>;
  undoMigrations(undo: Undo<ApplyRequest, MigrationsState>): Promise<UndoReceipt>;
  /** 2.0m, on the exec queue: applies what is pending and cannot be taken back. */
  applyMigrations(request: ApplyRequest): Promise<MigrationsState>;
  /** On the exec queue: takes the newest migrations back, and none but those named. */
  reverseMigrations(request: ReverseRequest): Promise<MigrationsState>;

  /** After the release: the repository that the cluster is applied from names what was released. */
  verifySource(request: SourceRequest): Promise<SourceReceipt>;

  /** Which other deployments are open on the same cluster. Says why where it cannot be told. */
  listOpenDeployments(request: OthersRequest): Promise<OthersReceipt>;
  /** Checklist: every Redis server answers in time, has memory left, and evicts as it may. */
  checkRedis(request: RedisRequest): Promise<RedisReceipt>;
  /** Checklist: the Redis cluster is whole, or the replication stands. */
  checkRedisCluster(request: RedisRequest): Promise<RedisClusterReceipt>;
  /** Checklist: every dashboard exists in Grafana and shows something. */
  checkDashboards(request: DashboardsRequest): Promise<DashboardsReceipt>;
  /** Checklist: every alert rule is loaded in Prometheus and healthy. */
  checkAlerts(request: AlertRulesRequest): Promise<AlertRulesReceipt>;
  /** Checklist: the flags are at their initial values. */
  checkFlags(request: FlagsCheckRequest): Promise<FlagsCheckReceipt>;
  /** Checklist: the candidate's template brings every variable, and its ConfigMaps are there. */
  checkVariables(request: VariablesRequest): Promise<VariablesReceipt>;
  /** Checklist: certificates are for their hosts, trusted, and last long enough. */
  checkCertificates(request: CertificatesRequest): Promise<CertificatesReceipt>;
  /** Checklist: Services, route and EndpointSlices say the same. */
  checkRouting(request: RoutingRequest): Promise<RoutingReceipt>;
  /** Checklist: Prometheus and Alertmanager are ready, and no alert that matters is active. */
  checkMonitoring(request: MonitoringRequest): Promise<MonitoringReceipt>;
  /** After the deployment: one look at the release, which may carry the digest. */
  lookAfter(check: FollowUpCheck): Promise<FollowUpReceipt>;

  /** Sends one notice to all sinks. Never fails the deployment. */
  notify(request: NotifyRequest): Promise<NotifyReceipt>;

  /** Keeps a file of the report of the deployment that asks, for when its history is dropped. Never fails the deployment. */
  keepReport(request: KeepRequest): Promise<KeepReceipt>;
  /** What a deployment was started with, as its own history has it. */
  readRequest(deployment: RunOf): Promise<DeploymentRequest>;
}

/** A conditional write: what shall be, what was recorded before, and the key that makes it happen once. */
export interface Write<Change, State> {
  readonly change: Change;
  readonly from: State;
  /** `deploymentId/stepId/forward` */
  readonly key: string;
  /** Where production is written: the lock that is held. */
  readonly hold?: Hold;
  /** What the record in the cluster must say before the write. */
  readonly entry?: Recorded;
  /** The commit point: from here on the record is no reason to put anything back. */
  readonly commits?: true;
}

/** A compensation: "make it be `to`". */
export interface Undo<Change, State> {
  readonly to: State;
  /** What we last asked for, so that a value that is neither is recognised as foreign. */
  readonly change: Change;
  /** `deploymentId/stepId/undo` */
  readonly key: string;
  /** A person asked: any ready endpoint of the old colour is enough. */
  readonly urgent: boolean;
  readonly hold?: Hold;
}

export interface UndoReceipt {
  readonly result: 'restored' | 'already-there' | 'left-to-others' | 'took-over';
  /** One sentence where there is something to say: whom it overrode, what it left. */
  readonly note?: string;
}

/** An object's identity at the time it was captured. */
export interface ObjectVersion {
  readonly uid: string;
  readonly resourceVersion: string;
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

export interface ProbeRequest {
  readonly url: string;
  readonly request: RequestSpec;
  readonly token?: SecretReference;
  /** For how long a wrong answer is asked for again: until a gateway serves what was written. */
  readonly patience?: Milliseconds;
}
export interface ProbeReceipt {
  readonly status: number;
  readonly took: Milliseconds;
}

export interface LoadRequest {
  readonly url: string;
  readonly metricsUrl: string;
  readonly load: LoadSpec;
  readonly token?: SecretReference;
}
export interface LoadReceipt {
  readonly requests: number;
  readonly errors: number;
  readonly p95: Milliseconds;
  /** Fraction, null where the spec names no cache counters. */
  readonly cacheHits: number | null;
}

export interface CommandRequest {
  readonly command: CommandSpec;
  readonly version: string;
  readonly stagingUrl: string;
  /** Commit whose files the command runs on. */
  readonly commit: string;
  readonly remote: string;
}
export interface CommandReceipt {
  readonly took: Milliseconds;
  /** sha256 of the whole output. */
  readonly output: string;
}

/** Code quality: a command on a checkout of its own, which `prepare` has made ready. */
export interface CodeRequest extends CommandRequest {
  readonly prepare?: CommandSpec;
}
export interface CodeReceipt extends CommandReceipt {
  /** The same command has passed on the same commit before. */
  readonly cached: boolean;
}
export interface CoverageRequest extends CodeRequest {
  readonly limits: CoverageLimits;
}
export interface CoverageReceipt {
  readonly took: Milliseconds;
  /** sha256 of the whole output. */
  readonly output: string;
  /** Fractions of one. */
  readonly statements: number;
  readonly branches: number;
  readonly cached: boolean;
}

export interface CommitStatusRequest {
  readonly ci: Pick<CiSpec, 'name' | 'url' | 'kind' | 'passes' | 'wait'>;
  /** Its name there. */
  readonly check: string;
  readonly commit: string;
  readonly token?: SecretReference;
}
export interface CommitStatusReceipt {
  /** Who says so. */
  readonly source: string;
  readonly link: string | null;
}

export interface StructureRequest {
  readonly stagingUrl: string;
  readonly productionUrl: string;
  readonly consistency: ConsistencySpec;
  readonly tokens: Readonly<Record<string, SecretReference>>;
}
export interface StructureReceipt {
  readonly compared: number;
  readonly fields: number;
}

export interface FlagsChange {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}
export interface FlagsState {
  readonly existed: boolean;
  readonly uid: string | null;
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

export interface SampleRequest {
  readonly metricsUrl: string;
  readonly signals: readonly SignalSpec[];
  readonly requests: CounterSelector;
  readonly candidate: string;
  readonly live: string;
  /** The share that is set, against which the served split is judged. */
  readonly share: Percent;
  readonly every: Milliseconds;
  /** From the beginning: until then the split is not counted, as the gateway may still serve the one before. */
  readonly propagation?: Milliseconds;
  /** Absent: until told to stop (the guard of a pause). */
  readonly window?: Milliseconds;
  /** The lock whose record says what must still be as it was written. */
  readonly hold?: Hold;
  /** Subjects in which people have accepted what others set. */
  readonly adopted?: readonly string[];
  /** Evidence of an earlier part of the same watch. */
  readonly prior?: SampleTally;
}

export interface MetricsRequest {
  readonly metricsUrl: string;
  readonly families: readonly string[];
  /** Between the two scrapes that must differ. */
  readonly every: Milliseconds;
}
export interface GaugesRequest {
  readonly metricsUrl: string;
  /** The colour that serves: `{colour}` in a selector. */
  readonly colour: string;
  /** Between two scrapes. */
  readonly every: Milliseconds;
  readonly gauges: readonly NamedGauge[];
}
export interface GaugesReceipt {
  /** By the signal's id. */
  readonly values: Readonly<Record<string, number>>;
}
export interface MetricsReceipt {
  /** Families found, with the number of series that moved. */
  readonly families: Readonly<Record<string, number>>;
}

export interface TakeRequest extends TargetPlace {
  readonly deployment: string;
  /** What will be written there: the new epoch is above all of theirs, also where Lease and record were lost. */
  readonly objects?: readonly TargetObject[];
  /** What was changed before, in staging. */
  readonly entries: readonly RecordEntry[];
  readonly propagation: Milliseconds;
  /** Why the lock is taken although its holder may still be at work, or although its changes are not put back. */
  readonly takeOver?: string;
}
export interface TakeReceipt {
  readonly epoch: number;
  /** From whom it was taken over, and why. */
  readonly note?: string;
}
export interface ReleaseRequest extends TargetPlace {
  readonly deployment: string;
  /** Subjects that could not be put back: the record keeps them. */
  readonly left: readonly string[];
  /** What was found healthy: goes on record for later rollbacks. */
  readonly releases?: Releases;
}
export interface ReleaseReceipt {
  /** Why it could not be given up, or was somebody else's already. */
  readonly note?: string;
}

export interface RecordRequest {
  readonly hold: Hold;
  /** `deploymentId/stepId/forward` */
  readonly key: string;
  readonly entry: Recorded & Pick<RecordEntry, 'change'>;
}
export interface RecordReceipt {
  readonly epoch: number;
}

/** The database of a service, and the deployment that asks. */
export interface DatabaseRequest {
  readonly database: DatabaseSpec;
  readonly deployment: string;
  readonly service: string;
  readonly environment: string;
}
/** Where commands of the spec find their files. */
export interface CheckoutRequest {
  readonly version: string;
  readonly commit: string;
  readonly remote: string;
}

export interface BackupRequest extends DatabaseRequest, CheckoutRequest {}
export type BackupReceipt = DumpReceipt | SnapshotReceipt;
/** A dump that was restored into a scratch database and found equal, within its own snapshot. */
export interface DumpReceipt {
  readonly kind: 'dump';
  /** Names it: the deployment's id. */
  readonly id: string;
  /** File below the folder of the spec. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly tables: number;
  readonly rows: number;
  /** ISO time of the snapshot that it holds. */
  readonly takenAt: string;
}
export interface SnapshotReceipt {
  readonly kind: 'snapshot';
  readonly id: string;
  readonly takenAt: string;
  readonly age: Milliseconds;
  /** sha256 of what the proof printed. */
  readonly proof: string;
}

export interface SinceRequest extends DatabaseRequest {
  /** Absent: the newest verified one of the service. */
  readonly backup?: string;
  /** The deployment in which it must have been verified, unless another one is accepted; absent: in any. */
  readonly of?: string;
  readonly older?: true;
}
export interface SinceReceipt {
  readonly backup: string;
  /** Of the dump: what is restored must be that. */
  readonly sha256: string;
  readonly takenAt: string;
  /** Deployment in which it was made. */
  readonly madeBy: string;
  /** Restored and compared when it was made; false for what was saved before a restore, which was only read. */
  readonly isVerified: boolean;
  /** Rows inserted, updated or deleted since; null where nobody can tell. */
  readonly rows: number | null;
  /** The sentence that people read: the figure with its source, or why it is unknown. */
  readonly words: string;
  /** Tables with most change, at most five. */
  readonly tables: readonly { readonly table: string; readonly before: number; readonly now: number }[];
}

export interface RestoreRequest extends DatabaseRequest {
  readonly backup: string;
  /** Of its dump, as people were shown it. */
  readonly sha256: string;
  /** The deployment in which the backup must have been verified. */
  readonly of: string;
  /** Who accepted a backup of another deployment, and why; on record. */
  readonly olderAccepted?: string;
}
export interface RestoreReceipt {
  readonly backup: string;
  readonly takenAt: string;
  /** The dump of what was there before. */
  readonly safety: Pick<DumpReceipt, 'id' | 'file' | 'bytes' | 'sha256'>;
  readonly tables: number;
  readonly rows: number;
  /** What was written since the backup and is lost, in a sentence: between the two dumps. */
  readonly lost: string;
  readonly took: Milliseconds;
  /** What a restore does not put back: tables that were made since, rows that came in while it was compared. */
  readonly notes: readonly string[];
}

export interface MigrationsRequest extends DatabaseRequest, CheckoutRequest {}
export interface MigrationsState {
  /** How many are applied. */
  readonly applied: number;
  /** The newest that is applied; null where none is. */
  readonly last: string | null;
  /** sha256 over the names of those applied, shortened. */
  readonly digest: string;
  /** Names of those that are pending, oldest first. */
  readonly pending: readonly string[];
}
export interface TrialReceipt {
  readonly pending: readonly string[];
  /** `not declared`: the spec does not say that they are reversible. */
  readonly down: 'tried' | 'not declared' | 'nothing pending';
  readonly took: Milliseconds;
}
export interface ApplyRequest extends MigrationsRequest {
  /** As people have seen it: nothing else is applied. Absent where nobody was asked. */
  readonly seen?: MigrationsState;
}
export interface ReverseRequest extends MigrationsRequest {
  /** As people have seen it: a retry goes no further down. */
  readonly seen: MigrationsState;
  /** The newest of those applied, oldest first: what is taken back. */
  readonly names: readonly string[];
}

export interface SourceRequest {
  readonly source: SourceSpec;
  readonly version: string;
  readonly image: string;
}
export interface SourceReceipt {
  readonly commit: string;
}

export interface OthersRequest {
  readonly cluster: ClusterName;
}
export interface OthersReceipt {
  /** Without the one that asks; the newest, at most twenty, the oldest of them first. */
  readonly open: readonly OpenDeployment[];
  /** There are more than these. */
  readonly more?: true;
  /** Why it is not known. */
  readonly unknown?: string;
}
export interface OpenDeployment {
  readonly deploymentId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly requester: string;
  /** Where it stands, or that nobody knows. */
  readonly phase: string;
}

export interface NotifyRequest {
  readonly sinks: readonly SinkSpec[];
  readonly tokens: Readonly<Record<string, SecretReference>>;
  /** `deploymentId/kind`: the sink's Idempotency-Key. */
  readonly key: string;
  /** Absent from deployments that were begun before there were announcements. */
  readonly kind?: NoticeKind;
  readonly subject: string;
  readonly text: string;
  /** What the first message of the deployment was called, by sink: it is answered. */
  readonly threads?: Readonly<Record<string, string>>;
  /** Another run has begun to send it, and nobody knows how far that came. */
  readonly mayRepeat?: true;
}
/** Small on purpose: the report is read from the deployment itself, so that its history does not hold it twice. */
/** A deployment's run in the namespace of the one that asks. */
export interface RunOf {
  readonly workflowId: string;
  readonly runId: string;
}

export interface KeepRequest {
  readonly deploymentId: string;
}
export interface KeepReceipt {
  /** The file, as the worker names it. */
  readonly file: string;
}

/** Without the sinks whose answer was not waited for. */
export interface NotifyReceipt {
  readonly sinks: readonly Delivery[];
}
/** What became of one message at one sink. */
export interface Delivery {
  readonly name: string;
  /** `perhaps twice`: an answer was lost, and it was sent again. */
  readonly result: 'delivered' | 'undelivered' | 'perhaps twice';
  /** Why not, or what else there is to say; one sentence. */
  readonly note?: string;
  /** What later messages answer. */
  readonly thread?: string;
}

export interface RedisRequest {
  readonly redis: RedisSpec;
  readonly token?: SecretReference;
}
export interface RedisReceipt {
  readonly servers: number;
  /** The slowest answer to a PING. */
  readonly took: Milliseconds;
  /** The most used memory among the servers, as a fraction of maxmemory. */
  readonly memory: number;
  readonly policies: readonly string[];
}
export interface RedisClusterReceipt {
  /** Null where there is no cluster. */
  readonly slots: number | null;
  readonly nodes: number;
  /** Replicas of a primary without a cluster; null where it is none. */
  readonly replicas: number | null;
}

export interface DashboardsRequest {
  readonly dashboards: DashboardsSpec;
  readonly token?: SecretReference;
}
export interface DashboardsReceipt {
  readonly titles: readonly string[];
}

export interface AlertRulesRequest {
  readonly alerts: AlertRulesSpec;
  readonly token?: SecretReference;
}
export interface AlertRulesReceipt {
  readonly required: number;
  /** Alert rules that Prometheus has in all. */
  readonly loaded: number;
}

export interface FlagsCheckRequest {
  readonly cluster: string;
  readonly namespace: string;
  /** The flags' ConfigMap that the live colour's template names, null where it names none. */
  readonly live: string | null;
  readonly initial: Readonly<Record<string, string>>;
  /** The initial values were declared apart: each of them must be there. */
  readonly isDeclared: boolean;
  /** The candidate's ConfigMap to come. */
  readonly next: { readonly name: string; readonly data: Readonly<Record<string, string>> };
}
export interface FlagsCheckReceipt {
  readonly flags: number;
  /** Flags that live pods do not know: new with this release. */
  readonly added: readonly string[];
}

export interface VariablesRequest {
  readonly cluster: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  readonly variables: VariablesSpec;
  /** The flags' ConfigMap to come, and how its names begin. */
  readonly flags?: { readonly prefix: string; readonly data: Readonly<Record<string, string>> };
}
export interface VariablesReceipt {
  readonly variables: number;
  readonly configMaps: number;
  /** Secrets that the template names: proved by the candidate's first pod that starts. */
  readonly secrets: readonly string[];
}

export interface CertificatesRequest {
  /** `name` or `name:port`. */
  readonly hosts: readonly string[];
  /** Hosts of others: what they show is judged as well, but they need not answer. */
  readonly others?: readonly OtherHost[];
  /** Days that each must still be valid. */
  readonly least: number;
  readonly ca?: string;
}
/** A host that a deployment talks to, and that is not the service's. */
export interface OtherHost {
  readonly host: string;
  /** What it is to us: git, registry, CI, or which sink. */
  readonly whose: string;
  /** A mail server that is asked for TLS first. */
  readonly startTls?: boolean;
}
export interface CertificatesReceipt {
  /** Hosts that were looked at. */
  readonly hosts: number;
  /** Whole days until the first of them ends. */
  readonly days: number;
  /** Hosts of others that showed nothing, each with the reason. */
  readonly unseen?: readonly string[];
}

export interface RoutingRequest {
  readonly production: Pick<ProductionSpec, 'cluster' | 'namespace' | 'service' | 'selectorKey' | 'traffic'>;
  readonly container: string;
  readonly live: ColourTarget & { readonly replicas: number };
  readonly candidate: ColourTarget;
  /** Part of the live colour's replicas that must be ready; fraction of one. */
  readonly ready: number;
}
export interface RoutingReceipt {
  readonly live: string;
  /** Its ready endpoints. */
  readonly ready: number;
  readonly backends: number;
  readonly by: TrafficMechanism;
}

export interface MonitoringRequest {
  readonly monitoring: MonitoringSystemsSpec;
  readonly token?: SecretReference;
}
export interface MonitoringReceipt {
  /** Alertmanagers that Prometheus tells. */
  readonly alertmanagers: number;
  /** Active alerts among those that matter. */
  readonly alerts: number;
}
