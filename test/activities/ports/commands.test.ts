import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCommands } from '../../../activities/ports/commands/adapter';
import { failing } from '../run';

const commands = createCommands({ PATH: process.env.PATH, HOME: '/nowhere', TOKEN: 'hunter2' });
const node = (script: string, more: { timeout?: number; signal?: AbortSignal; words?: readonly string[] } = {}) =>
  commands.run({
    program: process.execPath,
    arguments: ['-e', script, ...(more.words ?? [])],
    directory: tmpdir(),
    environment: { DECLARED: 'yes' },
    timeout: more.timeout ?? 10_000,
    signal: more.signal ?? new AbortController().signal,
  });
describe('a command', () => {
  test('finds the declared environment, PATH and HOME, and nothing else of the worker', async () => {
    const { code, tail } = await node('console.log(JSON.stringify(Object.keys(process.env).sort()))');
    expect(code).toBe(0);
    expect(JSON.parse(tail)).toEqual(['DECLARED', 'HOME', 'PATH']);
  });

  test('gets its words as they are: no shell reads them', async () => {
    const words = ['$(id)', '; rm -rf /', '`id`', '*', 'a b'];
    const { tail } = await node('console.log(JSON.stringify(process.argv.slice(1)))', { words });
    expect(JSON.parse(tail)).toEqual(words);
  });

  test('tells its code, and of a long output the end and the hash of all of it', async () => {
    const { code, tail, isWhole, output } = await node('process.stdout.write("x".repeat(100000) + "end", () => process.exit(3))');
    expect(code).toBe(3);
    expect(tail).toHaveLength(16 * 1024);
    expect(isWhole).toBe(false);
    expect(tail.endsWith('end')).toBe(true);
    expect(output).toMatch(/^[0-9a-f]{64}$/);
  });

  test('that takes too long is ended', async () => {
    const { timedOut, code } = await node('setInterval(() => {}, 1000)', { timeout: 300 });
    expect({ timedOut, code }).toEqual({ timedOut: true, code: null });
  });

  test('ends together with its children', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'command-test-'));
    const file = join(directory, 'ticks');
    const ticking = `setInterval(() => require('fs').appendFileSync(${JSON.stringify(file)}, '.'), 10)`;
    const stop = new AbortController();
    const running = node(
      `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(ticking)}]); setInterval(() => {}, 1000)`,
      {
        signal: stop.signal,
      },
    );
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort(new Error('aborted'));
    await expect(running).rejects.toThrow('aborted');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const ticks = statSync(file).size;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(statSync(file).size).toBe(ticks);
    rmSync(directory, { recursive: true });
  });

  test('whose child has left its group, and holds its output, is not waited for', async () => {
    const script = `const child = require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 4000)'], { detached: true, stdio: 'inherit' }); child.unref(); console.log(child.pid)`;
    const { code, tail, took } = await node(script);
    process.kill(Number(tail), 'SIGKILL');
    expect(code).toBe(0);
    expect(took).toBeLessThan(4_000);
  });

  test('ends with an abort at once, and rejects with its reason', async () => {
    const stop = new AbortController();
    const running = node('setInterval(() => {}, 1000)', { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('aborted by a person')), 100);
    await expect(running).rejects.toThrow('aborted by a person');
  });

  test('that does not exist, or is not allowed, is told', async () => {
    const run = { arguments: [], directory: tmpdir(), environment: {}, timeout: 1_000, signal: new AbortController().signal };
    expect(await failing(commands.run({ ...run, program: 'no-such-program' }))).toMatchObject({ type: 'CommandFailed' });
    expect(await failing(createCommands({}, ['npm']).run({ ...run, program: 'sh' }))).toMatchObject({ type: 'Misconfigured' });
  });
});
