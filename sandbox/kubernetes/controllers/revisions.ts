/** Which ReplicaSet belongs to a Deployment's template, and the numbers of revisions. */
import { createHash } from 'node:crypto';
import { canonicalJson, sameJson } from '../json';
import { type Draft, ownedBy } from '../objects';
import { safeEncode } from '../store/names';
import type { Deployment, PodTemplate, ReplicaSet } from './kinds';
import { desiredAnnotation, limitsOf, maximumAnnotation, sizeNew } from './rollout-plan';

export const hashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
/** A Deployment's annotations that are its own affair. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maximumAnnotation,
]);

/** The ReplicaSet with the Deployment's template, whatever its hash; the oldest where there are several. */
export function findCurrent(deployment: Deployment, all: readonly ReplicaSet[]): ReplicaSet | undefined {
  return all.find(({ spec }) => sameJson(withoutHash(spec.template), withoutHash(deployment.spec.template)));
}

function withoutHash({ metadata = {}, spec }: PodTemplate): PodTemplate {
  const { [hashLabel]: _hash, ...labels } = metadata.labels ?? {};
  return { metadata: { ...metadata, labels }, spec };
}

export function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[revisionAnnotation] ?? 0) || 0;
}

/** The number for the current ReplicaSet: above all the others. Going back to an old template thus renumbers it. */
export function nextRevision(current: ReplicaSet | undefined, old: readonly ReplicaSet[]): number {
  const above = Math.max(0, ...old.map(revisionOf)) + 1;
  return current ? Math.max(revisionOf(current), above) : above;
}

/** Annotations that the current ReplicaSet should have. */
export function annotate(
  deployment: Deployment,
  present: Readonly<Record<string, string>>,
  revision: number,
): Readonly<Record<string, string>> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notCopied.has(key));
  const was = present[revisionAnnotation];
  const renumbered = was !== undefined && was !== String(revision);
  const history = renumbered ? { [historyAnnotation]: [present[historyAnnotation], was].filter(Boolean).join(',') } : {};
  return { ...present, ...Object.fromEntries(copied), ...history, [revisionAnnotation]: String(revision), ...sizes(deployment) };
}

/** What the sizes of ReplicaSets were last derived from. */
export function sizes(deployment: Deployment): Readonly<Record<string, string>> {
  const { replicas } = deployment.spec;
  return { [desiredAnnotation]: String(replicas), [maximumAnnotation]: String(replicas + limitsOf(deployment).surge) };
}

/** A new ReplicaSet for the Deployment's template. */
export function draftReplicaSet(deployment: Deployment, old: readonly ReplicaSet[]): Draft {
  const { template, selector, minReadySeconds } = deployment.spec;
  const digest = createHash('sha256').update(canonicalJson(template)).digest('hex').slice(0, 10);
  const hash = safeEncode(digest);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const matchLabels = { ...(selector.matchLabels as Readonly<Record<string, string>> | undefined), [hashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      labels,
      annotations: annotate(deployment, {}, nextRevision(undefined, old)),
      ownerReferences: [ownedBy(deployment)],
    },
    spec: {
      replicas: sizeNew(deployment, old, 0),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
