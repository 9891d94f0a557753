/** Checks of the real server that its schemas do not express. */
import { fieldsOf, isFields, listOf, sameJson } from '../json';
import type { Fields, KubeObject } from '../objects';
import { matchesSelector } from '../selectors';
import { type Cause, cause } from '../status';
import type { Rule } from './resource';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = new RegExp(`^${label}(\\.${label})*$`);
const dns1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const dns1123 = new RegExp(`^${label}$`);
const qualifiedName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

function names(pattern: RegExp, longest: number, what: string): Rule {
  return ({ metadata: { name } }) =>
    pattern.test(name) && name.length <= longest
      ? []
      : [cause.invalid('metadata.name', name, `a ${what} of at most ${longest} characters is needed`)];
}
export const subdomainName = names(subdomain, 253, 'lowercase RFC 1123 subdomain');
export const labelName = names(dns1123, 63, 'lowercase RFC 1123 label');
export const serviceName = names(dns1035, 63, 'DNS-1035 label');

export const metadata: Rule = ({ metadata: { labels = {}, annotations = {} } }) => [
  ...Object.entries(labels).flatMap(([key, value]) => [
    ...(qualifiedName.test(key) ? [] : [cause.invalid('metadata.labels', key, 'a qualified name is needed')]),
    ...(labelValue.test(value)
      ? []
      : [cause.invalid('metadata.labels', value, 'a valid label must be an empty string or at most 63 of [-A-Za-z0-9_.]')]),
  ]),
  ...Object.keys(annotations)
    .filter((key) => !qualifiedName.test(key.toLowerCase()))
    .map((key) => cause.invalid('metadata.annotations', key, 'a qualified name is needed')),
];

function immutable(path: string, read: (object: KubeObject) => unknown): Rule {
  return (next, previous) =>
    previous === null || sameJson(read(next), read(previous)) ? [] : [cause.invalid(path, read(next), 'field is immutable')];
}
const specField =
  (field: string) =>
  (object: KubeObject): unknown =>
    fieldsOf(object.spec)[field];

export const selectorIsImmutable = immutable('spec.selector', specField('selector'));
export const templateIsImmutable = immutable('spec.template', specField('template'));
export const clusterAddressIsImmutable: Rule = (next, previous) => {
  const after = fieldsOf(next.spec);
  return previous === null || after.type === 'ExternalName' || fieldsOf(previous.spec).clusterIP === undefined
    ? []
    : immutable('spec.clusterIP', specField('clusterIP'))(next, previous);
};
/** A ConfigMap or Secret that says `immutable: true` keeps its data. */
export const immutableData: Rule = (next, previous) => {
  if (previous?.immutable !== true) return [];
  const frozen = ['data', 'binaryData', 'immutable'].filter((field) => !sameJson(next[field], previous[field]));
  return frozen.map((field) => cause.forbidden(field, 'field is immutable when `immutable` is set'));
};

export const selectorMatchesTemplate: Rule = ({ spec }) => {
  const { selector, template } = fieldsOf(spec);
  if (!isFields(selector)) return [];
  if (Object.keys(selector).length === 0) return [cause.invalid('spec.selector', selector, 'empty selector is invalid for deployment')];
  const labels = fieldsOf(fieldsOf(fieldsOf(template).metadata).labels);
  return matchesSelector(selector, labels)
    ? []
    : [cause.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
};

export const notNegative =
  (field: string): Rule =>
  ({ spec }) => {
    const value = fieldsOf(spec)[field];
    return typeof value === 'number' && value < 0 ? [cause.invalid(`spec.${field}`, value, 'must be greater than or equal to 0')] : [];
  };

export const deadlineExceedsMinReady: Rule = ({ spec }) => {
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = fieldsOf(spec);
  return typeof deadline === 'number' && typeof minReadySeconds === 'number' && deadline <= minReadySeconds
    ? [cause.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
    : [];
};

const rolledOut = (object: KubeObject): { readonly path: string; readonly spec: Fields } => ({
  path: 'spec.template.spec',
  spec: fieldsOf(fieldsOf(fieldsOf(object.spec).template).spec),
});
const itself = (object: KubeObject): { readonly path: string; readonly spec: Fields } => ({ path: 'spec', spec: fieldsOf(object.spec) });

function containers(find: typeof itself): Rule {
  return (object) => {
    const { path, spec } = find(object);
    const all = listOf(spec.containers).map(fieldsOf);
    if (all.length === 0) return [cause.required(`${path}.containers`)];
    return all.flatMap((container, index): Cause[] => {
      const at = `${path}.containers[${index}]`;
      const { name, image } = container;
      const twice = all.findIndex((other) => other.name === name) !== index;
      return [
        ...(typeof name === 'string' && dns1123.test(name)
          ? []
          : [cause.invalid(`${at}.name`, name, 'a lowercase RFC 1123 label is needed')]),
        ...(twice ? [{ reason: 'FieldValueDuplicate', field: `${at}.name`, message: `Duplicate value: ${JSON.stringify(name)}` }] : []),
        ...(typeof image === 'string' && image.trim() !== '' ? [] : [cause.required(`${at}.image`)]),
        ...(typeof image === 'string' && image !== image.trim()
          ? [cause.invalid(`${at}.image`, image, 'must not have leading or trailing whitespace')]
          : []),
      ];
    });
  };
}
export const templateHasContainers = containers(rolledOut);
export const podHasContainers = containers(itself);

/** Of a pod's spec only images, deadline and tolerations may change. */
export const podIsImmutable: Rule = (next, previous) => {
  if (previous === null) return [];
  const fixed = (object: KubeObject): Fields => {
    const { activeDeadlineSeconds: _a, tolerations: _t, terminationGracePeriodSeconds: _g, nodeName: _n, ...spec } = fieldsOf(object.spec);
    const withoutImages = (list: unknown): readonly Fields[] => listOf(list).map((item) => ({ ...fieldsOf(item), image: '' }));
    return { ...spec, containers: withoutImages(spec.containers), initContainers: withoutImages(spec.initContainers) };
  };
  return sameJson(fixed(next), fixed(previous))
    ? []
    : [
        cause.forbidden(
          'spec',
          'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)',
        ),
      ];
};
export const nodeIsImmutable: Rule = (next, previous) => {
  const before = previous === null ? undefined : fieldsOf(previous.spec).nodeName;
  return before === undefined || fieldsOf(next.spec).nodeName === before
    ? []
    : [cause.forbidden('spec.nodeName', 'a pod stays on its node')];
};

export const servicePorts: Rule = ({ spec }) => {
  const { type, clusterIP, ports } = fieldsOf(spec);
  const all = listOf(ports).map(fieldsOf);
  if (all.length === 0) return type === 'ExternalName' || clusterIP === 'None' ? [] : [cause.required('spec.ports')];
  return all.flatMap(({ port, name }, index) => [
    ...(typeof port === 'number' && port >= 1 && port <= 65535
      ? []
      : [cause.invalid(`spec.ports[${index}].port`, port, 'must be between 1 and 65535, inclusive')]),
    ...(all.length > 1 && name === undefined ? [cause.required(`spec.ports[${index}].name`)] : []),
  ]);
};

/** The real server refuses endpoints that could not be reached from another node. */
export const reachableAddresses: Rule = ({ endpoints }) =>
  listOf(endpoints).flatMap((endpoint, index) =>
    listOf(fieldsOf(endpoint).addresses)
      .filter((address) => /^(127\.|169\.254\.|0\.0\.0\.0$)/.test(String(address)))
      .map((address) => cause.invalid(`endpoints[${index}].addresses`, address, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')),
  );
