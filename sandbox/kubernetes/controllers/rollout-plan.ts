/** How many replicas each ReplicaSet should have next. Pure: the Deployment controller does what is planned here. */
import type { Deployment, ReplicaSet } from './kinds';

export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maximumAnnotation = 'deployment.kubernetes.io/max-replicas';

/** A ReplicaSet and the replicas that it should get. */
export interface Sizing {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}
export interface Limits {
  /** Pods above the desired number. */
  readonly surge: number;
  /** Pods that may be missing. */
  readonly unavailable: number;
}

/** Percentages of the replicas, surge rounded up and unavailable down; never both zero. */
export function limitsOf({ spec }: Deployment): Limits {
  if (spec.strategy.type === 'Recreate') return { surge: 0, unavailable: spec.replicas };
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy.rollingUpdate ?? {};
  const share = (value: number | string, round: (value: number) => number): number =>
    typeof value === 'number' ? value : round((Number.parseFloat(value) * spec.replicas) / 100);
  const surge = share(maxSurge, Math.ceil);
  const unavailable = Math.min(share(maxUnavailable, Math.floor), spec.replicas);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function sum(replicaSets: readonly ReplicaSet[], read: (replicaSet: ReplicaSet) => number | undefined): number {
  return replicaSets.reduce((total, replicaSet) => total + (read(replicaSet) ?? 0), 0);
}
const desired = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas;
const available = (replicaSet: ReplicaSet): number => replicaSet.status?.availableReplicas ?? 0;

/** Replicas of the new ReplicaSet: as many as the surge lets it have beside the old ones. */
export function sizeNew(deployment: Deployment, all: readonly ReplicaSet[], present: number): number {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type === 'Recreate' || present >= replicas) return replicas;
  const room = replicas + limitsOf(deployment).surge - sum(all, desired);
  return room <= 0 ? present : present + Math.min(room, replicas - present);
}

/** Shrinks old ReplicaSets: first what does not work anyway, then as far as enough pods stay available. */
export function sizeOld(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): readonly Sizing[] {
  const all = [...old, current];
  const needed = deployment.spec.replicas - limitsOf(deployment).unavailable;
  const sizes = new Map(old.map((replicaSet) => [replicaSet, desired(replicaSet)]));
  let spare = sum(all, desired) - needed - (desired(current) - available(current));
  if (spare <= 0) return [];
  for (const [replicaSet, size] of sizes) {
    const broken = Math.max(0, Math.min(spare, size - available(replicaSet)));
    sizes.set(replicaSet, size - broken);
    spare -= broken;
  }
  let surplus = Math.min(sum(all, available) - needed, spare);
  for (const [replicaSet, size] of sizes) {
    const less = Math.max(0, Math.min(surplus, size));
    sizes.set(replicaSet, size - less);
    surplus -= less;
  }
  return [...sizes]
    .filter(([replicaSet, size]) => size !== desired(replicaSet))
    .map(([replicaSet, replicas]) => ({ replicaSet, replicas }));
}

/** Whether the number of replicas was changed since the ReplicaSets were last sized. */
export function isScaling(deployment: Deployment, all: readonly ReplicaSet[]): boolean {
  return all
    .filter((replicaSet) => desired(replicaSet) > 0)
    .map(({ metadata }) => metadata.annotations?.[desiredAnnotation])
    .some((annotation) => annotation !== undefined && Number(annotation) !== deployment.spec.replicas);
}

/** Sizes after a change of replicas: all at one ReplicaSet, or in proportion where a rollout is under way. */
export function sizeScaled(deployment: Deployment, current: ReplicaSet | undefined, old: readonly ReplicaSet[]): readonly Sizing[] {
  const { replicas } = deployment.spec;
  const all = current ? [...old, current] : old;
  const active = all.filter((replicaSet) => desired(replicaSet) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? current ?? old.at(-1);
    return only && desired(only) !== replicas ? [{ replicaSet: only, replicas }] : [];
  }
  if (current && desired(current) === replicas && available(current) === replicas) {
    return old.filter((replicaSet) => desired(replicaSet) > 0).map((replicaSet) => ({ replicaSet, replicas: 0 }));
  }
  return deployment.spec.strategy.type === 'Recreate' ? [] : inProportion(deployment, active);
}

function inProportion(deployment: Deployment, active: readonly ReplicaSet[]): readonly Sizing[] {
  const allowed = deployment.spec.replicas === 0 ? 0 : deployment.spec.replicas + limitsOf(deployment).surge;
  const toAdd = allowed - sum(active, desired);
  const growing = toAdd > 0 ? 1 : -1;
  // The largest first; of equals the newest grows and the oldest shrinks first.
  const order = active
    .map((replicaSet, age) => ({ replicaSet, age }))
    .sort((left, right) => desired(right.replicaSet) - desired(left.replicaSet) || growing * (right.age - left.age));
  let left = toAdd;
  const sizes = order.map(({ replicaSet }) => {
    const before = Number(replicaSet.metadata.annotations?.[maximumAnnotation] ?? allowed) || allowed;
    const share = Math.round((desired(replicaSet) * allowed) / before) - desired(replicaSet);
    const change = toAdd === 0 ? 0 : toAdd > 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left));
    left -= change;
    return { replicaSet, replicas: desired(replicaSet) + change };
  });
  return sizes
    .map((sizing, index) => (index === 0 ? { ...sizing, replicas: Math.max(0, sizing.replicas + left) } : sizing))
    .filter(({ replicaSet, replicas }) => replicas !== desired(replicaSet));
}
