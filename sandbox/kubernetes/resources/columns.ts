/** What `kubectl get` shows of a kind. */
import { fieldsOf, listOf } from '../json';
import type { KubeObject } from '../objects';
import type { Column } from './resource';

const column = (name: string, cell: Column['cell'], priority: 0 | 1 = 0, type: Column['type'] = 'string'): Column => ({
  name,
  type,
  priority,
  cell,
});
const spec = (object: KubeObject) => fieldsOf(object.spec);
const status = (object: KubeObject) => fieldsOf(object.status);
const text = (value: unknown, absent = '<none>'): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : absent;
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const pairs = (value: unknown): string =>
  Object.entries(fieldsOf(value))
    .map(([key, item]) => `${key}=${text(item)}`)
    .join(',') || '<none>';

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
];
function age({ metadata }: KubeObject): string {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(metadata.creationTimestamp)) / 1_000));
  const unit = units.find(([, size]) => seconds >= 2 * size);
  return unit ? `${Math.floor(seconds / unit[1])}${unit[0]}` : `${seconds}s`;
}

export const nameColumn = column('Name', ({ metadata }) => metadata.name);
export const ageColumn = column('Age', age);

const containersOf = (value: unknown) => listOf(fieldsOf(fieldsOf(value).spec).containers).map(fieldsOf);
const images = (template: unknown): string =>
  containersOf(template)
    .map(({ image }) => text(image))
    .join(',');

/** Why a pod waits, else its phase. */
function podState(object: KubeObject): string {
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const reasons = listOf(status(object).containerStatuses)
    .map((entry) => fieldsOf(fieldsOf(entry).state))
    .flatMap(({ waiting, terminated }) => [fieldsOf(waiting).reason, fieldsOf(terminated).reason])
    .filter((reason) => typeof reason === 'string');
  return reasons[0] ?? text(status(object).reason, text(status(object).phase, 'Unknown'));
}

export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (object) => {
    const ready = listOf(status(object).containerStatuses).filter((entry) => fieldsOf(entry).ready === true).length;
    return `${ready}/${listOf(spec(object).containers).length}`;
  }),
  column('Status', podState),
  column(
    'Restarts',
    (object) => listOf(status(object).containerStatuses).reduce<number>((sum, entry) => sum + count(fieldsOf(entry).restartCount), 0),
    0,
    'integer',
  ),
  ageColumn,
  column('IP', (object) => text(status(object).podIP), 1),
  column('Node', (object) => text(spec(object).nodeName), 1),
];

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  column('Ready', (object) => `${count(status(object).readyReplicas)}/${count(spec(object).replicas)}`),
  column('Up-to-date', (object) => count(status(object).updatedReplicas), 0, 'integer'),
  column('Available', (object) => count(status(object).availableReplicas), 0, 'integer'),
  ageColumn,
  column(
    'Containers',
    (object) =>
      containersOf(spec(object).template)
        .map(({ name }) => text(name))
        .join(','),
    1,
  ),
  column('Images', (object) => images(spec(object).template), 1),
  column('Selector', (object) => pairs(fieldsOf(spec(object).selector).matchLabels), 1),
];

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  column('Desired', (object) => count(spec(object).replicas), 0, 'integer'),
  column('Current', (object) => count(status(object).replicas), 0, 'integer'),
  column('Ready', (object) => count(status(object).readyReplicas), 0, 'integer'),
  ageColumn,
  column('Images', (object) => images(spec(object).template), 1),
];

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column('Type', (object) => text(spec(object).type)),
  column('Cluster-IP', (object) => text(spec(object).clusterIP)),
  column('External-IP', (object) => text(spec(object).externalName)),
  column('Port(s)', (object) =>
    listOf(spec(object).ports)
      .map(fieldsOf)
      .map(({ port, protocol }) => `${text(port)}/${text(protocol, 'TCP')}`)
      .join(','),
  ),
  ageColumn,
  column('Selector', (object) => pairs(spec(object).selector), 1),
];

export const configMapColumns: readonly Column[] = [
  nameColumn,
  column('Data', (object) => Object.keys(fieldsOf(object.data)).length, 0, 'integer'),
  ageColumn,
];

export const namespaceColumns: readonly Column[] = [nameColumn, column('Status', (object) => text(status(object).phase)), ageColumn];

export const routeColumns: readonly Column[] = [
  nameColumn,
  column('Hostnames', (object) => (spec(object).hostnames === undefined ? '' : JSON.stringify(spec(object).hostnames))),
  ageColumn,
];

export const endpointSliceColumns: readonly Column[] = [
  nameColumn,
  column('AddressType', (object) => text(object.addressType)),
  column('Ports', (object) =>
    listOf(object.ports)
      .map((entry) => text(fieldsOf(entry).port))
      .join(','),
  ),
  column('Endpoints', (object) =>
    listOf(object.endpoints)
      .flatMap((entry) => listOf(fieldsOf(entry).addresses))
      .map((address) => text(address))
      .join(','),
  ),
  ageColumn,
];

export const eventColumns: readonly Column[] = [
  column('Last Seen', age),
  column('Type', (object) => text(object.type)),
  column('Reason', (object) => text(object.reason)),
  column('Object', (object) => {
    const { kind, name } = fieldsOf(object.involvedObject);
    return `${text(kind).toLowerCase()}/${text(name)}`;
  }),
  column('Message', (object) => text(object.message)),
];
