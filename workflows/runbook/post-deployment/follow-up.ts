/** What the follow-ups of a deployment are given, what they look at, and how they stand. */
import type { NotifyReceipt } from '../contract';
import { gaugesOf, type NamedGauge } from '../monitoring';
import type { DeploymentRequest, Release, TaskQueues } from '../release';
import type { Milliseconds, ProductionSpec, Spec } from '../spec';
import type { AttestationView, Decision } from '../view';

/** Input of the follow-up workflow: of the spec only what it reads. */
export interface FollowUpRequest {
  readonly deploymentId: string;
  readonly version: string;
  readonly requester: string;
  readonly searchAttributes: boolean;
  readonly taskQueues: TaskQueues;
  readonly spec: FollowUpSpec;
  /** What the deployment has left serving. */
  readonly serving: Serving;
  /** The deployment itself, where the spec has a failing look roll it back: what a rollback is started from. */
  readonly deployment?: DeploymentRequest;
  /** Carried from one run of the follow-ups to the next. */
  readonly carried?: Carried;
}
export type FollowUpSpec = Pick<
  Spec,
  | 'service'
  | 'environment'
  | 'signals'
  | 'watching'
  | 'consistency'
  | 'tokens'
  | 'sinks'
  | 'roles'
  | 'gates'
  | 'attestations'
  | 'announcements'
  | 'off'
> & {
  readonly production: Pick<ProductionSpec, 'cluster' | 'namespace' | 'service' | 'selectorKey' | 'url' | 'metricsUrl'>;
  readonly verification: Pick<Spec['verification'], 'requests'>;
  readonly followUps: NonNullable<Spec['followUps']>;
  /** Of the monitoring: what /metrics answers. */
  readonly gauges: readonly NamedGauge[];
};

/** A release that is live: the colour, its Deployment and the image in it. */
export interface Serving {
  readonly colour: string;
  /** The other colour, which may become the next release's. */
  readonly other: string;
  readonly deployment: string;
  readonly container: string;
  readonly image: string;
}

/** What the follow-ups are begun with, from the deployment that has succeeded. */
export function followUpRequest(deployment: DeploymentRequest, release: Release): FollowUpRequest {
  const { spec, ...request } = deployment;
  const { cluster, namespace, service, selectorKey, url, metricsUrl } = spec.production;
  if (!spec.followUps) throw new RangeError('The spec has no followUps.');
  return {
    deploymentId: request.deploymentId,
    version: request.version,
    requester: request.requester,
    searchAttributes: request.searchAttributes,
    taskQueues: request.taskQueues,
    ...(spec.followUps.onFailure.then === 'rollback' ? { deployment } : {}),
    spec: {
      service: spec.service,
      environment: spec.environment,
      signals: spec.signals,
      watching: spec.watching,
      ...(spec.consistency ? { consistency: spec.consistency } : {}),
      tokens: spec.tokens,
      sinks: spec.sinks,
      roles: spec.roles,
      gates: spec.gates,
      ...(spec.attestations ? { attestations: askedLater(spec) } : {}),
      ...(spec.announcements ? { announcements: spec.announcements } : {}),
      off: spec.off,
      production: { cluster, namespace, service, selectorKey, url, metricsUrl },
      verification: { requests: spec.verification.requests },
      followUps: spec.followUps,
      gauges: gaugesOf(spec),
    },
    serving: {
      colour: release.candidate.colour,
      other: release.live.colour,
      deployment: release.candidate.deployment,
      container: spec.image.container,
      image: release.image,
    },
  };
}

/** Of the spec's attestations those that the follow-ups ask for. */
function askedLater({ attestations = {}, followUps }: Spec): NonNullable<Spec['attestations']> {
  const ids = (followUps?.phases ?? []).flatMap((phase) => phase.attestations);
  return Object.fromEntries(Object.entries(attestations).filter(([id]) => ids.includes(id)));
}

/** Field paths of an answer with their types, as `number|string`. */
export type Fields = Readonly<Record<string, string>>;

/** One look at the release. */
export interface FollowUpCheck {
  readonly spec: Pick<FollowUpSpec, 'signals' | 'watching' | 'production' | 'verification' | 'consistency' | 'tokens' | 'gauges'>;
  readonly serving: Serving;
  /** How long the signals are sampled. */
  readonly window: Milliseconds;
  /** The structure of the compared answers at the first look, by name; absent at that one. */
  readonly structure?: Readonly<Record<string, Fields>>;
  readonly digest?: DigestRequest;
}
export interface FollowUpReceipt {
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'superseded';
  /** One sentence each, at most five. */
  readonly reasons: readonly string[];
  /** The numbers that matter, in one line. */
  readonly note: string;
  /** Each signal's share, by id; null where it is not known. */
  readonly shares: Readonly<Record<string, number | null>>;
  /** Told by the first look that could read it. */
  readonly structure?: Readonly<Record<string, Fields>>;
  readonly digest?: NotifyReceipt;
}

/** The digest but for what the look that it goes out with finds. */
export interface DigestRequest extends Pick<Spec, 'sinks' | 'tokens'> {
  readonly key: string;
  readonly subject: string;
  readonly threads: Readonly<Record<string, string>>;
  readonly period: string;
  readonly counts: CheckCounts;
  readonly trend: Trend;
  /** Further lines: what waits for people, what alerts there were. */
  readonly lines: readonly string[];
}
export interface CheckCounts {
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
}
/** Shares at the digests before, oldest first, by signal. */
export type Trend = Readonly<Record<string, readonly (number | null)[]>>;

/** An alert as Alertmanager pushed it. */
export interface AlertView {
  readonly name: string;
  readonly summary: string;
  readonly fingerprint: string;
  readonly firing: boolean;
  readonly at: number;
}

export interface CheckLine {
  readonly at: number;
  readonly verdict: FollowUpReceipt['verdict'];
  readonly note: string;
}

/** What one run of the follow-ups leaves to the next: plain data. Times are epoch milliseconds. */
export interface Carried {
  readonly startedAt: number;
  /** The next of the planned looks. */
  readonly next: number;
  readonly counts: CheckCounts;
  /** Since the last digest. */
  readonly period: CheckCounts;
  readonly digestOwed: boolean;
  /** What the first message was called, by sink: later ones answer it. */
  readonly threads: Readonly<Record<string, string>>;
  readonly trend: Trend;
  readonly recent: readonly CheckLine[];
  readonly failing: Failing | null;
  readonly structure: Readonly<Record<string, Fields>> | null;
  readonly alerts: readonly AlertView[];
  readonly attestations: readonly AttestationView[];
  readonly waived: readonly WaivedItem[];
  readonly decisions: readonly Decision[];
  readonly unlisted: number;
  readonly refusals: readonly string[];
}
/** As the desk keeps a waiver. */
export interface WaivedItem {
  readonly item: string;
  readonly by: string;
  readonly comment: string;
  readonly until: number | null;
}
/** A stretch of looks that did not pass. */
export interface Failing {
  readonly verdict: 'fail' | 'inconclusive';
  readonly since: number;
  /** Looks in a row. */
  readonly times: number;
  readonly reasons: readonly string[];
  /** People were told. */
  readonly told: boolean;
}

/** How the follow-ups stand: what `follow-up` shows, answered by the workflow's query. */
export interface FollowUpView {
  readonly deploymentId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly state: 'following up' | 'failing' | 'ended';
  readonly phase: string;
  readonly startedAt: number;
  /** When the next look is due; null once it has ended. */
  readonly nextAt: number | null;
  readonly endsAt: number;
  /** Looks that were planned and are done, and all that are planned. */
  readonly done: number;
  readonly planned: number;
  readonly counts: CheckCounts;
  readonly failing: Failing | null;
  /** The newest looks, oldest first. */
  readonly recent: readonly CheckLine[];
  readonly alerts: readonly AlertView[];
  readonly attestations: readonly AttestationView[];
  readonly decisions: readonly Decision[];
  readonly unlisted: number;
  readonly refusals: readonly string[];
  readonly report: FollowUpReport | null;
}

export const followUpOutcomes = ['COMPLETED', 'STOPPED', 'SUPERSEDED', 'ROLLBACK_STARTED'] as const;
export type FollowUpOutcome = (typeof followUpOutcomes)[number];
/** How the follow-ups ended: the workflow's result. */
export interface FollowUpReport {
  readonly deploymentId: string;
  readonly outcome: FollowUpOutcome;
  /** The one sentence. */
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly counts: CheckCounts;
  readonly trend: Trend;
  readonly alerts: readonly AlertView[];
  /** What people said, and what nobody did. */
  readonly attestations: readonly AttestationView[];
  readonly decisions: readonly Decision[];
}
