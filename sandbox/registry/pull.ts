import { MANIFEST_TYPE, parseImage, VERSION_LABEL } from './images';

/** What the fleet learns by pulling an image. */
export interface Pulled {
  readonly version: string;
  /** `repository@sha256:…` */
  readonly imageId: string;
}

/**
 * Pulls manifest and configuration, as a container runtime would.
 * @returns null where the registry does not have it.
 */
export async function pullImage(registry: string, image: string, signal: AbortSignal): Promise<Pulled | null> {
  const { repository, name, reference } = parseImage(image);
  const manifest = await fetch(`${registry}/v2/${name}/manifests/${reference}`, { headers: { accept: MANIFEST_TYPE }, signal });
  const digest = manifest.headers.get('docker-content-digest');
  if (!manifest.ok || digest === null) {
    await manifest.body?.cancel();
    return null;
  }
  const { config } = (await manifest.json()) as { readonly config: { readonly digest: string } };
  const blob = await fetch(`${registry}/v2/${name}/blobs/${config.digest}`, { signal });
  const { config: settings } = (await blob.json()) as { readonly config: { readonly Labels: Readonly<Record<string, string>> } };
  return { version: settings.Labels[VERSION_LABEL] ?? reference, imageId: `${repository}@${digest}` };
}
