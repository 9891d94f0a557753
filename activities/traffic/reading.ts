import type { ColourTarget, TrafficChange } from '../../workflows/runbook/contract';
import type { ProductionSpec } from '../../workflows/runbook/spec';

/** What a mechanism needs to know to read, without moving anything; null where shares are none of its business. */
export function readingChange(
  { cluster, namespace, service, traffic }: Pick<ProductionSpec, 'cluster' | 'namespace' | 'service' | 'traffic'>,
  container: string,
  live: ColourTarget & { readonly replicas: number },
  candidate: ColourTarget,
): TrafficChange | null {
  const { mechanism, route = '', canary } = traffic;
  if (mechanism === 'selector') return null;
  return {
    ...{ cluster, namespace, mechanism, route, shared: service, ...(canary === undefined ? {} : { canary }) },
    ...{ candidate, live, candidateShare: 0, capacity: live.replicas, container },
    ...{ image: '', propagation: 0, settle: 0, minimumReady: 0 },
  };
}
