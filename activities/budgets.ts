import { failure } from './failures';
import type { Budget, Deployment, Kubernetes, Place } from './ports/kubernetes';

type Labels = Readonly<Record<string, string>>;

/**
 * Scaling down is no eviction: the cluster does not ask the PodDisruptionBudgets. We do, before pods are taken away.
 *
 * @throws CheckFailed where a budget would have fewer ready pods than it keeps.
 */
export async function respectBudgets(kubernetes: Kubernetes, place: Place, deployment: Deployment, replicas: number): Promise<void> {
  if (replicas >= deployment.replicas) return;
  for (const budget of await kubernetes.budgets(place)) {
    // A budget by expressions is asked about its pods in vain: it is not ours to guess.
    if (budget.selector === null || !isWithin(budget.selector, deployment.selector)) continue;
    const pods = (await kubernetes.pods(place, budget.selector)).filter(({ deleting }) => !deleting);
    const ready = pods.filter((pod) => pod.ready).length;
    const taken = deployment.replicas - replicas;
    // The cluster expects as many pods as their owners ask for: those that go are no longer expected.
    const kept = keeps(budget, pods.length - taken);
    if (ready - taken >= kept) continue;
    throw failure(
      'CheckFailed',
      `PodDisruptionBudget ${budget.name} keeps ${kept} of ${pods.length} pods: ${ready} are ready, ${taken} of ${deployment.meta.name} would go`,
      { remedy: 'Scale it down by hand once more pods are ready, or correct the budget.' },
    );
  }
}

/** Every pod of the deployment has the labels that the budget asks for. */
function isWithin(asked: Labels, selector: Labels): boolean {
  return Object.entries(asked).every(([name, value]) => selector[name] === value);
}

function keeps({ minAvailable, maxUnavailable }: Budget, expected: number): number {
  if (minAvailable !== null) return amount(minAvailable, expected);
  return maxUnavailable === null ? 0 : expected - amount(maxUnavailable, expected);
}
/** Percentages are rounded up, as the API says. */
function amount(value: number | string, of: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number(value.replace('%', '')) / 100) * of);
}
