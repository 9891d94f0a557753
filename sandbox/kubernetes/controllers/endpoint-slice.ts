import { type Draft, type KubeObject, ownedBy } from '../objects';
import { matchesLabels } from '../selectors';
import type { ControllerClient } from './client';
import { isReady, type Pod, type Service } from './kinds';

export const serviceLabel = 'kubernetes.io/service-name';
const managedLabel = 'endpointslice.kubernetes.io/managed-by';
const manager = 'endpointslice-controller.k8s.io';

/** Keeps one slice per Service with a selector: the addresses of its pods and whether they take requests. */
export function syncEndpoints(client: ControllerClient, service: Service): null {
  const { endpointSlices, pods } = client.resources;
  const { namespace = '', name, labels } = service.metadata;
  const { selector, ports = [] } = service.spec;
  if (!selector || Object.keys(selector).length === 0) return null;
  const chosen = client.list<Pod>(pods, namespace).filter((pod) => matchesLabels(selector, pod.metadata.labels ?? {}) && hasAddress(pod));
  const content = {
    addressType: 'IPv4',
    endpoints: chosen.map((pod) => toEndpoint(pod, service)),
    ports: ports.map(({ name: portName = '', protocol = 'TCP', port, targetPort = port }) => ({
      name: portName,
      protocol,
      ...(resolvePort(targetPort, chosen) ?? {}),
    })),
  };
  const metadata = { labels: { ...labels, [serviceLabel]: name, [managedLabel]: manager }, ownerReferences: [ownedBy(service)] };
  const present = client
    .list<KubeObject>(endpointSlices, namespace)
    .find((slice) => slice.metadata.labels?.[serviceLabel] === name && slice.metadata.labels[managedLabel] === manager);
  if (present) {
    client.update(endpointSlices, present, (slice) => ({ ...slice, ...content, metadata: { ...slice.metadata, ...metadata } }));
    return null;
  }
  const draft: Draft = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, generateName: `${name}-` },
    ...content,
  };
  client.create(endpointSlices, namespace, draft);
  return null;
}

function hasAddress({ status }: Pod): boolean {
  return status?.podIP !== undefined && status.podIP !== '' && status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

function toEndpoint(pod: Pod, { spec }: Service) {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isReady(pod);
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** A target port by name is looked up in the pods. */
function resolvePort(target: number | string, pods: readonly Pod[]): { readonly port: number } | null {
  if (typeof target === 'number') return { port: target };
  const ports = pods.flatMap(({ spec }) => spec.containers.flatMap((container) => container.ports ?? []));
  const found = ports.find(({ name }) => name === target);
  return found ? { port: found.containerPort } : null;
}
