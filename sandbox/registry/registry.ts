import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen, pathOf, respond, respondJson } from '../http/server';
import { buildImage, type Image, MANIFEST_TYPE, nameOf } from './images';

/** A read-only registry that speaks the OCI distribution API. */
export interface Registry {
  readonly url: string;
  /** The digest of a version, which it adds where it is new. */
  publish(version: string): string;
  stop(): Promise<void>;
}

/** Serves one repository, one image per version. */
export async function startRegistry(repository: string, versions: readonly string[], port = 0): Promise<Registry> {
  const name = nameOf(repository);
  const images = new Map<string, Image>();
  const publish = (version: string): string => {
    const image = images.get(version) ?? buildImage(repository, version);
    images.set(version, image);
    return image.digest;
  };
  versions.forEach(publish);
  const server = await listen((request, response) => serve(request, response, name, [...images.values()]), port);
  return { url: server.url, publish, stop: () => server.close() };
}

function serve(request: IncomingMessage, response: ServerResponse, name: string, images: readonly Image[]): void {
  const path = pathOf(request);
  const headers = { 'docker-distribution-api-version': 'registry/2.0' };
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'UNSUPPORTED', 'this registry is read-only');
  if (path === '/v2/' || path === '/v2') return respondJson(response, 200, {}, headers);
  const prefix = `/v2/${name}/`;
  const [, kind, reference] = /^(manifests|blobs|tags)\/([^/]+)$/.exec(path.startsWith(prefix) ? path.slice(prefix.length) : '') ?? [];
  if (kind === undefined || reference === undefined) return refuse(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
  if (kind === 'tags') return respondJson(response, 200, { name, tags: images.map((image) => image.version) }, headers);
  if (kind === 'blobs') {
    const image = images.find((candidate) => candidate.configDigest === reference);
    if (!image) return refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    return respond(response, 200, image.config, {
      ...headers,
      'content-type': 'application/octet-stream',
      'docker-content-digest': reference,
    });
  }
  const image = images.find((candidate) => candidate.version === reference || candidate.digest === reference);
  // A registry answers 404, as for an absent tag, to a client that does not list the manifest's type.
  if (!image || !accepts(request, MANIFEST_TYPE)) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  respond(response, 200, image.manifest, { ...headers, 'content-type': MANIFEST_TYPE, 'docker-content-digest': image.digest });
}

function accepts(request: IncomingMessage, type: string): boolean {
  return (request.headers.accept ?? '').split(',').some((range) => range.split(';')[0]?.trim() === type);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  respondJson(response, status, { errors: [{ code, message }] });
}
