import type { ColourTarget, SelectorChange, TrafficChange, WorkloadChange } from '../../workflows/runbook/contract';
import type { FakeKubernetes } from './kubernetes';

/** A small production: two colours, a route, a Service. Green is live. */
export const place = { cluster: 'current', namespace: 'shop' } as const;
export const oldImage = 'registry.example/analytics@sha256:old';
export const newImage = 'registry.example/analytics@sha256:new';
export const blue: ColourTarget = { colour: 'blue', service: 'analytics-blue', deployment: 'analytics-blue' };
export const green: ColourTarget = { colour: 'green', service: 'analytics-green', deployment: 'analytics-green' };

export const trafficTo = (candidateShare: number): TrafficChange => ({
  ...place,
  mechanism: 'httproute',
  route: 'analytics',
  candidate: blue,
  live: green,
  candidateShare,
  propagation: 0,
  image: newImage,
  container: 'analytics',
  capacity: 3,
  settle: 0,
  minimumReady: 0.5,
});
export const selectorToBlue: SelectorChange = {
  ...place,
  service: 'analytics',
  selectorKey: 'color',
  candidate: blue,
  live: green,
  capacity: 3,
  minimumReady: 0.5,
};
export const candidateChange: WorkloadChange = {
  ...place,
  deployment: 'analytics-blue',
  container: 'analytics',
  flagsPrefix: 'analytics-flags',
  image: newImage,
  replicas: 3,
  flagsConfigMap: 'analytics-flags-1234567890',
};

export function putShop(
  kubernetes: FakeKubernetes,
  candidate: { image?: string; replicas?: number; ready?: number; readySince?: string } = {},
): void {
  const { image = newImage, replicas = 3, ready = 3, readySince = '2020-01-01T00:00:00Z' } = candidate;
  putColour(kubernetes, 'analytics-blue', image, replicas);
  putColour(kubernetes, 'analytics-green', oldImage, 3);
  setReady(kubernetes, 'analytics-blue', ready, image, readySince);
  setReady(kubernetes, 'analytics-green', 3, oldImage);
  kubernetes.put('Service', 'analytics', { spec: { selector: { app: 'analytics', color: 'green' } } });
  kubernetes.put('HTTPRoute', 'analytics', {
    spec: {
      rules: [
        { matches: [{ path: { value: '/' } }], backendRefs: [backend('analytics-blue', 0), backend('analytics-green', 100)] },
        { matches: [{ path: { value: '/admin' } }], backendRefs: [backend('analytics-green', 7)] },
      ],
    },
  });
}

export function putColour(kubernetes: FakeKubernetes, name: string, image: string, replicas: number): void {
  kubernetes.put('Deployment', name, {
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        spec: {
          containers: [
            { name: 'sidecar', image: 'proxy:1' },
            { name: 'analytics', image },
          ],
        },
      },
    },
    status: { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
  });
}

/** Ready pods of a colour, and as many endpoints. */
export function setReady(kubernetes: FakeKubernetes, name: string, ready: number, image = newImage, since = '2020-01-01T00:00:00Z'): void {
  const pods = Array.from({ length: ready }, (_, place) => ({
    metadata: { name: `${name}-${place}` },
    spec: { containers: [{ name: 'analytics', image }] },
    status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }] },
  }));
  kubernetes.podsOf.set(name, pods);
  kubernetes.endpointsOf.set(
    name,
    pods.map(({ metadata }) => ({ target: metadata.name, ready: true })),
  );
}

function backend(name: string, weight: number) {
  return { group: '', kind: 'Service', name, port: 80, weight };
}
export function weightsOf(kubernetes: FakeKubernetes): unknown {
  const { rules } = kubernetes.raw('HTTPRoute', 'analytics').spec as { rules: { backendRefs: { name: string; weight: number }[] }[] };
  return rules.map(({ backendRefs }) => Object.fromEntries(backendRefs.map(({ name, weight }) => [name, weight])));
}
export const forward = (step: string) => `shop-1/${step}/forward`;
export const undo = (step: string) => `shop-1/${step}/undo`;
