import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf, MANIFEST_TYPE, parseImage } from '../../../sandbox/registry/images';
import { pullImage } from '../../../sandbox/registry/pull';
import { type Registry, startRegistry } from '../../../sandbox/registry/registry';

const repository = 'gcr.io/project/analytics';
const signal = new AbortController().signal;
let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry(repository, ['v0.9.0', 'v1.0.0']);
});
afterAll(() => registry.stop());

const head = (reference: string, accept: string = MANIFEST_TYPE): Promise<Response> =>
  fetch(`${registry.url}/v2/project/analytics/manifests/${reference}`, { method: 'HEAD', headers: { accept } });

describe('the registry', () => {
  test('answers a tag with the digest of exactly the bytes that it serves', async () => {
    const digest = (await head('v1.0.0')).headers.get('docker-content-digest');
    const manifest = await fetch(`${registry.url}/v2/project/analytics/manifests/${digest}`, { headers: { accept: MANIFEST_TYPE } });
    expect(digestOf(await manifest.text())).toBe(digest);
  });

  test('does not know a tag for a client that does not accept its type', async () => {
    expect((await head('v1.0.0', 'application/json')).status).toBe(404);
    expect((await head('v1.0.0', `application/vnd.docker.distribution.manifest.v2+json, ${MANIFEST_TYPE};q=0.9`)).status).toBe(200);
  });

  test('gives the same version the same digest every time, and another version another', () => {
    expect(registry.publish('v1.0.0')).toBe(registry.publish('v1.0.0'));
    expect(registry.publish('v1.0.0')).not.toBe(registry.publish('v0.9.0'));
  });

  test('takes no writes', async () => {
    const answer = await fetch(`${registry.url}/v2/project/analytics/manifests/v1`, { method: 'PUT', body: '{}' });
    expect(answer.status).toBe(405);
  });

  test('an image is pulled by tag and by digest, and an unknown one is not there', async () => {
    const digest = registry.publish('v1.0.0');
    const pulled = { version: 'v1.0.0', imageId: `${repository}@${digest}` };
    expect(await pullImage(registry.url, `${repository}:v1.0.0`, signal)).toEqual(pulled);
    expect(await pullImage(registry.url, `${repository}@${digest}`, signal)).toEqual(pulled);
    expect(await pullImage(registry.url, `${repository}:v6.6.6`, signal)).toBeNull();
    expect(await pullImage(registry.url, 'gcr.io/project/other:v1.0.0', signal)).toBeNull();
  });
});

test('a port is no tag', () => {
  expect(parseImage('localhost:5000/team/app')).toEqual({ repository: 'localhost:5000/team/app', name: 'team/app', reference: 'latest' });
});
