import { fieldsOf, sameJson } from '../json';
import { type Draft, type KubeObject, timestamp } from '../objects';
import { builtIn } from '../schema/load';
import { refuse } from '../status';
import { apiVersionOf, type Resource, type Subresource } from './resource';

/** `status`: what is observed. The rest of the object stays as it is, except that built-in kinds also take labels and annotations. */
export function statusOf(identity: Pick<Resource, 'group' | 'version' | 'kind' | 'schema'>): Subresource {
  return {
    ...identity,
    verbs: ['get', 'patch', 'update'],
    show: (object) => object,
    take: (current, sent, resource) => {
      const { labels, annotations } = sent.metadata;
      const metadata = resource.custom
        ? current.metadata
        : {
            ...current.metadata,
            ...(labels ? { labels } : {}),
            ...(annotations ? { annotations } : {}),
          };
      const { status: _before, ...rest } = current;
      return { ...rest, metadata, ...(sent.status === undefined ? {} : { status: sent.status }) };
    },
    silent: false,
  };
}

/** `scale`: replicas alone. */
export const scale: Subresource = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  schema: builtIn('AutoscalingV1Scale'),
  verbs: ['get', 'patch', 'update'],
  show: ({ metadata, spec, status }) => {
    const { name, namespace = '', uid, resourceVersion, creationTimestamp } = metadata;
    const { replicas = 0, selector } = fieldsOf(spec);
    const labels = Object.entries(fieldsOf(fieldsOf(selector).matchLabels)).map(([key, value]) => `${key}=${String(value)}`);
    return {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
      spec: { replicas },
      status: { replicas: fieldsOf(status).replicas ?? 0, selector: labels.join(',') },
    };
  },
  take: (current, sent) => ({ ...current, spec: { ...fieldsOf(current.spec), replicas: fieldsOf(sent.spec).replicas ?? 0 } }),
  silent: false,
};

/** `binding`: the scheduler's decision, made once. */
export const binding: Subresource = {
  group: '',
  version: 'v1',
  kind: 'Binding',
  schema: builtIn('CoreV1Binding'),
  verbs: ['create'],
  show: (object) => object,
  take: (current, sent, resource) => {
    const spec = fieldsOf(current.spec);
    if (current.metadata.deletionTimestamp !== undefined) {
      throw refuse.conflict(resource, current.metadata.name, `pod ${current.metadata.name} is being deleted, cannot be assigned to a host`);
    }
    if (spec.nodeName !== undefined) {
      throw refuse.conflict(
        resource,
        current.metadata.name,
        `pod ${current.metadata.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`,
      );
    }
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp() };
    return {
      ...current,
      spec: { ...spec, nodeName: fieldsOf(sent.target).name },
      status: { ...fieldsOf(current.status), conditions: [scheduled] },
    };
  },
  silent: true,
};

/** The spec of a write to the object itself: its status is not taken. */
export function takeMain(current: KubeObject | null, sent: Draft, resource: Resource): Draft {
  if (!resource.subresources.status) return sent;
  const { status: _sent, ...rest } = sent;
  return current?.status === undefined ? rest : { ...rest, status: current.status };
}

/** Whether something counts as a change of generation: all but metadata and status. */
export function sameSpec(left: KubeObject, right: KubeObject): boolean {
  const { metadata: _m1, status: _s1, ...one } = left;
  const { metadata: _m2, status: _s2, ...other } = right;
  return sameJson(one, other);
}

/** The type that a body sent to the subresource must have. */
export function bodyType(resource: Resource, subresource: Subresource | null): { readonly apiVersion: string; readonly kind: string } {
  const at = subresource ?? resource;
  return { apiVersion: apiVersionOf(at), kind: at.kind };
}
