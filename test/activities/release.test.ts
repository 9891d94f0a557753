import { beforeEach, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../activities';
import type { RemoteRef } from '../../activities/ports/git';
import type { ResolveRequest } from '../../workflows/runbook/contract';
import { fakePorts, type FakePorts } from '../fakes/ports';
import { blue, green, oldImage, place, putShop, setReady } from '../fakes/shop';
import { failing, run } from './run';

const commit = 'c'.repeat(40);
const other = 'd'.repeat(40);
const digest = `sha256:${'a'.repeat(64)}`;
const request: ResolveRequest = {
  version: 'v1.0.0',
  tag: {
    name: 'analytics-{version}',
    message: '',
    remote: 'https://git.example/x.git',
    ref: 'main',
    tagger: { name: 'b', email: 'b@x' },
    push: true,
  },
  image: { repository: 'registry.example/analytics', container: 'analytics', token: 'registry' },
  production: {
    ...place,
    service: 'analytics',
    selectorKey: 'color',
    colours: { blue, green },
    traffic: { mechanism: 'httproute', route: 'analytics', propagation: 0 },
  },
  flags: { prefix: 'analytics-flags', data: { ML: 'true', ROLLOUT: '10' } },
  tokens: { registry: 'env:REGISTRY' },
};

let ports: FakePorts;
let refs: Record<string, RemoteRef>;
let asked: unknown[];
beforeEach(() => {
  refs = { 'refs/heads/main': { object: commit, peeled: null } };
  asked = [];
  ports = fakePorts({
    git: {
      remoteRefs: () => Promise.resolve(new Map(Object.entries(refs))),
      pushTag: () => Promise.reject(new Error('resolving writes nothing')),
      checkout: () => Promise.reject(new Error('resolving writes nothing')),
    },
    registry: { digestOf: ({ tag, token }) => (asked.push(tag, token?.reveal()), Promise.resolve(digest)) },
  });
  putShop(ports.kubernetes, { image: oldImage, replicas: 1, ready: 1 });
});
const resolve = (more: Partial<ResolveRequest> = {}) => run(createActivities(ports).resolveRelease, { ...request, ...more });

describe('the release', () => {
  test.each([
    [
      'Argo CD',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/analytics-blue' } },
      'RespectIgnoreDifferences=true',
    ],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }, 'kustomize.toolkit.fluxcd.io/ssa'],
    [
      'Argo CD',
      { managedFields: [{ manager: 'argocd-controller', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': {} } }] },
      'ignoreDifferences',
    ],
  ])('is not deployed where %s would set it back, unless the spec says that it will not', async (tool, metadata, rule) => {
    Object.assign(ports.kubernetes.raw('Deployment', 'analytics-blue').metadata, metadata);
    const told = await failing(resolve());
    expect(told).toMatchObject({ type: 'Misconfigured', final: true });
    expect(told.message).toContain(`deployment shop/analytics-blue is kept by ${tool}`);
    expect(told.message).toContain(rule);
    const production = { ...request.production, gitops: { ignored: true } };
    await expect(resolve({ production })).resolves.toMatchObject({ version: 'v1.0.0' });
  });

  test('is the spec resolved against registry, git and cluster', async () => {
    const release = await resolve();
    expect(release).toEqual({
      version: 'v1.0.0',
      tag: 'analytics-v1.0.0',
      commit,
      image: `registry.example/analytics@${digest}`,
      live: { ...green, image: oldImage, flagsConfigMap: null, replicas: 3, readyReplicas: 3 },
      candidate: { ...blue, image: oldImage, flagsConfigMap: null, replicas: 1, readyReplicas: 1 },
      weights: { blue: 0, green: 100 },
      selected: 'green',
      flags: { configMap: expect.stringMatching(/^analytics-flags-[0-9a-f]{10}$/), data: request.flags?.data },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(asked).toEqual(['v1.0.0', 'hunter2']);
    expect(JSON.stringify(release)).not.toContain('hunter2');
    expect(ports.kubernetes.ledger).toEqual([]);
  });

  test('has the same digest however many pods there are, and another one for any other difference', async () => {
    const { digest: before } = await resolve();
    setReady(ports.kubernetes, 'analytics-green', 1);
    expect((await resolve()).digest).toBe(before);
    expect((await resolve({ flags: { prefix: 'analytics-flags', data: { ML: 'false' } } })).digest).not.toBe(before);
    ports.kubernetes.edit('Deployment', 'analytics-green', 'x', {}, ({ spec }) => ((spec as { replicas: number }).replicas = 4));
    expect((await resolve()).digest).toBe(before);
    ports.kubernetes.edit('Deployment', 'analytics-green', 'x', {}, ({ spec }) => {
      const [, container] = (spec as { template: { spec: { containers: { envFrom?: unknown }[] } } }).template.spec.containers;
      if (container) container.envFrom = [{ configMapRef: { name: 'analytics-flags' } }];
    });
    const flagged = await resolve();
    expect(flagged.live.flagsConfigMap).toBe('analytics-flags');
    expect(flagged.digest).not.toBe(before);
  });

  test('goes to the other colour once that one is live', async () => {
    ports.kubernetes.edit('Service', 'analytics', 'x', {}, (service) => (service.spec = { selector: { color: 'blue' } }));
    ports.kubernetes.edit('HTTPRoute', 'analytics', 'x', {}, (route) => {
      route.spec = {
        rules: [
          {
            backendRefs: [
              { name: 'analytics-blue', weight: 100 },
              { name: 'analytics-green', weight: 0 },
            ],
          },
        ],
      };
    });
    expect(await resolve()).toMatchObject({ live: { colour: 'blue' }, candidate: { colour: 'green' }, selected: 'blue' });
  });

  test('asks no registry where the spec names the digest', async () => {
    expect((await resolve({ image: { ...request.image, digest: 'sha256:known' } })).image).toBe('registry.example/analytics@sha256:known');
    expect(asked).toEqual([]);
  });

  test('accepts an annotated tag of its name on its commit, and no other', async () => {
    refs['refs/tags/analytics-v1.0.0'] = { object: 'e'.repeat(40), peeled: commit };
    expect((await resolve()).commit).toBe(commit);
    expect(await failing(resolve({ commit: other }))).toMatchObject({ type: 'TagConflict', final: true });
    refs['refs/tags/analytics-v1.0.0'] = { object: commit, peeled: null };
    expect(await failing(resolve())).toMatchObject({ type: 'TagConflict', message: expect.stringMatching(/exists and is not annotated/) });
    refs = { 'refs/heads/main': { object: commit, peeled: null } };
    expect((await resolve({ commit: other })).commit).toBe(other);
  });

  test.each([
    [
      'a selector that names no colour of the spec',
      (p: FakePorts) => p.kubernetes.put('Service', 'analytics', { spec: { selector: { color: 'red' } } }),
      'Misconfigured',
      'color=red',
    ],
    [
      'a route that sends traffic to the candidate',
      (p: FakePorts) =>
        p.kubernetes.put('HTTPRoute', 'analytics', {
          spec: {
            rules: [
              {
                backendRefs: [
                  { name: 'analytics-blue', weight: 5 },
                  { name: 'analytics-green', weight: 95 },
                ],
              },
            ],
          },
        }),
      'Misconfigured',
      'blue 5, green 95',
    ],
    [
      'a route without one of the colours',
      (p: FakePorts) => p.kubernetes.put('HTTPRoute', 'analytics', { spec: { rules: [{ backendRefs: [{ name: 'analytics-green' }] }] } }),
      'Misconfigured',
      'No rule',
    ],
    ['no route', (p: FakePorts) => p.kubernetes.objects.delete('HTTPRoute/analytics'), 'NotFound', 'httproute shop/analytics'],
    [
      'no Deployment',
      (p: FakePorts) => p.kubernetes.objects.delete('Deployment/analytics-blue'),
      'NotFound',
      'Deployment shop/analytics-blue',
    ],
    [
      'a live colour that is scaled to 0',
      (p: FakePorts) =>
        p.kubernetes.edit('Deployment', 'analytics-green', 'x', {}, ({ spec }) => Object.assign(spec as object, { replicas: 0 })),
      'Misconfigured',
      'scaled to 0',
    ],
  ])('cannot be resolved with %s, and says what it saw', async (_, spoil, type, said) => {
    spoil(ports);
    const told = await failing(resolve());
    expect(told).toMatchObject({ type, final: true });
    expect(told.message).toContain(said);
  });

  test('cannot be resolved without the ref of the spec', async () => {
    refs = {};
    expect(await failing(resolve())).toMatchObject({ type: 'NotFound' });
  });
});
