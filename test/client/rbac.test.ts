import { expect, test } from '@jest/globals';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { manifestsOf } from '../../client/rbac/manifests';
import { rightsOf } from '../../client/rights';
import { loadSpec } from '../../spec';

const read = loadSpec(resolve('spec/analytics.yaml'));
if (!read.ok) throw new Error('the default spec is not valid');
const { spec } = read;

test('two clusters get a part each, with no right of the other, also where their namespaces are named alike', () => {
  const staging = { ...spec.staging, cluster: 'test-cluster', namespace: spec.production.namespace };
  const text = manifestsOf(rightsOf({ ...spec, staging }), { name: 'deployer', namespace: 'analytics' });
  const documents = parseAllDocuments(text).map((document) => document.toJS() as { kind: string; rules?: { resources: string[] }[] });
  expect(documents.map(({ kind }) => kind)).toEqual([
    ...['ServiceAccount', 'Role', 'RoleBinding'],
    ...['ServiceAccount', 'Role', 'RoleBinding'],
  ]);
  const resources = documents.flatMap(({ rules }) => (rules ? [rules.flatMap((rule) => rule.resources)] : []));
  expect(resources[0]).not.toContain('leases');
  expect(resources[1]).toContain('leases');
  expect(text).toContain('context "test-cluster": apply it there alone');
});
