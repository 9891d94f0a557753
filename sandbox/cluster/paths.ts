/** Where each kind of object lives in the API. */
const groups = {
  namespaces: '/api/v1',
  nodes: '/api/v1',
  pods: '/api/v1',
  services: '/api/v1',
  configmaps: '/api/v1',
  deployments: '/apis/apps/v1',
  endpointslices: '/apis/discovery.k8s.io/v1',
  httproutes: '/apis/gateway.networking.k8s.io/v1',
  virtualservices: '/apis/networking.istio.io/v1',
  destinationrules: '/apis/networking.istio.io/v1',
  ingresses: '/apis/networking.k8s.io/v1',
} as const;
export type Resource = keyof typeof groups;

/** The path of a list; without a namespace, of a cluster-wide kind. */
export function listPath(resource: Resource, namespace?: string): string {
  return `${groups[resource]}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${resource}`;
}

export function objectPath(resource: Resource, name: string, namespace?: string): string {
  return `${listPath(resource, namespace)}/${name}`;
}
