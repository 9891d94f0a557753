import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { parts } from '../../../sandbox/parts';
import { findPart, type Part } from '../../../sandbox/parts/find';
import { testFolder, writeScript } from './folder';

const base = testFolder();
let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(base, String(++count));
  mkdirSync(folder);
});

const demo = (fetch: Part['download']['fetch'] = () => Promise.reject(new Error('no connection'))): Part => ({
  title: 'Demo server',
  variable: 'DEMO_PATH',
  executables: ['demo-server', 'other-name'],
  download: { name: 'demo-1.0', executable: 'bin/demo-server', fetch },
  install: 'apt-get install -y demo',
});
const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ANALYTICS_DEPLOY_CACHE: join(folder, 'cache'),
  PATH: join(folder, 'path'),
  ...more,
});
const script = (...place: readonly string[]): string => {
  mkdirSync(join(folder, ...place.slice(0, -1)), { recursive: true });
  return writeScript(join(folder, ...place), 'true');
};

test('a part is where its variable says, before all else', async () => {
  script('path', 'demo-server');
  const named = script('named');
  await expect(findPart(demo(), { env: env({ DEMO_PATH: named }) })).resolves.toBe(named);
});

test('a wrong variable is said, not passed over', async () => {
  script('path', 'demo-server');
  await expect(findPart(demo(), { env: env({ DEMO_PATH: '/nowhere' }) })).rejects.toThrow(
    'no Demo server: DEMO_PATH is /nowhere, which is no executable file. Correct it, or unset it.',
  );
});

test('then on PATH, by each of its names', async () => {
  const found = script('path', 'other-name');
  await expect(findPart(demo(), { env: env() })).resolves.toBe(found);
  const preferred = script('path', 'demo-server');
  await expect(findPart(demo(), { env: env() })).resolves.toBe(preferred);
});

test('then it is fetched once, and found in the cache afterwards', async () => {
  const brings = demo(async (partial) => {
    mkdirSync(join(partial, 'tree', 'bin'), { recursive: true });
    await writeFile(join(partial, 'tree', 'bin', 'demo-server'), '#!/bin/sh\n', { mode: 0o755 });
    return join(partial, 'tree');
  });
  const placed = join(folder, 'cache', 'demo-1.0', 'bin', 'demo-server');
  await expect(findPart(brings, { env: env() })).resolves.toBe(placed);
  await expect(findPart(demo(), { env: env(), fetches: false })).resolves.toBe(placed);
});

test('one that cannot be had is told with every way to provide it', async () => {
  await expect(findPart(demo(), { env: env() })).rejects.toThrow(
    'no Demo server (no connection), install by: apt-get install -y demo; or set DEMO_PATH to its executable',
  );
  await expect(findPart(demo(), { env: env(), fetches: false })).rejects.toThrow('no Demo server (it was never fetched), install by:');
});

test.each(Object.values(parts))('$title says how it is installed', ({ install, executables }) => {
  expect(install).toMatch(/^\S+ install /);
  expect(executables.length).toBeGreaterThan(0);
});
