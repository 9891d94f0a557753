import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** The prebuilt workflow bundle and what it was built from, in the build's folder. */
export const bundleFiles = { code: 'workflow-bundle.js', stamp: 'workflow-bundle.json' } as const;

/** Content of the stamp's file. */
export interface BundleStamp {
  /** What `stampOf` said when the bundle was built. */
  readonly sources: string;
}

/**
 * sha256 over the workflow sources in a folder, and the SDK that is bundled with them. Null where there are no sources, as in an
 * installed package: nothing can have changed there.
 */
export function stampOf(workflows: string): string | null {
  if (!existsSync(workflows)) return null;
  const hash = createHash('sha256').update(sdkVersion());
  const files = readdirSync(workflows, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const name of files.map((file) => file.split(sep).join('/')).sort()) {
    hash.update(`\0${name}\0`).update(readFileSync(join(workflows, name)));
  }
  return files.length > 0 ? hash.digest('hex') : null;
}

function sdkVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(require.resolve('@temporalio/workflow/package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

/** The stamp that belongs to a prebuilt bundle, or null where there is no whole bundle. */
export function readStamp(dist: string): string | null {
  const [code, stamp] = [join(dist, bundleFiles.code), join(dist, bundleFiles.stamp)];
  if (!existsSync(code) || !existsSync(stamp)) return null;
  try {
    const content: unknown = JSON.parse(readFileSync(stamp, 'utf8'));
    return typeof content === 'object' && content !== null && 'sources' in content ? String(content.sources) : null;
  } catch {
    return null;
  }
}
