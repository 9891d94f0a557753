import { createHash } from 'node:crypto';

/** One released image: what a tag of the registry points to. */
export interface Image {
  readonly version: string;
  /** The manifest's exact bytes; the digest is over them. */
  readonly manifest: string;
  readonly digest: string;
  readonly config: string;
  readonly configDigest: string;
}
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const VERSION_LABEL = 'org.opencontainers.image.version';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** Builds the image of a version. The same repository and version always have the same digest. */
export function buildImage(repository: string, version: string): Image {
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { [VERSION_LABEL]: version, 'org.opencontainers.image.title': repository } },
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const configDigest = digestOf(config);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: configDigest, size: Buffer.byteLength(config) },
    layers: [],
    annotations: { [VERSION_LABEL]: version },
  });
  return { version, manifest, digest: digestOf(manifest), config, configDigest };
}

export const digestOf = (content: string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** An image reference taken apart: `host/name:tag` or `host/name@sha256:…`. */
export interface ImageReference {
  /** Repository as the cluster writes it, with its host. */
  readonly repository: string;
  /** Name below the registry's host. */
  readonly name: string;
  /** Tag or digest. */
  readonly reference: string;
}

export function parseImage(image: string): ImageReference {
  const [beforeDigest = '', digest] = image.split('@');
  const slash = beforeDigest.lastIndexOf('/');
  const colon = beforeDigest.indexOf(':', slash);
  const repository = colon === -1 ? beforeDigest : beforeDigest.slice(0, colon);
  const tag = colon === -1 ? 'latest' : beforeDigest.slice(colon + 1);
  return { repository, name: nameOf(repository), reference: digest ?? tag };
}

/** The first part is a host where it has a dot or a port, as in every container tool. */
export function nameOf(repository: string): string {
  const [first = '', ...rest] = repository.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? rest.join('/') : repository;
}
