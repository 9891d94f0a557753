import type { Fields } from '../objects';
import { apiVersionOf, type Resource } from '../resources/resource';
import { gatherDocument } from './openapi';

/** The version that the server says it has. */
export const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${process.platform}/${process.arch}`,
};

/** Documents that say what the server offers, by path. */
export function describeApi(resources: readonly Resource[]): ReadonlyMap<string, unknown> {
  const versions = [...new Set(resources.map(apiVersionOf))];
  const groups = versions.filter((name) => name.includes('/')).map(groupOf);
  const root = (name: string): string => (name.includes('/') ? `apis/${name}` : `api/${name}`);
  const inVersion = (name: string): readonly Resource[] => resources.filter((resource) => apiVersionOf(resource) === name);
  return new Map<string, unknown>([
    ...['/healthz', '/livez', '/readyz'].map((path) => [path, 'ok'] as const),
    ['/version', version],
    ['/api', { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups }],
    ...groups.map((group) => [`/apis/${group.name}`, { kind: 'APIGroup', apiVersion: 'v1', ...group }] as const),
    ...versions.map((name) => [`/${root(name)}`, resourceList(name, inVersion(name))] as const),
    [
      '/openapi/v3',
      { paths: Object.fromEntries(versions.map((name) => [root(name), { serverRelativeURL: `/openapi/v3/${root(name)}` }])) },
    ],
    ...versions.map((name) => [`/openapi/v3/${root(name)}`, gatherDocument(inVersion(name))] as const),
  ]);
}

function groupOf(groupVersion: string) {
  const [name = '', version = ''] = groupVersion.split('/');
  const entry = { groupVersion, version };
  return { name, versions: [entry], preferredVersion: entry };
}

function resourceList(groupVersion: string, resources: readonly Resource[]): Fields {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: resources.flatMap((resource) => [
      {
        name: resource.plural,
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: resource.verbs,
        shortNames: resource.shortNames,
        categories: resource.categories,
      },
      ...Object.entries(resource.subresources).map(([name, { group, version, kind, verbs }]) => ({
        name: `${resource.plural}/${name}`,
        singularName: '',
        namespaced: resource.namespaced,
        group,
        version,
        kind,
        verbs,
      })),
    ]),
  };
}
