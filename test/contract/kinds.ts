/** The kinds that are held to the same contract: how each is made, and one field of it that is changed. */
export interface KindUnderTest {
  readonly kind: string;
  readonly path: (namespace: string) => string;
  readonly make: (name: string) => Readonly<Record<string, unknown>>;
  /** A merge patch that changes one field. */
  readonly change: object;
  /** JSON pointer of that field, and what it becomes. */
  readonly pointer: string;
  readonly becomes: unknown;
  /** The generation counts changes of the spec. */
  readonly counted: boolean;
  /** A strategic merge is understood: not by custom resources. */
  readonly strategic: boolean;
  /** Where an unknown field is put. */
  readonly unknown: object;
}

const labels = { app: 'contract' };
const meta = (name: string) => ({ name, labels });

export const kinds: readonly KindUnderTest[] = [
  {
    kind: 'ConfigMap',
    path: (namespace) => `/api/v1/namespaces/${namespace}/configmaps`,
    make: (name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(name), data: { a: '1' } }),
    change: { data: { a: '2' } },
    pointer: '/data/a',
    becomes: '2',
    counted: false,
    strategic: true,
    unknown: { dat: {} },
  },
  {
    kind: 'Service',
    path: (namespace) => `/api/v1/namespaces/${namespace}/services`,
    make: (name) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta(name),
      spec: { selector: { app: 'contract', color: 'green' }, ports: [{ port: 80 }] },
    }),
    change: { spec: { selector: { color: 'blue' } } },
    pointer: '/spec/selector/color',
    becomes: 'blue',
    counted: false,
    strategic: true,
    unknown: { spec: { traffic: { blue: 20 } } },
  },
  {
    kind: 'Deployment',
    path: (namespace) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
    make: (name) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta(name),
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }] } },
      },
    }),
    change: { spec: { progressDeadlineSeconds: 300 } },
    pointer: '/spec/progressDeadlineSeconds',
    becomes: 300,
    counted: true,
    strategic: true,
    unknown: { spec: { replica: 3 } },
  },
  {
    kind: 'Lease',
    path: (namespace) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    make: (name) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: meta(name),
      spec: { holderIdentity: 'a', leaseTransitions: 1 },
    }),
    change: { spec: { holderIdentity: 'b' } },
    pointer: '/spec/holderIdentity',
    becomes: 'b',
    counted: false,
    strategic: true,
    unknown: { spec: { holder: 'b' } },
  },
  {
    kind: 'HTTPRoute',
    path: (namespace) => `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`,
    make: (name) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: meta(name),
      spec: {
        rules: [
          {
            backendRefs: [
              { name: 'blue', port: 80, weight: 0 },
              { name: 'green', port: 80, weight: 100 },
            ],
          },
        ],
      },
    }),
    change: { spec: { hostnames: ['analytics.example'] } },
    pointer: '/spec/hostnames',
    becomes: ['analytics.example'],
    counted: true,
    strategic: false,
    unknown: { spec: { hostname: 'x' } },
  },
  {
    kind: 'HorizontalPodAutoscaler',
    path: (namespace) => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    make: (name) => ({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: meta(name),
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 1, maxReplicas: 5 },
    }),
    change: { spec: { minReplicas: 3 } },
    pointer: '/spec/minReplicas',
    becomes: 3,
    counted: false,
    strategic: true,
    unknown: { spec: { minimum: 3 } },
  },
];
