import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const main = resolve('dist/client/main.js');
let folder: string;
let hook: string;

beforeAll(() => {
  if (!existsSync(main)) throw new Error('The command line is not built. Run: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'startup-'));
  hook = join(folder, 'hook.cjs');
  writeFileSync(hook, "process.on('exit', () => process.stderr.write(JSON.stringify(Object.keys(require.cache))));");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The files that a command line loaded. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const { stderr } = spawnSync(process.execPath, ['--require', hook, main, ...args], { encoding: 'utf8' });
  return JSON.parse(stderr) as string[];
}

describe('starting the command line', () => {
  test.each(['--help', 'start --help', 'doctor --help', '--version'])('%s loads no library at all', (line) => {
    const files = loadedBy(...line.split(' '));
    expect(files).toContain(main);
    expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
  });
});
