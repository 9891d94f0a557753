import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleFiles, readStamp, stampOf } from './bundle-stamp';

/** Folder of the build, seen from the compiled file. */
const dist = resolve(__dirname, '..');

/**
 * The prebuilt workflow bundle, checked against its sources.
 *
 * @throws where it is absent or older than the sources: old workflows must not run deployments by accident.
 */
export function prebuiltBundle(): { readonly codePath: string } {
  const built = readStamp(dist);
  const sources = stampOf(resolve(dist, '..', 'workflows'));
  if (built === null) throw new Error('The workflow bundle is missing. Build it: npm run build');
  if (sources !== null && sources !== built)
    throw new Error('The workflow bundle is older than the workflow sources. Build it again: npm run build');
  return { codePath: join(dist, bundleFiles.code) };
}

/** What the web UI shows of the worker, and what every event carries: short on purpose. */
export function buildId(): string {
  const { version } = JSON.parse(readFileSync(resolve(dist, '..', 'package.json'), 'utf8')) as { readonly version: string };
  return `${version}+${(readStamp(dist) ?? 'unbuilt').slice(0, 6)}`;
}
