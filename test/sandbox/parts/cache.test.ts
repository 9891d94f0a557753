import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { cacheFolder, placeOnce } from '../../../sandbox/parts/cache';
import { testFolder } from './folder';

const base = testFolder();
const fill =
  (content: string, log: string[] = []) =>
  async (folder: string): Promise<string> => {
    log.push(content);
    const path = join(folder, 'made');
    await writeFile(path, content.slice(0, 3));
    await delay(50);
    await writeFile(path, content);
    return path;
  };

test('a server is downloaded once, however many ask for it at the same time', async () => {
  const folder = join(base, 'once');
  const log: string[] = [];
  const paths = await Promise.all(Array.from({ length: 5 }, () => placeOnce(folder, 'server', fill('whole', log))));
  expect(new Set(paths)).toEqual(new Set([join(folder, 'server')]));
  expect(log).toEqual(['whole']);
  expect(readFileSync(join(folder, 'server'), 'utf8')).toBe('whole');
  expect(readdirSync(folder)).toEqual(['server']);
});

test('a download that fails leaves nothing, and the next one succeeds', async () => {
  const folder = join(base, 'fails');
  const half = async (partial: string): Promise<string> => {
    await writeFile(join(partial, 'made'), 'half');
    throw new Error('the line broke');
  };
  await expect(placeOnce(folder, 'server', half)).rejects.toThrow('the line broke');
  expect(readdirSync(folder)).toEqual([]);
  await expect(placeOnce(folder, 'server', fill('whole'))).resolves.toBe(join(folder, 'server'));
});

test('what a killed download left is no obstacle: not its lock, not its half file', async () => {
  const folder = join(base, 'killed');
  const left = [join(folder, 'server.lock'), join(folder, '.partial-old')];
  for (const path of left) mkdirSync(path, { recursive: true });
  writeFileSync(join(folder, '.partial-old', 'made'), 'half');
  const longAgo = new Date(Date.now() - 7_200_000);
  for (const path of left) utimesSync(path, longAgo, longAgo);
  await placeOnce(folder, 'server', fill('whole'));
  expect(readdirSync(folder)).toEqual(['server']);
});

test('the cache is where the user says, else where caches are', () => {
  expect(cacheFolder({ ANALYTICS_DEPLOY_CACHE: '/c', XDG_CACHE_HOME: '/x' })).toBe('/c');
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe(join('/x', 'analytics-deploy'));
  expect(cacheFolder({})).toMatch(/analytics-deploy/);
});

test('a folder of many programs is kept as one', async () => {
  const folder = join(base, 'folders');
  const tree = async (partial: string): Promise<string> => {
    mkdirSync(join(partial, 'tree', 'bin'), { recursive: true });
    await writeFile(join(partial, 'tree', 'bin', 'server'), 'whole');
    return join(partial, 'tree');
  };
  const fails = (): Promise<string> => Promise.reject(new Error('it is there already'));
  expect(await placeOnce(folder, 'server-1.0', tree)).toBe(join(folder, 'server-1.0'));
  expect(await placeOnce(folder, 'server-1.0', fails)).toBe(join(folder, 'server-1.0'));
  expect(readdirSync(folder)).toEqual(['server-1.0']);
  expect(readFileSync(join(folder, 'server-1.0', 'bin', 'server'), 'utf8')).toBe('whole');
});
