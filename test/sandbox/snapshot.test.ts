import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../sandbox/cluster/objects';
import { compareWorlds, type Snapshot } from '../../sandbox/snapshot';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'n', uid: '1', resourceVersion: '1', labels: { app: 'a' }, annotations: { note: 'x' } },
  spec: { replicas: 3, template: { spec: { containers: [{ image: 'a:1' }] } } },
  status: { readyReplicas: 3 },
};
const flags = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'n' }, data: { FLAG: 'on' } };
const world = (objects: Readonly<Record<string, object>>): Snapshot => ({
  takenAt: '2026-11-24T00:00:00Z',
  objects: objects as Readonly<Record<string, KubernetesObject>>,
});
const before = world({ 'Deployment n/d': deployment, 'ConfigMap n/c': flags });
const after = (changed: object): Snapshot => world({ 'Deployment n/d': { ...deployment, ...changed }, 'ConfigMap n/c': flags });
const paths = (now: Snapshot): readonly string[] =>
  compareWorlds(before, now).map(({ object, kind, path }) => `${kind} ${object} ${path}`.trim());

describe('the comparison of two worlds', () => {
  test('finds none where nothing but status, versions and our own keys differ', () => {
    const metadata = {
      ...deployment.metadata,
      resourceVersion: '9',
      annotations: { note: 'x', 'analytics-deploy/key': 'k', 'deployment.kubernetes.io/revision': '4' },
    };
    expect(compareWorlds(before, after({ metadata, status: { readyReplicas: 2 } }))).toEqual([]);
  });

  test.each([
    ['a field of the spec', { spec: { ...deployment.spec, replicas: 2 } }, 'changed Deployment n/d spec.replicas'],
    [
      'a list',
      { spec: { ...deployment.spec, template: { spec: { containers: [{ image: 'a:2' }] } } } },
      'changed Deployment n/d spec.template.spec.containers',
    ],
    ['a label', { metadata: { ...deployment.metadata, labels: { app: 'b' } } }, 'changed Deployment n/d labels.app'],
    ['a foreign annotation', { metadata: { ...deployment.metadata, annotations: {} } }, 'changed Deployment n/d annotations.note'],
  ])('finds %s that changed', (_what, change, expected) => {
    expect(paths(after(change))).toEqual([expected]);
  });

  test('finds data that changed, what was made and what is gone', () => {
    const now = world({ 'ConfigMap n/c': { ...flags, data: { FLAG: 'off' } }, 'ConfigMap n/new': flags });
    expect(paths(now)).toEqual(['changed ConfigMap n/c data.FLAG', 'added ConfigMap n/new', 'removed Deployment n/d']);
  });

  test('does not count what controllers make by themselves', () => {
    const now = world({ ...before.objects, 'ReplicaSet n/r': {}, 'Pod n/p': {}, 'EndpointSlice n/e': {}, 'Event n/v': {} });
    expect(compareWorlds(before, now)).toEqual([]);
  });
});
