/**
 * The spec: what is deployed and by which rules. Plain data; `spec/schema.ts` checks a file against it and fills in the
 * runbook's numbers. Durations are milliseconds, shares are percentages, rates are fractions of one.
 */
export type Milliseconds = number;
/** A share of traffic, 0 to 100 %. */
export type Percent = number;
/** Where a secret is read from, at the moment of use: `env:NAME` or `file:/path`. Never the secret itself. */
export type SecretReference = `env:${string}` | `file:${string}`;
/** A kubeconfig context, or `in-cluster`, or `current` for the kubeconfig's current context. */
export type ClusterName = string;

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

/** The release's git tag (runbook, step 1.1). `{version}` is replaced. */
export interface TagSpec {
  readonly name: string;
  readonly message: string;
  /** Remote to push to: an https, ssh or file URL. */
  readonly remote: string;
  /** The ref whose commit is released, unless `start --commit` names one. */
  readonly ref: string;
  /** Fixed tagger, so that the same tag is the same object from every machine. */
  readonly tagger: { readonly name: string; readonly email: string };
  readonly push: boolean;
}

export interface ImageSpec {
  /** Repository without tag, as the cluster pulls it. */
  readonly repository: string;
  readonly container: string;
  /** Base URL of the registry's API where it is not `https://<host of repository>`. */
  readonly registry?: string;
  /** Token for the registry, by name in `tokens`. */
  readonly token?: string;
  /** Digest of the released image; resolved once from the registry where absent. */
  readonly digest?: string;
}

export interface RolloutSpec {
  /** Our own deadline for a rollout, beside the Deployment's progress deadline. */
  readonly deadline: Milliseconds;
}

export interface StagingSpec {
  readonly cluster: ClusterName;
  readonly namespace: string;
  readonly deployment: string;
  readonly url: string;
  readonly metricsUrl: string;
  readonly rollout: RolloutSpec;
}

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

export interface ChecklistSpec {
  readonly code?: CodeSpec;
  readonly environment?: EnvironmentSpec;
  readonly infrastructure?: InfrastructureSpec;
}
/** Code quality: commands on clean checkouts of the release's commit, or what a CI has found for it. */
export interface CodeSpec {
  /** Runs first in each checkout. */
  readonly prepare?: CommandSpec;
  readonly types?: CommandSpec;
  readonly tests?: CommandSpec;
  readonly coverage?: CommandSpec & CoverageLimits;
  readonly boundaries?: CommandSpec;
  readonly lint?: CommandSpec;
  readonly hooks?: CommandSpec;
  readonly ci?: CiSpec;
}
export interface CoverageLimits {
  /** The JSON summary that the command writes, below its directory. */
  readonly summary: string;
  /** Fractions of one. */
  readonly statements: number;
  readonly branches: number;
}
/** Check runs or commit statuses as GitHub has them, or a field of any JSON. */
export type CommitStatusKind = 'check-runs' | 'statuses' | 'json';
export interface CiSpec {
  /** Named as the source in receipts. */
  readonly name: string;
  /** `{commit}` is replaced. */
  readonly url: string;
  readonly token?: string;
  readonly kind: CommitStatusKind;
  /** Lines of the code's quality to the name of their check there: a check run, a status context, or a field's path. */
  readonly checks: Readonly<Record<string, string>>;
  /** For `json`: the value that means passed. */
  readonly passes: string;
  /** How long a check that still runs is waited for. */
  readonly wait: Milliseconds;
}

export interface AttestationSpec {
  /** The role whose holders may attest it. */
  readonly owner: string;
  readonly within: Milliseconds;
  /** When its owners are reminded; fractions of `within`. */
  readonly remind: readonly number[];
  /** Declared outcome where nobody attests it in time; never an attestation. Once traffic has moved it is always rollback. */
  readonly onExpiry: 'rollback' | 'waive';
}

export type JsonType = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null';

export interface RequestSpec {
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Name of the token in `tokens`. */
  readonly token?: string;
  readonly expect: {
    readonly status: number;
    /** Fields that the JSON answer must have, by dotted path, and their types. */
    readonly json?: Readonly<Record<string, JsonType>>;
    readonly within: Milliseconds;
  };
  /** Requests with the same number run side by side; higher numbers wait for lower ones. */
  readonly after: number;
}

export interface LoadSpec {
  readonly duration: Milliseconds;
  readonly connections: number;
  /** Requests per second over all connections. */
  readonly rate: number;
  readonly path: string;
  readonly token?: string;
  readonly limits: {
    readonly p95: Milliseconds;
    readonly errors: number;
    readonly cacheHits?: { readonly hits: CounterSelector; readonly lookups: CounterSelector; readonly above: number };
    readonly minimumRequests: number;
  };
}

/** A command without a shell: program and arguments; `{version}` and `{stagingUrl}` are replaced. */
export interface CommandSpec {
  readonly command: readonly string[];
  /** Directory below the worker's workspace. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Milliseconds;
}

export interface ConsistencySpec {
  readonly requests: readonly Pick<RequestSpec, 'name' | 'method' | 'path' | 'token'>[];
  /** Token for production, where it differs from the request's. */
  readonly productionToken?: string;
}

/** The service's database: PostgreSQL. */
export interface DatabaseSpec {
  /** Its connection URL with user and password: `postgresql://user:password@host:port/name`. */
  readonly url: SecretReference;
  /** URL of any database on the server where scratch databases are made; the database's own server where it is absent. */
  readonly scratch?: SecretReference;
  /** Folder of pg_dump and pg_restore; found on PATH where it is absent. */
  readonly tools?: string;
  readonly backup?: DatabaseBackupSpec;
  readonly migrations?: MigrationsSpec;
  /** Rules of a restore (runbook, database rollback). */
  readonly restore: { readonly deadline: Milliseconds };
}

/** The backup before a deployment: a dump of ours, or a managed snapshot that somebody else makes. */
export interface DatabaseBackupSpec {
  /** Folder of the dumps, which every exec worker sees. */
  readonly folder?: string;
  /** Dumps that are kept, the newest. */
  readonly keep: number;
  /** How long dump, restore into scratch, and comparison may take together. */
  readonly deadline: Milliseconds;
  readonly snapshot?: SnapshotSpec;
}

/** A snapshot of the provider: its age, and a command that proves it. */
export interface SnapshotSpec {
  readonly name: string;
  /** How old it may be. */
  readonly newerThan: Milliseconds;
  /** Ends with code 0 where the snapshot is good, and prints the time at which it was taken as its last line; `{snapshot}` is replaced. */
  readonly proof: CommandSpec;
}

/** The migrations of a release, run by commands in a checkout of its commit. */
export interface MigrationsSpec {
  /** Prints a line for each migration, oldest first: `applied NAME` or `pending NAME`. */
  readonly list: readonly string[];
  /** Applies all that are pending. */
  readonly up: readonly string[];
  /** Takes the newest `{steps}` back. */
  readonly down?: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How long one command may take. */
  readonly timeout: Milliseconds;
  /** Variable in which the commands find the connection URL. */
  readonly variable: string;
  /** Table in which applied migrations are noted: a scratch database gets its rows. */
  readonly table: string;
  /** `expand`: the code of before works with the new schema. `contract`: it does not. */
  readonly kind: 'expand' | 'contract';
  /** `down` may be run while the service runs, and loses nothing that is missed. */
  readonly reversible: boolean;
}

export interface FlagsSpec {
  /** Prefix of the ConfigMap's name; the content's hash follows it. */
  readonly configMap: string;
  readonly values: Readonly<Record<string, string>>;
  /** The rollout percentage that the application itself reads; the ramp does not raise it. */
  readonly rollout?: { readonly name: string; readonly percentage: Percent };
}

export interface RungSpec {
  readonly share: Percent;
  readonly watch: Milliseconds;
}

export interface RampSpec {
  /** 2.2: the candidate's first share. */
  readonly initial: RungSpec;
  /** 2.3: the rungs that follow. */
  readonly steps: readonly RungSpec[];
  /** The watch after the Service selector has moved. */
  readonly selectorWatch: Milliseconds;
  /** How long the old colour stays warm, at the replicas that it had. */
  readonly soak: Milliseconds;
}

export interface WatchingSpec {
  readonly every: Milliseconds;
  /** How far an inconclusive watch is extended in all before a person is asked. */
  readonly extendAtMost: Milliseconds;
  /** Counts the gateway's requests by colour, for the split actually served: callers that the weights do not steer would shift it. */
  readonly requests: CounterSelector;
}

/** The sum of all series of one metric whose labels match; `{colour}` is replaced. A value in slashes is an anchored regular expression. */
export interface CounterSelector {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One thing a watch judges: a part among all, on counters. */
export interface SignalSpec {
  readonly id: string;
  readonly title: string;
  readonly part: CounterSelector;
  readonly among: CounterSelector;
  /** `below`: the part must stay below the limit (errors). `above`: it must stay above (cache hits, answers under 500 ms). */
  readonly direction: 'below' | 'above';
  /** Fraction of one. */
  readonly limit: number;
  /** Events among which the part is counted, below which nothing is judged. */
  readonly minimum: number;
  /** What it means that no series of the part exists while those of the whole do. */
  readonly absence: 'inconclusive' | 'zero';
  /** A histogram from which a quantile is shown beside the share, for people. */
  readonly quantile?: { readonly histogram: string; readonly labels: Readonly<Record<string, string>>; readonly q: number };
}

export interface VerificationSpec {
  readonly requests: readonly RequestSpec[];
  /** Prefixes of metric families that must be present and moving. */
  readonly families: readonly string[];
  readonly dashboard?: string;
}

/** The runbook's monitoring checklist. */
export interface MonitoringSpec {
  readonly signals: readonly MonitoringSignalSpec[];
}
/** One signal; exactly one of the last four says what it is known by. */
export interface MonitoringSignalSpec {
  /** Its group, a dot, its name: `deployment.pool`. */
  readonly id: string;
  readonly title: string;
  /** A signal of the watches, by id. */
  readonly watch?: string;
  /** A step or section of the plan that judges it. */
  readonly step?: string;
  readonly gauge?: GaugeSpec;
  /** Of the closed list: no machine can look. */
  readonly attestation?: string;
}
/** Runbook, success criteria. */
export interface SuccessSpec {
  readonly criteria: readonly CriterionSpec[];
}
/** One criterion: proved by steps and watches, by its duration, by alerting, or attested; by one of these. */
export interface CriterionSpec {
  readonly id: string;
  readonly title: string;
  /** Steps, sections or attestations that must be done, with nothing skipped. */
  readonly steps?: readonly string[];
  /** Signals that every watch must have found within their limits. */
  readonly watches?: readonly string[];
  readonly duration?: DurationCriterion;
  /** Alerting is asked again: no alert that matters may be active. */
  readonly alerts?: boolean;
  /** Of the closed list: no machine can look. */
  readonly attestation?: string;
}
/** Work and watches may take so many times their plan, and a grace. */
export interface DurationCriterion {
  readonly times: number;
  readonly grace: Milliseconds;
}
/** A value on /metrics with its limit. */
export interface GaugeSpec {
  readonly value: CounterSelector;
  /** Divided by this, where it is a part of something. */
  readonly among?: CounterSelector;
  /** `value`: as it stands. `rate`: its growth per second. */
  readonly as: 'value' | 'rate';
  /** What is made of several series; rates are summed. */
  readonly combine: 'sum' | 'highest' | 'lowest';
  readonly direction: 'below' | 'above';
  readonly limit: number;
  /** What it means that there is no series. */
  readonly absence: 'inconclusive' | 'fail';
}

/** After a deployment that has succeeded (runbook, "post-deployment activities"): a look every hour, every day, every week. */
export interface FollowUpsSpec {
  /** How long one look samples the signals. */
  readonly window: Milliseconds;
  readonly phases: readonly FollowUpPhaseSpec[];
  readonly onFailure: FollowUpFailureSpec;
  /** Alertmanager's push between two looks; absent: it is not taken. */
  readonly alerts?: { /** Labels that an alert must have to be this release's. */ readonly labels: Readonly<Record<string, string>> };
}
export interface FollowUpPhaseSpec {
  readonly id: string;
  readonly title: string;
  /** Time between two looks. */
  readonly every: Milliseconds;
  /** Its end, since the follow-ups began. */
  readonly until: Milliseconds;
  /** Time between two digests. */
  readonly digest: Milliseconds;
  /** What people are asked to attest from its beginning on, by id. */
  readonly attestations: readonly string[];
}
/** What a look does that finds the release beyond its limits, beside telling people. */
export interface FollowUpFailureSpec {
  readonly then: 'notice' | 'rollback';
  /** The rung of the rollback ladder. */
  readonly level: 'traffic' | 'flags' | 'system';
}

export interface GateSpec {
  /** Distinct people who must approve. */
  readonly approvals: number;
  /** Roles whose holders may approve. */
  readonly roles: readonly string[];
  readonly expires: Milliseconds;
  /** Declared outcome of expiry; never an approval. */
  readonly onExpiry: 'rollback';
}

/** All times are UTC. What is shown in other zones decides nothing. */
export interface WindowsSpec {
  /** Half-open hours of each week in which production may be written (runbook, "Deployment Windows"). */
  readonly weekly: readonly WeeklyWindow[];
  /** Hours in which it may not, whatever the windows say (runbook: 9 to 18 UTC). */
  readonly peak?: WeeklyHours;
  /** Stretches in which nothing is deployed. */
  readonly freezes: readonly FreezeSpec[];
  /** What is kept free at a window's end for what takes longer than foreseen. */
  readonly buffer: Milliseconds;
  /** IANA zones in which times are shown beside UTC. */
  readonly timeZones: readonly string[];
}
export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Weekday = (typeof weekdays)[number];
/** From `from` until `to`, in milliseconds since midnight UTC; where `to` is not later, until that time of the next day. */
export interface WeeklyHours {
  readonly days: readonly Weekday[];
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}
export interface WeeklyWindow extends WeeklyHours {
  readonly name: string;
}
/** From `from` until `to`, not included; epoch milliseconds. */
export interface FreezeSpec {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export const estimateKinds = ['config', 'code', 'migration', 'full'] as const;
export type EstimateKind = (typeof estimateKinds)[number];
export interface EstimatesSpec {
  /** What this spec deploys, unless a profile says otherwise. */
  readonly kind: EstimateKind;
  /** The least and the most that each kind takes (runbook, "Window Duration Estimates"). */
  readonly table: Readonly<Record<EstimateKind, { readonly least: Milliseconds; readonly most: Milliseconds }>>;
}

/** A way through the runbook that is shorter than the standard one; it has a gate of its own. */
export interface ProfileSpec {
  readonly about: string;
  /** What it deploys, for the estimate. */
  readonly estimate?: EstimateKind;
  /** What it leaves out: ids of sections, checklist lines and attestations, each with its reason. */
  readonly off: Readonly<Record<string, string>>;
  /** Waits that replace those of `ramp`. */
  readonly waits: {
    readonly initial?: Milliseconds;
    /** The watch at each share of step 2.3. */
    readonly steps?: Milliseconds;
    readonly selectorWatch?: Milliseconds;
    readonly soak?: Milliseconds;
  };
  readonly gate: GateSpec;
}

export interface AttentionSpec {
  /** How long a step waits for a decision before the deployment rolls back. */
  readonly deadline: Milliseconds;
  /** How long an undo that cannot be done waits for a decision before it is listed as left. */
  readonly undoDeadline: Milliseconds;
  /** How long a pause may last before the deployment rolls back; a day where it is absent. */
  readonly pauseDeadline?: Milliseconds;
}

export interface RollbackSpec {
  /** Fraction of the old colour's replicas that must be ready before traffic returns without a person's word. */
  readonly minimumReady: number;
  /** Where the service tells that it is well, asked at the end of a rollback; absent: /health. */
  readonly health?: string;
  readonly partial?: PartialRollbackSpec;
  readonly flags?: FlagsRollbackSpec;
  readonly system?: SystemRollbackSpec;
  readonly database?: DatabaseRollbackSpec;
}

/** Rung database: who decides on it; at least two people. */
export interface DatabaseRollbackSpec {
  readonly gate: GateSpec;
}

/** Rung partial: the candidate's share down during the ramp, and how long that is watched. */
export type PartialRollbackSpec = RungSpec;

/** Rung flags: values that are safe. */
export interface FlagsRollbackSpec {
  readonly values: Readonly<Record<string, string>>;
  /** How long the live colour is watched after it has them. */
  readonly watch: Milliseconds;
  /** Who decides that the live colour restarts; absent: as before production. */
  readonly gate?: GateSpec;
}

/** Rung system: what is asked of production afterwards. */
export interface SystemRollbackSpec {
  /** Absent: the smoke tests of step 1.2. */
  readonly requests?: readonly RequestSpec[];
}

/** Where notices go. */
export type SinkSpec = WebhookSinkSpec | SlackSinkSpec | MailSinkSpec | FileSinkSpec;
/** A JSON post; its Idempotency-Key tells repeats apart. */
export interface WebhookSinkSpec {
  readonly kind: 'webhook';
  readonly name: string;
  readonly url: string;
  readonly token?: string;
}
/** Slack: a bot that posts into a channel, one thread per deployment; or an incoming webhook, which knows no threads. */
export interface SlackSinkSpec {
  readonly kind: 'slack';
  readonly name: string;
  /** Id of the channel, for a bot. */
  readonly channel?: string;
  /** Name in `tokens` of the bot's token. */
  readonly token?: string;
  /** Name in `tokens` of the incoming webhook's address, which is a secret. */
  readonly hook?: string;
  /** Base URL of the Web API. */
  readonly api: string;
}
/** E-mail by SMTP. */
export interface MailSinkSpec {
  readonly kind: 'mail';
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `starttls`: asked for, and nothing is sent without it. `tls`: from the first byte. `none`: in the clear. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly user?: string;
  /** Name in `tokens` of the password. */
  readonly token?: string;
  readonly from: string;
  readonly to: readonly string[];
}
/** JSON lines in a file of the worker's machine. */
export interface FileSinkSpec {
  readonly kind: 'file';
  readonly name: string;
  /** Below `ANALYTICS_DEPLOY_NOTICES`. */
  readonly path: string;
}

/** The secrets of a sink: what they are for, and their names in `tokens`. */
export function secretsOf(sink: SinkSpec): Readonly<Record<string, string>> {
  const token = 'token' in sink ? sink.token : undefined;
  const hook = 'hook' in sink ? sink.hook : undefined;
  return { ...(token === undefined ? {} : { token }), ...(hook === undefined ? {} : { hook }) };
}

export interface LinkSpec {
  readonly title: string;
  readonly url: string;
}

/** Environment preparation (runbook, pre-deployment checklist). */
export interface EnvironmentSpec {
  readonly redis?: RedisSpec;
  readonly dashboards?: DashboardsSpec;
  readonly alerts?: AlertRulesSpec;
  readonly flags?: InitialFlagsSpec;
  readonly variables?: VariablesSpec;
  readonly certificates?: CertificatesSpec;
}

export interface RedisSpec {
  /** `redis://HOST:PORT`, or `rediss://` for TLS. */
  readonly servers: readonly string[];
  readonly user?: string;
  /** Name in `tokens` of the password. */
  readonly token?: string;
  /** File with the authorities that are trusted besides the machine's. */
  readonly ca?: string;
  /** The servers belong to a Redis cluster. */
  readonly cluster: boolean;
  /** How long an answer to a PING may take. */
  readonly within: Milliseconds;
  /** Used memory must stay below this part of maxmemory; fraction of one. */
  readonly memory: number;
  /** The maxmemory-policies that the service can live with. */
  readonly policies: readonly EvictionPolicy[];
}
export type EvictionPolicy =
  'allkeys-lru' | 'allkeys-lfu' | 'allkeys-random' | 'volatile-lru' | 'volatile-lfu' | 'volatile-random' | 'volatile-ttl' | 'noeviction';

export interface DashboardsSpec {
  /** Base URL of Grafana. */
  readonly url: string;
  readonly token?: string;
  readonly uids: readonly string[];
}

export interface AlertRulesSpec {
  /** Base URL of Prometheus. */
  readonly url: string;
  readonly token?: string;
  /** Names of alert rules. */
  readonly rules: readonly string[];
}

export interface InitialFlagsSpec {
  /** Values that the live flags must have, where they are not those of `flags.values`. */
  readonly initial: Readonly<Record<string, string>>;
}

export interface VariablesSpec {
  /** Variables that the candidate's pods must have. */
  readonly required: readonly string[];
  /** Variables that a Secret brings: only its name is looked at. */
  readonly fromSecrets: readonly string[];
}

export interface CertificatesSpec {
  /** Hosts besides those of the spec's addresses with TLS: `name` or `name:port`. */
  readonly hosts: readonly string[];
  /** How many days each must still be valid. */
  readonly days: number;
  /** File with the authorities that are trusted besides the machine's. */
  readonly ca?: string;
}

/** Infrastructure (runbook, pre-deployment checklist). */
export interface InfrastructureSpec {
  readonly routing?: RoutingSpec;
  /** The command that plans the invalidation; without it people attest it. */
  readonly cdn?: CommandSpec;
  readonly monitoring?: MonitoringSystemsSpec;
}

export interface RoutingSpec {
  /** Part of the live colour's replicas that must be ready; fraction of one. */
  readonly ready: number;
}

export interface MonitoringSystemsSpec {
  /** Base URLs. */
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly token?: string;
  /** Alertmanager's matchers: no alert that all of them match may be active. */
  readonly alerts: readonly string[];
}

/**
 * What a deployment tells people: the runbook's five messages, and what it asks of them. `attestation` and `digest` are reminders of what is open
 * and sums of what was measured.
 */
export const noticeKinds = [
  'announcement',
  'status',
  'issue',
  'rollback',
  'success',
  'gate',
  'attestation',
  'escalation',
  'digest',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface AnnouncementsSpec {
  /** Begins every subject. */
  readonly prefix: string;
  /** Sinks by kind of message. A kind that is not named goes to all sinks, one with an empty list to none. */
  readonly sinks: { readonly [Kind in NoticeKind]?: readonly string[] };
  /** What readers will notice of the deployment. */
  readonly impact: string;
  /** What is new for them, a line each. */
  readonly expect: readonly string[];
  /** Where they report what goes wrong. */
  readonly reportTo: string;
  /** Who writes to them. */
  readonly signature: string;
}

/** The runbook's emergency contacts, in the order in which they are called. */
export const contactLevels = ['primary', 'secondary', 'infrastructure', 'security', 'management'] as const;
export type ContactLevel = (typeof contactLevels)[number];
export type ContactsSpec = { readonly [Level in ContactLevel]?: ContactSpec };
export interface ContactSpec {
  readonly name: string;
  /** How the sinks know them: @name, a group, an address. */
  readonly handle: string;
  /** Sinks that reach them; those of the kind `escalation` where it is absent. */
  readonly sinks?: readonly string[];
  /** How long after the beginning they are called, unless somebody has acknowledged. */
  readonly after: Milliseconds;
}
