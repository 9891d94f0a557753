/** What the follow-ups of a deployment are given, what they look at, and how they stand. */
import type { NotifyReceipt, NotifyRequest, RunOf } from '../contract';
import { gaugesOf, type NamedGauge } from '../monitoring';
import type { DeploymentRequest, Release, TaskQueues } from '../release';
import type { Brought } from '../rollback/level';
import type { FollowUpsSpec, Milliseconds, ProductionSpec, Spec } from '../spec';
import type { AttestationView, Decision } from '../view';
import type { Labels } from './alerts';
import type { Telling } from './stretch';

/** Each deployment has follow-ups of its own: they hold up no other one. */
export const followUpIdOf = (deploymentId: string): string => `follow-up:${deploymentId}`;

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
  /** With it: the migrations that came with it, whose names are filled in when the follow-ups are begun. */
  readonly brought?: Brought;
  /** Carried from one run of the follow-ups to the next. */
  readonly carried?: Carried;
}
/** What a deployment that has succeeded begins its follow-ups with. */
export interface FollowUpsBegun {
  readonly request: DeploymentRequest;
  readonly followUps: FollowUpsSpec;
  readonly serving: Serving;
  /** Where a failing look rolls it back. */
  readonly brought?: Brought;
}

/** The same as they are told it: they read the rest from the deployment's history, which has it already. */
export interface FollowUpBeginning extends Pick<
  FollowUpRequest,
  'deploymentId' | 'searchAttributes' | 'taskQueues' | 'serving' | 'brought'
> {
  readonly of: RunOf;
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
export function followUpRequest(deployment: DeploymentRequest, serving: Serving, brought?: Brought): FollowUpRequest {
  const { spec, ...request } = deployment;
  const { cluster, namespace, service, selectorKey, url, metricsUrl } = spec.production;
  if (!spec.followUps) throw new RangeError('The spec has no followUps.');
  return {
    deploymentId: request.deploymentId,
    version: request.version,
    requester: request.requester,
    searchAttributes: request.searchAttributes,
    taskQueues: request.taskQueues,
    ...(spec.followUps.onFailure.then === 'rollback' ? { deployment, ...(brought ? { brought } : {}) } : {}),
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
    serving,
  };
}

/** What a deployment of the release brings beside it; the migrations' names are filled in by who has run them. */
export const broughtBy = ({ version, commit }: Release): Brought => ({ version, commit, names: [] });

/** What a release leaves serving. */
export function servingOf(release: Release, { image }: Pick<Spec, 'image'>): Serving {
  return {
    colour: release.candidate.colour,
    other: release.live.colour,
    deployment: release.candidate.deployment,
    container: image.container,
    image: release.image,
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
  /** The structure of each compared answer at the first look that could read it, by name. */
  readonly structure: Readonly<Record<string, Fields>>;
  /** Told before it looks: what it was called for. */
  readonly first?: NotifyRequest;
  /** What is told of what it finds; `{reasons}` in the text stands for the reasons. What is not here is told to nobody. */
  readonly tells: Readonly<Partial<Record<Telling, NotifyRequest>>>;
  /** Whether a look that fails is made a second time at once: one look may be wrong. */
  readonly again: boolean;
  readonly digest?: DigestRequest;
}
export interface FollowUpReceipt {
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'superseded';
  /** Two looks in a row have failed: nobody was told of it, as something is done about it. */
  readonly isSeenTwice?: true;
  /** One sentence each, at most five. */
  readonly reasons: readonly string[];
  /** The numbers that matter, in one line. */
  readonly note: string;
  /** Each signal's share, by id; null where it is not known. */
  readonly shares: Readonly<Record<string, number | null>>;
  /** Of the answers that had no structure yet and could be read. */
  readonly structure?: Readonly<Record<string, Fields>>;
  readonly digest?: NotifyReceipt;
  /** What became of the other messages. */
  readonly told?: readonly NotifyReceipt[];
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

/** An alert as Alertmanager pushed it, or a person told it. */
export interface AlertView {
  /** Who told it; absent: Alertmanager. */
  readonly by?: string;
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
  /** Events of the runs before. */
  readonly events: number;
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
  /** What lists and metrics know of it; absent until a look did not pass. */
  readonly toldFailing?: boolean;
  /** Rollbacks that could not be started. */
  readonly tries: number;
  readonly structure: Readonly<Record<string, Fields>>;
  readonly alerts: readonly AlertView[];
  /** Alerts that nobody was told of yet. */
  readonly unheard: readonly AlertView[];
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
  /** The worst that people were told of; null where they were told nothing. */
  readonly told: 'fail' | 'inconclusive' | null;
}

/** How they stand, in a word; also where nobody asks the workflow. */
export const followUpStandings = ['following up', 'failing'] as const;
export type FollowUpStanding = (typeof followUpStandings)[number];
export function standingOf(failing: Failing | null): FollowUpStanding {
  return failing === null ? 'following up' : 'failing';
}

/** How the follow-ups stand: what `follow-up` shows, answered by the workflow's query. */
export interface FollowUpView {
  readonly deploymentId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly state: FollowUpStanding | 'ended';
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
  /** Labels of the alerts that are taken; null where the spec has none, or the history has no room for more. */
  readonly listensTo: Labels | null;
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
  /** The rollback that was started, by its deployment id. */
  readonly rollback?: string;
}
