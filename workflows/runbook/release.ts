import type { RollbackWish } from './rollback/level';
import type { Spec } from './spec';
import type { ReleaseView } from './view';

/** What one person asked for: the spec, the version, and who asked. The workflow's input. */
export interface DeploymentRequest {
  /** Minted once by `start`; the same across retries, crashes and resets. Every key is made of it. */
  readonly deploymentId: string;
  readonly version: string;
  readonly commit?: string;
  /** As stated by the client. */
  readonly requester: string;
  readonly planDigest: string;
  readonly spec: Spec;
  /** Whether the namespace knows our search attributes; the memo is used where it does not. */
  readonly searchAttributes: boolean;
  readonly taskQueues: TaskQueues;
  /** Why the target's lock is taken from whoever holds it. */
  readonly takeOver?: string;
  /** A shorter way through the runbook, by its name in the spec's profiles. */
  readonly profile?: string;
  /** Why production is written without waiting for a window. */
  readonly emergency?: { readonly reason: string };
  /** It is a rollback of an earlier deployment; absent: a deployment. */
  readonly rollback?: RollbackWish;
}
export interface TaskQueues {
  readonly control: string;
  /** Commands of the spec and load: without Kubernetes credentials. */
  readonly exec: string;
}

/** One colour as it stood when the release was resolved. */
export interface ColourState {
  readonly colour: string;
  readonly deployment: string;
  readonly service: string;
  readonly image: string;
  /** The flags' ConfigMap that its template names, null where it names none. */
  readonly flagsConfigMap: string | null;
  readonly replicas: number;
  readonly readyReplicas: number;
  /** What scales it, where anything does. */
  readonly autoscaler?: Autoscaler;
}
export interface Autoscaler {
  readonly name: string;
  /** Fewest and most replicas. */
  readonly minimum: number;
  readonly maximum: number;
}

/** The data of a flags' ConfigMap, and its name, which ends in the data's hash. */
export interface NamedFlags {
  readonly configMap: string;
  readonly data: Readonly<Record<string, string>>;
}

/** The spec resolved against the world. What is approved is its digest. */
export interface Release {
  readonly version: string;
  readonly tag: string;
  /** Full commit id that is released. */
  readonly commit: string;
  /** Image by digest: `repository@sha256:…`. */
  readonly image: string;
  readonly live: ColourState;
  readonly candidate: ColourState;
  /** Weight by colour in the route. */
  readonly weights: Readonly<Record<string, number>>;
  /** The colour that the Service's selector names. */
  readonly selected: string;
  readonly flags?: NamedFlags;
  /** The flags with the safe values of `rollback.flags`, where the spec declares some: what that rung sets. */
  readonly safeFlags?: NamedFlags;
  /** Of a rollback: the version that it goes away from. */
  readonly from?: string;
  /** sha256 over all of the above but replicas and readiness: an autoscaler voids no approval. */
  readonly digest: string;
}

/** The facts of a release that a report names. */
export function releaseFacts({ tag, commit, image, candidate, live, flags }: Release): ReleaseView {
  const before = ({ colour, deployment, image: had }: ColourState) => ({ colour, deployment, image: had });
  return { tag, commit, image, candidate: before(candidate), live: before(live), flags: flags?.configMap ?? null };
}

/** What an offline plan shows where only the worker can know. */
export const unresolved = 'resolved at start';

/** The release as far as the spec alone tells it, for an offline plan. */
export function plannedRelease({ spec, version, commit }: Pick<DeploymentRequest, 'spec' | 'version' | 'commit'>): Release {
  const colour = (name: string): ColourState => ({
    colour: name,
    deployment: `${name} deployment`,
    service: `${name} service`,
    image: unresolved,
    flagsConfigMap: null,
    replicas: 0,
    readyReplicas: 0,
  });
  return {
    version,
    tag: spec.tag.name.replaceAll('{version}', version),
    commit: commit ?? unresolved,
    image: spec.image.digest ? `${spec.image.repository}@${spec.image.digest}` : `${spec.image.repository}@${unresolved}`,
    live: colour('live'),
    candidate: colour('candidate'),
    weights: {},
    selected: 'live',
    ...(spec.flags ? { flags: { configMap: `${spec.flags.configMap}-…`, data: flagData(spec) } } : {}),
    ...(spec.flags && spec.rollback.flags
      ? { safeFlags: { configMap: `${spec.flags.configMap}-…`, data: { ...flagData(spec), ...spec.rollback.flags.values } } }
      : {}),
    digest: unresolved,
  };
}

/** The data of the flags' ConfigMap: the flags and the rollout percentage (runbook, step 2.1). */
export function flagData({ flags }: Pick<Spec, 'flags'>): Readonly<Record<string, string>> {
  if (!flags) return {};
  return { ...flags.values, ...(flags.rollout ? { [flags.rollout.name]: String(flags.rollout.percentage) } : {}) };
}

/** What differs between the world as it was approved and now, one sentence each. Commit, image and flags to come are what was approved. */
export function differences(approved: Release, now: Release): readonly string[] {
  const facts: readonly (readonly [string, (release: Release) => string])[] = [
    ['live colour', (r) => r.live.colour],
    ['live image', (r) => r.live.image],
    ['live flags', (r) => r.live.flagsConfigMap ?? 'none'],
    ['candidate image before', (r) => r.candidate.image],
    ['candidate flags before', (r) => r.candidate.flagsConfigMap ?? 'none'],
    ['Service selector', (r) => r.selected],
    ['traffic', (r) => JSON.stringify(Object.entries(r.weights).sort())],
  ];
  const changed = facts
    .filter(([, read]) => read(approved) !== read(now))
    .map(([name, read]) => `${name}: ${read(approved)} → ${read(now)}`);
  return changed.length === 0 && approved.digest !== now.digest ? [`release digest: ${approved.digest} → ${now.digest}`] : changed;
}
